#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "destinationmetier/catalogue/v1/company_settings_service.grpc.pb.h"
#include "destinationmetier/catalogue/v1/moderation_service.grpc.pb.h"
#include "destinationmetier/catalogue/v1/offer_exchange_service.grpc.pb.h"
#include "destinationmetier/catalogue/v1/offer_service.grpc.pb.h"
#include "destinationmetier/catalogue/v1/statistics_service.grpc.pb.h"
#include "destinationmetier/gateway/v1/partner_event_service.grpc.pb.h"

#include <grpcpp/grpcpp.h>

#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace dm::gateway {

// What calls brought and what they are to be answered with. Thread-safe.
class Script {
 public:
  struct Call {
    std::string method;
    // The request as one line of text.
    std::string request;
    std::string authorization;
  };
  // One stream: messages, then its end; without one it stays open until somebody else ends it.
  template <typename Message>
  struct Stream {
    std::vector<Message> messages;
    bool stays = false;
    grpc::Status end = grpc::Status::OK;
  };

  // What the next call fails with.
  void FailNext(const grpc::Status& status);
  std::vector<Call> calls() const;
  // False when fewer calls came within 20 s.
  bool WaitForCalls(size_t count) const;
  // Whether a stream stays open, within 20 s.
  bool WaitUntilOneStays() const;

  grpc::Status Note(const std::string& method, const grpc::ServerContext& context,
                    const google::protobuf::Message& request);
  // Keeps a stream open.
  void Stay(const grpc::ServerContext& context);

 private:
  mutable absl::Mutex mutex_;
  std::vector<Call> calls_ ABSL_GUARDED_BY(mutex_);
  std::deque<grpc::Status> failures_ ABSL_GUARDED_BY(mutex_);
  int staying_ ABSL_GUARDED_BY(mutex_) = 0;
};

// The services that agencies and partners use, at one address that can go away and come back.
class FakeServices {
 public:
  using Events = Script::Stream<destinationmetier::gateway::v1::PartnerEvents>;
  using Offers = Script::Stream<destinationmetier::catalogue::v1::ExportOffersResponse>;

  FakeServices();
  ~FakeServices();

  void Start();
  void Stop();
  std::string address() const;
  Script& script() { return script_; }
  // The streams that Subscribe and ExportOffers send, one after the other; without more they stay
  // open. To be given before the server is called.
  std::deque<Events>& events() { return events_; }
  std::deque<Offers>& offers() { return offers_; }

 private:
  Script script_;
  std::deque<Events> events_;
  std::deque<Offers> offers_;
  std::vector<std::unique_ptr<grpc::Service>> services_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace dm::gateway
