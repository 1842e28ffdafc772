#pragma once

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "destinationmetier/event/v1/booking_events.pb.h"
#include "destinationmetier/event/v1/session_events.pb.h"
#include "destinationmetier/gateway/v1/partner_event_service.grpc.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/gateway/api/partner_event_api.h"
#include "tests/support/fake_feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace dm::gateway {

namespace event = destinationmetier::event::v1;
namespace pb = destinationmetier::gateway::v1;

// "role:scope:61+14" is somebody of that role, scope and territory, whose subject is all of that.
class PlainVerifier final : public auth::TokenVerifier {
 public:
  absl::StatusOr<auth::Caller> Verify(absl::string_view token) const override {
    const std::vector<std::string> parts = absl::StrSplit(token, ':');
    auth::Caller caller;
    caller.subject = std::string(token);
    caller.roles.Add(parts[0] == "partner"    ? auth::Role::kPartner
                     : parts[0] == "agency"   ? auth::Role::kAgency
                     : parts[0] == "operator" ? auth::Role::kOperator
                                              : auth::Role::kHost);
    caller.scopes = {parts[1]};
    caller.territory = absl::StrSplit(parts[2], '+', absl::SkipEmpty());
    return caller;
  }
};

inline constexpr char kPartnerOf61[] = "partner:events.read:61";

// Why a call was refused, and the position that a slow reader is told.
inline std::string ReasonOf(const grpc::Status& status, std::string* position = nullptr) {
  google::rpc::Status error;
  error.ParseFromString(status.error_details());
  google::rpc::ErrorInfo info;
  for (const auto& detail : error.details()) {
    if (!detail.UnpackTo(&info)) continue;
    if (position != nullptr) *position = info.metadata().at("position");
    return info.reason();
  }
  return "";
}

inline event::SeatsChanged Seats(const std::string& department, int held = 1) {
  event::SeatsChanged seats;
  seats.set_session("offers/1/sessions/1");
  seats.set_held(held);
  seats.set_department(department);
  return seats;
}

inline event::SessionClosed Closed(const std::string& department) {
  event::SessionClosed closed;
  closed.set_session("offers/1/sessions/1");
  closed.set_department(department);
  return closed;
}

// A gateway before feeds that a test writes, and a partner of the Orne who follows them.
class PartnerEventsTest : public ::testing::Test {
 protected:
  void Open(PartnerEventApi::Options options = {}) {
    options.sources = {{"catalogue", catalogue_.Channel()},
                       {"ambassador", ambassador_.Channel()},
                       {"booking", booking_.Channel()}};
    pipeline_ = std::make_unique<rpc::Pipeline>(rpc::Pipeline::Options{
        .executor = &executor_, .verifier = &verifier_, .clock = &Clock::System()});
    api_ = std::make_unique<PartnerEventApi>(std::move(options), pipeline_.get(), &tokens_);
    binding_ = api_->Bind();
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(binding_.get());
    server_ = builder.BuildAndStart();
    stub_ = pb::PartnerEventService::NewStub(
        grpc::CreateChannel(absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials()));
  }

  void TearDown() override {
    if (server_ == nullptr) return;
    pipeline_->StopStreams();
    server_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(10));
    server_->Wait();
    api_.reset();
  }

  static void Prepare(grpc::ClientContext& context, const std::string& token) {
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(40));
    context.AddMetadata("authorization", "Bearer " + token);
  }

  grpc::Status List(const pb::ListEventsRequest& request, pb::PartnerEvents* page,
                    const std::string& token = kPartnerOf61) {
    grpc::ClientContext context;
    Prepare(context, token);
    return stub_->ListEvents(&context, request, page);
  }

  // What is there after a position, without waiting.
  pb::PartnerEvents Read(const std::string& after, const std::string& token = kPartnerOf61) {
    pb::ListEventsRequest request;
    request.set_after(after);
    request.set_wait(0);
    pb::PartnerEvents page;
    const grpc::Status status = List(request, &page, token);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return page;
  }

  std::string EndPosition(const std::string& token = kPartnerOf61) {
    pb::ListEventsRequest request;
    request.set_from_end(true);
    pb::PartnerEvents page;
    const absl::Time deadline = absl::Now() + absl::Seconds(20);
    while (!List(request, &page, token).ok()) {
      if (absl::Now() > deadline) {
        ADD_FAILURE() << "the feeds cannot be reached";
        break;
      }
    }
    return page.position();
  }

  // Follows until so many events have come; their subjects by source.
  std::map<std::string, std::vector<std::string>> FollowUntil(size_t count, std::string after,
                                                              std::string* position = nullptr) {
    std::map<std::string, std::vector<std::string>> subjects;
    size_t seen = 0;
    while (seen < count && !HasFailure()) {
      pb::ListEventsRequest request;
      request.set_after(after);
      request.set_wait(20);
      pb::PartnerEvents page;
      const grpc::Status status = List(request, &page);
      EXPECT_TRUE(status.ok()) << status.error_message();
      EXPECT_GT(page.events_size(), 0);
      for (const pb::PartnerEvent& one : page.events()) {
        subjects[one.source()].push_back(one.subject());
        ++seen;
      }
      after = page.position();
    }
    if (position != nullptr) *position = after;
    return subjects;
  }

  testing::FakeFeed catalogue_{"catalogue"};
  testing::FakeFeed ambassador_{"ambassador"};
  testing::FakeFeed booking_{"booking"};
  PlainVerifier verifier_;
  const rpc::PageTokens tokens_{std::string(32, 'k'), &Clock::System()};
  Executor executor_{{.threads = 1, .queue_capacity = 64}};
  std::unique_ptr<rpc::Pipeline> pipeline_;
  std::unique_ptr<PartnerEventApi> api_;
  std::unique_ptr<rpc::ServiceBinding> binding_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<pb::PartnerEventService::Stub> stub_;
};

}  // namespace dm::gateway
