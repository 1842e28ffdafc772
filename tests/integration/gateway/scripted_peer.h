#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/gateway/api/message_bytes.h"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace dm::gateway {

// All services behind the gateway as one server that answers what a test tells it to, method by
// method, and remembers what it was asked. What it was told nothing about is UNIMPLEMENTED.
// Thread-safe. A method is named by its last part, "ListBookings", which none of two services share
// here.
class ScriptedPeer {
 public:
  struct Asked {
    std::string request;
    std::string authorization;
    absl::Time deadline;

    template <typename Request>
    Request As() const {
      Request message;
      message.ParseFromString(request);
      return message;
    }
  };

  ScriptedPeer();
  ~ScriptedPeer();

  std::shared_ptr<grpc::Channel> Channel() const { return channel_; }

  template <typename Request, typename Response>
  void On(const std::string& method,
          std::function<absl::StatusOr<Response>(const Request&)> answer) {
    Set(method,
        [answer = std::move(answer)](const std::string& bytes) -> absl::StatusOr<std::string> {
          Request request;
          request.ParseFromString(bytes);
          absl::StatusOr<Response> response = answer(request);
          if (!response.ok()) return response.status();
          return response->SerializeAsString();
        });
  }
  template <typename Response>
  void Give(const std::string& method, const Response& response) {
    Set(method, [bytes = response.SerializeAsString()](const std::string&) { return bytes; });
  }
  void Fail(const std::string& method, const absl::Status& status) {
    Set(method, [status](const std::string&) { return status; });
  }
  // Such calls wait until Release, or until their callers go.
  void Hold(const std::string& method);
  void Release(const std::string& method);
  // Answers of the method are so old when they are given.
  void Age(const std::string& method, absl::Duration age);

  // Says on the feed that a resource has changed, to all who follow it now.
  void Changed(const std::string& resource);
  // How many follow the feed.
  int followers() const;

  std::vector<Asked> asked(const std::string& method) const;
  int calls(const std::string& method) const { return static_cast<int>(asked(method).size()); }
  // Of all methods.
  int calls() const;

 private:
  class Reactor;
  class Service;
  class Feed;
  using Answer = std::function<absl::StatusOr<std::string>(const std::string&)>;

  void Set(const std::string& method, Answer answer);
  void Arrived(Reactor* reactor, Asked asked);
  void Gone(Reactor* reactor);
  Answer AnswerOf(const std::string& method) const;

  mutable absl::Mutex mutex_;
  std::map<std::string, Answer> answers_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, absl::Duration> ages_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string> held_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::vector<Asked>> asked_ ABSL_GUARDED_BY(mutex_);
  std::set<Reactor*> waiting_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<Service> service_;
  std::unique_ptr<Feed> feed_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace dm::gateway
