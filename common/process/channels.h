#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>
#include <string>

namespace dm::process {

// One channel a peer, made when first asked for and shared. Thread-safe.
class Channels {
 public:
  // As ServiceContext::ConnectTo.
  std::shared_ptr<grpc::Channel> To(const std::string& address);

 private:
  absl::Mutex mutex_;
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace dm::process
