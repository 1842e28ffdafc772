#include "common/process/tls_identity.h"

#include "common/telemetry/log.h"
#include "common/telemetry/metrics.h"

#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <utility>

namespace dm::process {
namespace {

using grpc::experimental::FileWatcherCertificateProvider;
using telemetry::Log;
using telemetry::Severity;

// Of files in memory: cheap.
constexpr unsigned kWatchEverySeconds = 1;
constexpr absl::Duration kUntilInUse = absl::Seconds(2 * kWatchEverySeconds);

void TellExpiry(const TlsMaterial& material) {
  static auto& certificate =
      telemetry::GaugeOf("dm_tls_certificate_expiry_timestamp_seconds",
                         "When the process's certificate ends, in seconds since 1970");
  static auto& authority =
      telemetry::GaugeOf("dm_tls_authority_expiry_timestamp_seconds",
                         "When the first of the authorities ends, in seconds since 1970");
  certificate.Set(static_cast<double>(absl::ToUnixSeconds(material.certificate_expiry)));
  authority.Set(static_cast<double>(absl::ToUnixSeconds(material.authority_expiry)));
}

prometheus::Counter& FailedReloads() {
  return telemetry::CounterOf("dm_tls_reload_failures_total",
                              "Times that changed TLS files were not taken");
}

}  // namespace

TlsIdentity::TlsIdentity(Options options, const Clock* clock)
    : options_(std::move(options)), clock_(clock) {}

absl::StatusOr<std::unique_ptr<TlsIdentity>> TlsIdentity::Follow(Options options,
                                                                 const Clock* clock) {
  std::unique_ptr<TlsIdentity> identity(new TlsIdentity(std::move(options), clock));
  const auto material =
      ReadTlsMaterial(identity->options_.files, identity->options_.name, clock->Now());
  if (!material.ok()) return material.status();
  FailedReloads();
  const absl::Status taken = identity->Take(*material);
  if (!taken.ok()) return taken;
  identity->MakeCredentials();
  identity->thread_ = std::thread([raw = identity.get()] { raw->Watch(); });
  return identity;
}

TlsIdentity::~TlsIdentity() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

// gRPC's watcher takes whatever lies in its files, also a key without its certificate, and forgets
// what it had when one is missing for a moment. So it is given copies, made of what was found good.
// It reads the key and the certificate again when their times have changed meanwhile, which a new
// generation makes sure of.
absl::Status TlsIdentity::Take(const TlsMaterial& material) {
  ++generation_;
  if (!authority_.Put(material.authority, generation_) ||
      !certificate_.Put(material.certificate, generation_) ||
      !key_.Put(material.key, generation_)) {
    return absl::ResourceExhaustedError("no memory or descriptor for the TLS files");
  }
  taken_ = material;
  TellExpiry(material);
  return absl::OkStatus();
}

void TlsIdentity::MakeCredentials() {
  const auto provider = std::make_shared<FileWatcherCertificateProvider>(
      key_.path(), certificate_.path(), authority_.path(), kWatchEverySeconds);

  grpc::experimental::TlsServerCredentialsOptions server(provider);
  server.watch_root_certs();
  server.watch_identity_key_cert_pairs();
  server.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  server_ = grpc::experimental::TlsServerCredentials(server);

  grpc::experimental::TlsChannelCredentialsOptions channels;
  channels.set_certificate_provider(provider);
  channels.watch_root_certs();
  channels.watch_identity_key_cert_pairs();
  channels_ = grpc::experimental::TlsCredentials(channels);
}

void TlsIdentity::Watch() {
  std::string told;
  absl::MutexLock lock(&mutex_);
  while (!mutex_.AwaitWithTimeout(absl::Condition(&stopping_), options_.refresh)) {
    const auto material = ReadTlsMaterial(options_.files, options_.name, clock_->Now());
    if (material.ok() && *material == taken_) {
      told.clear();
      continue;
    }
    const absl::Status status = material.ok() ? Take(*material) : material.status();
    if (status.ok()) {
      told.clear();
      // gRPC looks at its copies in its own time; only then is it true.
      if (mutex_.AwaitWithTimeout(absl::Condition(&stopping_), kUntilInUse)) return;
      Log(Severity::kInfo, "tls_files_in_use",
          {{"valid_until", absl::FormatTime(taken_.certificate_expiry, absl::UTCTimeZone())}});
    } else if (status.message() != told) {
      // Said once, not at every look.
      told = std::string(status.message());
      FailedReloads().Increment();
      Log(Severity::kError, "tls_files_not_taken", {{"cause", told}});
    }
  }
}

}  // namespace dm::process
