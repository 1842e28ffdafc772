#pragma once

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/database/migrations.h"
#include "common/text/uuid.h"
#include "destinationmetier/event/v1/session_events.pb.h"
#include "destinationmetier/notification/v1/webhook_service.grpc.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/notification/api/webhook_api.h"
#include "services/notification/delivery/webhook_dispatcher.h"
#include "tests/support/fake_feed.h"
#include "tests/support/postgres.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

// The webhook service and its dispatcher on a real database, fed by fake feeds, posting to a
// receiver that does as it is told.
namespace dm::database {
extern const MigrationSet kDatabaseMigrations;
extern const MigrationSet kNotificationMigrations;
extern const MigrationSet kRequestsMigrations;
}  // namespace dm::database

namespace dm::notification {

namespace event = destinationmetier::event::v1;
namespace pb = destinationmetier::notification::v1;

class MovableClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::Now() + absl::Nanoseconds(ahead_.load()); }
  void Advance(absl::Duration time) { ahead_ += absl::ToInt64Nanoseconds(time); }

 private:
  std::atomic<int64_t> ahead_ = 0;
};

// "partner:61" is a partner of the Orne, "operator" an operator; the token is the subject.
class PlainVerifier final : public auth::TokenVerifier {
 public:
  absl::StatusOr<auth::Caller> Verify(absl::string_view token) const override {
    auth::Caller caller;
    caller.subject = std::string(token);
    if (token == "operator") {
      caller.roles.Add(auth::Role::kOperator);
    } else {
      caller.roles.Add(auth::Role::kPartner);
      caller.scopes = {"events.read"};
      caller.territory = {"61", "14"};
    }
    return caller;
  }
};

// A receiver: what it got, and what it answers.
class Receiver {
 public:
  struct Got {
    std::string id;
    std::string subject;
    std::string timestamp;
    std::string signature;
    std::string body;
  };

  WebhookAnswer Take(const WebhookPost& post) {
    Got got{.body = post.body};
    const auto json = nlohmann::json::parse(post.body, nullptr, false);
    if (json.is_object()) got.subject = json.value("subject", "");
    for (const auto& [name, value] : post.headers) {
      if (name == "webhook-id") got.id = value;
      if (name == "webhook-timestamp") got.timestamp = value;
      if (name == "webhook-signature") got.signature = value;
    }
    absl::MutexLock lock(&mutex_);
    got_.push_back(std::move(got));
    const int status = failing_ > 0 ? status_ : 200;
    if (failing_ > 0) --failing_;
    return {.http_status = status, .failure = status == 200 ? "" : "HTTP_STATUS"};
  }

  void FailWith(int status, int times) {
    absl::MutexLock lock(&mutex_);
    status_ = status;
    failing_ = times;
  }
  std::vector<Got> got() const {
    absl::MutexLock lock(&mutex_);
    return got_;
  }
  std::vector<std::string> Subjects() const {
    std::vector<std::string> subjects;
    for (const Got& one : got()) subjects.push_back(one.subject);
    return subjects;
  }

 private:
  mutable absl::Mutex mutex_;
  int status_ ABSL_GUARDED_BY(mutex_) = 200;
  int failing_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<Got> got_ ABSL_GUARDED_BY(mutex_);
};

class TransportToReceiver final : public WebhookTransport {
 public:
  explicit TransportToReceiver(Receiver* receiver) : receiver_(receiver) {}
  WebhookAnswer Post(const WebhookPost& post) override { return receiver_->Take(post); }

 private:
  Receiver* const receiver_;
};

class WebhookServiceTest : public ::testing::Test {
 protected:
  WebhookServiceTest() {
    const absl::Status migrated = database::Migrate(
        *test_.OpenAsOwner("notification"), {{"database", &database::kDatabaseMigrations},
                                             {"notification", &database::kNotificationMigrations},
                                             {"requests", &database::kRequestsMigrations}});
    EXPECT_TRUE(migrated.ok()) << migrated;
    WaitUntil("the feeds are reached", [&] { return feed_.End().ok(); });
    StartDispatcher();
    api_ = std::make_unique<WebhookApi>(
        WebhookApi::Options{.transport = std::make_shared<TransportToReceiver>(&receiver_),
                            .on_change =
                                [this] {
                                  if (dispatcher_ != nullptr) dispatcher_->Wake();
                                }},
        database_.get(), &feed_, &tokens_, &clock_);
    binding_ = api_->Bind(&pipeline_);
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(binding_.get());
    server_ = builder.BuildAndStart();
    stub_ = pb::WebhookService::NewStub(
        grpc::CreateChannel(absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials()));
  }

  ~WebhookServiceTest() override {
    server_->Shutdown();
    server_->Wait();
    dispatcher_.reset();
  }

  void StartDispatcher(const std::string& holder = "one") {
    dispatcher_.reset();
    leases_ = std::make_unique<WebhookLeases>(database_.get(), holder);
    dispatcher_ = std::make_unique<WebhookDispatcher>(
        WebhookDispatcher::Options{
            .refresh = absl::Milliseconds(50),
            .new_transport = [this] { return std::make_unique<TransportToReceiver>(&receiver_); }},
        &feed_, leases_.get(), &clock_);
  }

  static void WaitUntil(const std::string& what, const std::function<bool()>& holds) {
    const absl::Time deadline = absl::Now() + absl::Seconds(30);
    while (!holds()) {
      ASSERT_LT(absl::Now(), deadline) << "waited in vain until " << what;
      absl::SleepFor(absl::Milliseconds(5));
    }
  }
  void WaitForPosts(size_t count) {
    WaitUntil(absl::StrCat(count, " posts came"), [&] { return receiver_.got().size() >= count; });
  }

  void Happen(const std::string& subject, const std::string& department = "61") {
    event::SeatsChanged seats;
    seats.set_session(subject);
    seats.set_department(department);
    booking_.Append(subject, seats);
  }

  // Calls a method of the service as somebody.
  template <typename Request, typename Response>
  grpc::Status Call(grpc::Status (pb::WebhookService::Stub::*method)(grpc::ClientContext*,
                                                                     const Request&, Response*),
                    const Request& request, Response* response,
                    const std::string& token = "partner") {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    context.AddMetadata("authorization", "Bearer " + token);
    return (stub_.get()->*method)(&context, request, response);
  }

  static std::string ReasonOf(const grpc::Status& status) {
    google::rpc::Status error;
    error.ParseFromString(status.error_details());
    google::rpc::ErrorInfo info;
    for (const auto& detail : error.details()) {
      if (detail.UnpackTo(&info)) return info.reason();
    }
    return "";
  }

  static pb::CreateWebhookRequest NewRequest() {
    pb::CreateWebhookRequest request;
    request.mutable_webhook()->set_display_name("Agenda");
    request.mutable_webhook()->set_url("https://partenaire.fr/hooks");
    request.mutable_webhook()->add_types("SeatsChanged");
    request.mutable_webhook()->add_departments("61");
    request.set_request_id(NewUuid(absl::Now()));
    return request;
  }

  pb::Webhook Create(const pb::CreateWebhookRequest& request = NewRequest(),
                     const std::string& token = "partner") {
    pb::Webhook webhook;
    const grpc::Status status =
        Call(&pb::WebhookService::Stub::CreateWebhook, request, &webhook, token);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return webhook;
  }

  pb::Webhook Get(const std::string& name, const std::string& token = "partner") {
    pb::GetWebhookRequest request;
    request.set_name(name);
    pb::Webhook webhook;
    const grpc::Status status =
        Call(&pb::WebhookService::Stub::GetWebhook, request, &webhook, token);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return webhook;
  }

  template <typename Request>
  static Request StepOn(const pb::Webhook& webhook) {
    Request request;
    request.set_name(webhook.name());
    request.set_request_id(NewUuid(absl::Now()));
    return request;
  }

  dm::testing::TestDatabase test_ = dm::testing::TestDatabase::Create();
  std::unique_ptr<database::Database> database_ = test_.OpenAs("notification");
  MovableClock clock_;
  PlainVerifier verifier_;
  Executor executor_{{.threads = 4, .queue_capacity = 64}};
  // Deadlines of calls are real ones, however far the other clock is ahead.
  rpc::Pipeline pipeline_{
      {.executor = &executor_, .verifier = &verifier_, .clock = &Clock::System()}};
  const rpc::PageTokens tokens_{std::string(32, 'k'), &clock_};
  dm::testing::FakeFeed catalogue_{"catalogue"};
  dm::testing::FakeFeed ambassador_{"ambassador"};
  dm::testing::FakeFeed booking_{"booking"};
  partner_feed::MergedFeed feed_{{{"catalogue", catalogue_.Channel()},
                                  {"ambassador", ambassador_.Channel()},
                                  {"booking", booking_.Channel()}}};
  Receiver receiver_;
  std::unique_ptr<WebhookLeases> leases_;
  std::unique_ptr<WebhookDispatcher> dispatcher_;
  std::unique_ptr<WebhookApi> api_;
  std::unique_ptr<rpc::ServiceBinding> binding_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<pb::WebhookService::Stub> stub_;
};

}  // namespace dm::notification
