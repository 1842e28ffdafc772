#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"

#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>
#include <string>
#include <utility>

namespace dm::process {

// One channel a peer, made when first asked for and shared. Thread-safe.
class Channels {
 public:
  // From now on, peers show their certificates and are shown ours. Without, all is plain text.
  void Secure(std::shared_ptr<grpc::ChannelCredentials> credentials);

  // As ServiceContext::ConnectTo.
  std::shared_ptr<grpc::Channel> To(const std::string& peer, const std::string& address);

  // FAILED_PRECONDITION when a channel was asked for that would leave the machine in plain text;
  // all calls on it fail.
  absl::Status status() const;

 private:
  mutable absl::Mutex mutex_;
  std::shared_ptr<grpc::ChannelCredentials> credentials_ ABSL_GUARDED_BY(mutex_);
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  // By peer and address.
  std::map<std::pair<std::string, std::string>, std::shared_ptr<grpc::Channel>> channels_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace dm::process
