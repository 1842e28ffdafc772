#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "common/process/staged_file.h"
#include "common/process/tls_material.h"
#include "common/time/clock.h"

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <thread>

namespace dm::process {

// Who this process is to the others, and whom it believes: mutual TLS for its server and for its
// channels. Certificates and authorities are taken from their files again when those change, for
// all handshakes from then on; connections stay as they are. What is wrong with new files is
// logged, and the last good ones go on being used. Thread-safe.
class TlsIdentity {
 public:
  struct Options {
    TlsFiles files;
    // The name of the process among the others ("booking"), which its certificate must have.
    std::string name;
    // How often the files are looked at.
    absl::Duration refresh = absl::Seconds(10);
  };
  // FAILED_PRECONDITION as ReadTlsMaterial. `clock` outlives this.
  static absl::StatusOr<std::unique_ptr<TlsIdentity>> Follow(Options options, const Clock* clock);
  ~TlsIdentity();

  // Ask for a client's certificate and refuse who has none of a known authority. Who it is, is not
  // asked here (rpc::PeerAllowance).
  std::shared_ptr<grpc::ServerCredentials> ForServer() const { return server_; }
  // Show the certificate, and believe a server of a known authority that has the channel's
  // authority among its names.
  std::shared_ptr<grpc::ChannelCredentials> ForChannels() const { return channels_; }

 private:
  TlsIdentity(Options options, const Clock* clock);
  absl::Status Take(const TlsMaterial& material);
  void MakeCredentials();
  void Watch();

  const Options options_;
  const Clock* const clock_;
  // What gRPC reads; of the thread that watches, once it runs.
  TlsMaterial taken_;
  int generation_ = 0;
  StagedFile certificate_;
  StagedFile key_;
  StagedFile authority_;
  std::shared_ptr<grpc::ServerCredentials> server_;
  std::shared_ptr<grpc::ChannelCredentials> channels_;

  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace dm::process
