#include "common/auth/jwks_file.h"

#include "absl/strings/str_cat.h"
#include "common/telemetry/log.h"

#include <fstream>
#include <iterator>
#include <utility>

namespace dm::auth {

JwksFile::JwksFile(std::string path, JwtVerifier* verifier)
    : path_(std::move(path)), verifier_(verifier) {}

absl::StatusOr<std::unique_ptr<JwksFile>> JwksFile::Follow(const std::string& path,
                                                           JwtVerifier* verifier) {
  std::unique_ptr<JwksFile> file(new JwksFile(path, verifier));
  const absl::Status status = file->Load();
  if (!status.ok()) return status;
  file->thread_ = std::thread([raw = file.get()] { raw->Watch(); });
  return file;
}

JwksFile::~JwksFile() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

absl::Status JwksFile::Load() {
  std::error_code error;
  const auto changed = std::filesystem::last_write_time(path_, error);
  std::ifstream file(path_, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (error || !file) {
    return absl::FailedPreconditionError(absl::StrCat(path_, " cannot be read"));
  }
  absl::StatusOr<KeySet> keys = ParseJwks(text);
  if (!keys.ok()) {
    return absl::FailedPreconditionError(absl::StrCat(path_, ": ", keys.status().message()));
  }
  verifier_->SetKeys(*std::move(keys));
  loaded_ = changed;
  return absl::OkStatus();
}

void JwksFile::Watch() {
  absl::MutexLock lock(&mutex_);
  while (!mutex_.AwaitWithTimeout(absl::Condition(&stopping_), absl::Seconds(2))) {
    std::error_code error;
    const auto changed = std::filesystem::last_write_time(path_, error);
    if (error || changed == loaded_) continue;
    const absl::Status status = Load();
    if (!status.ok()) {
      // Said once a change, not every 2 s.
      loaded_ = changed;
      telemetry::Log(telemetry::Severity::kError, "jwks_not_loaded", {{"cause", status.message()}});
    } else {
      telemetry::Log(telemetry::Severity::kInfo, "jwks_loaded");
    }
  }
}

}  // namespace dm::auth
