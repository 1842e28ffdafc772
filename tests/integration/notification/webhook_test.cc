// Webhooks from their registration to what their receivers get, on a real database and fake feeds.
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/database/migrations.h"
#include "common/text/uuid.h"
#include "destinationmetier/event/v1/session_events.pb.h"
#include "destinationmetier/notification/v1/webhook_service.grpc.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/gateway/http/http_server.h"
#include "services/notification/api/webhook_api.h"
#include "services/notification/delivery/webhook_dispatcher.h"
#include "tests/support/fake_feed.h"
#include "tests/support/postgres.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <set>
#include <thread>

namespace dm::database {
extern const MigrationSet kDatabaseMigrations;
extern const MigrationSet kNotificationMigrations;
extern const MigrationSet kRequestsMigrations;
}  // namespace dm::database

namespace dm::notification {
namespace {

namespace event = destinationmetier::event::v1;
namespace pb = destinationmetier::notification::v1;

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

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

absl::Time Soon() { return absl::Now() + absl::Seconds(30); }

constexpr database::Statement kDisabledMails{"disabled_mails",
                                             "SELECT count(*) FROM messages WHERE booking = $1 AND "
                                             "kind = 'WEBHOOK_DISABLED' AND recipient = "
                                             "'people/partner'"};

class WebhookServiceTest : public ::testing::Test {
 protected:
  WebhookServiceTest() {
    const absl::Status migrated =
        database::Migrate(*database_, {{"database", &database::kDatabaseMigrations},
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

TEST_F(WebhookServiceTest, WhatHappensAfterTheRegistrationIsSentInOrderOnceAndSigned) {
  Happen("before");
  WaitUntil("it is known", [&] { return feed_.End()->back() == 1; });
  const pb::Webhook webhook = Create();
  EXPECT_THAT(webhook.secret(), HasSubstr("whsec_"));
  EXPECT_EQ(webhook.state(), pb::Webhook::STATE_ACTIVE);
  for (int i = 0; i < 120; ++i) Happen(absl::StrCat("s", i));
  Happen("elsewhere", "14");
  Happen("last");
  WaitForPosts(121);
  const std::vector<Receiver::Got> got = receiver_.got();
  ASSERT_EQ(got.size(), 121u);
  std::set<std::string> ids;
  for (size_t i = 0; i < 120; ++i) {
    EXPECT_EQ(got[i].subject, absl::StrCat("s", i));
    ids.insert(got[i].id);
  }
  EXPECT_EQ(ids.size(), 120u);
  EXPECT_EQ(got.back().subject, "last");
  Webhook signer;
  signer.secret = webhook.secret();
  EXPECT_EQ(got[0].signature,
            WebhookSignature(signer, got[0].id, absl::FromUnixSeconds(std::stoll(got[0].timestamp)),
                             got[0].body));
  const auto body = nlohmann::json::parse(got[0].body);
  EXPECT_EQ(body["specversion"], "1.0");
  EXPECT_EQ(body["id"], got[0].id);
  EXPECT_EQ(body["data"]["session"], "s0");
  WaitUntil("the success is noted", [&] { return Get(webhook.name()).has_last_success_time(); });
  EXPECT_EQ(Get(webhook.name()).secret(), "");
}

TEST_F(WebhookServiceTest, WhatIsNotTakenIsSentAgainUnderItsIdAndHoldsUpWhatFollows) {
  const pb::Webhook webhook = Create();
  receiver_.FailWith(503, 2);
  Happen("first");
  Happen("second");
  WaitForPosts(1);
  WaitUntil("the failure is noted", [&] { return Get(webhook.name()).failures() == 1; });
  EXPECT_TRUE(Get(webhook.name()).has_next_attempt_time());
  clock_.Advance(absl::Seconds(6));
  WaitForPosts(2);
  WaitUntil("the failure is noted", [&] { return Get(webhook.name()).failures() == 2; });
  clock_.Advance(absl::Seconds(11));
  WaitForPosts(4);
  EXPECT_THAT(receiver_.Subjects(), ElementsAre("first", "first", "first", "second"));
  const std::vector<Receiver::Got> got = receiver_.got();
  EXPECT_EQ(got[0].id, got[2].id);
  EXPECT_NE(got[0].timestamp, got[2].timestamp);
  EXPECT_NE(got[0].signature, got[2].signature);
  WaitUntil("all is well", [&] { return Get(webhook.name()).failures() == 0; });
  pb::ListWebhookDeliveriesRequest request;
  request.set_parent(webhook.name());
  pb::ListWebhookDeliveriesResponse attempts;
  WaitUntil("the attempts are kept", [&] {
    EXPECT_TRUE(Call(&pb::WebhookService::Stub::ListWebhookDeliveries, request, &attempts).ok());
    return attempts.deliveries_size() == 4;
  });
  EXPECT_TRUE(attempts.deliveries(0).delivered());
  EXPECT_EQ(attempts.deliveries(3).http_status(), 503);
  EXPECT_EQ(attempts.deliveries(3).failure(), "HTTP_STATUS");
}

TEST_F(WebhookServiceTest, WhoIsGoneOrFailsForDaysIsDisabledAndMissesNothingOnceResumed) {
  struct Case {
    int status;
    absl::Duration until_disabled;
  };
  for (const Case& one : {Case{410, absl::ZeroDuration()}, Case{500, absl::Hours(5 * 24 + 1)}}) {
    const pb::Webhook webhook = Create();
    const size_t before = receiver_.got().size();
    receiver_.FailWith(one.status, one.status == 410 ? 1 : 2);
    Happen("missed");
    WaitForPosts(before + 1);
    if (one.until_disabled > absl::ZeroDuration()) {
      WaitUntil("the failure is noted", [&] { return Get(webhook.name()).failures() == 1; });
      clock_.Advance(one.until_disabled);
      WaitForPosts(before + 2);
    }
    WaitUntil("it is disabled",
              [&] { return Get(webhook.name()).state() == pb::Webhook::STATE_DISABLED; });
    const auto told = database_->Query(Soon(), kDisabledMails, webhook.name());
    ASSERT_TRUE(told.ok());
    EXPECT_EQ((*told)[0][0].as<int>(), 1);
    const size_t disabled = receiver_.got().size();
    Happen("more");
    pb::Webhook resumed;
    ASSERT_TRUE(Call(&pb::WebhookService::Stub::ResumeWebhook,
                     StepOn<pb::ResumeWebhookRequest>(webhook), &resumed)
                    .ok());
    EXPECT_EQ(resumed.state(), pb::Webhook::STATE_ACTIVE);
    WaitForPosts(disabled + 2);
    const std::vector<std::string> subjects = receiver_.Subjects();
    EXPECT_THAT(std::vector<std::string>(subjects.end() - 2, subjects.end()),
                ElementsAre("missed", "more"));
    google::protobuf::Empty empty;
    ASSERT_TRUE(Call(&pb::WebhookService::Stub::DeleteWebhook,
                     StepOn<pb::DeleteWebhookRequest>(webhook), &empty)
                    .ok());
  }
}

TEST_F(WebhookServiceTest, NothingIsSentToOneThatIsPausedOrDeleted) {
  const pb::Webhook paused = Create();
  const pb::Webhook deleted = Create();
  const pb::Webhook other = Create();
  pb::Webhook answer;
  google::protobuf::Empty empty;
  ASSERT_TRUE(Call(&pb::WebhookService::Stub::PauseWebhook, StepOn<pb::PauseWebhookRequest>(paused),
                   &answer)
                  .ok());
  EXPECT_EQ(answer.state(), pb::Webhook::STATE_PAUSED);
  ASSERT_TRUE(Call(&pb::WebhookService::Stub::DeleteWebhook,
                   StepOn<pb::DeleteWebhookRequest>(deleted), &empty)
                  .ok());
  Happen("one");
  WaitForPosts(1);
  Happen("two");
  WaitForPosts(2);
  EXPECT_THAT(receiver_.Subjects(), ElementsAre("one", "two"));
  ASSERT_TRUE(Call(&pb::WebhookService::Stub::ResumeWebhook,
                   StepOn<pb::ResumeWebhookRequest>(paused), &answer)
                  .ok());
  WaitForPosts(4);
  EXPECT_THAT(receiver_.Subjects(), ElementsAre("one", "two", "one", "two"));
}

TEST_F(WebhookServiceTest, AnotherReplicaGoesOnWhereOneStopped) {
  Create();
  Happen("one");
  WaitForPosts(1);
  StartDispatcher("two");
  Happen("two");
  WaitForPosts(2);
  EXPECT_THAT(receiver_.Subjects(), ElementsAre("one", "two"));
}

TEST_F(WebhookServiceTest, AReplaySendsTheSameIdsAgain) {
  const pb::Webhook webhook = Create();
  for (const char* subject : {"one", "two", "three"}) Happen(subject);
  WaitForPosts(3);
  pb::ListWebhookDeliveriesRequest list;
  list.set_parent(webhook.name());
  pb::ListWebhookDeliveriesResponse attempts;
  WaitUntil("the attempts are kept", [&] {
    EXPECT_TRUE(Call(&pb::WebhookService::Stub::ListWebhookDeliveries, list, &attempts).ok());
    return attempts.deliveries_size() == 3;
  });
  auto request = StepOn<pb::ReplayWebhookRequest>(webhook);
  request.set_position(attempts.deliveries(1).position());
  pb::Webhook answer;
  ASSERT_TRUE(Call(&pb::WebhookService::Stub::ReplayWebhook, request, &answer).ok());
  WaitForPosts(5);
  EXPECT_THAT(receiver_.Subjects(), ElementsAre("one", "two", "three", "two", "three"));
  EXPECT_EQ(receiver_.got()[1].id, receiver_.got()[3].id);
  // Repeated by its request_id it does nothing.
  ASSERT_TRUE(Call(&pb::WebhookService::Stub::ReplayWebhook, request, &answer).ok());
  Happen("four");
  WaitForPosts(6);
  EXPECT_EQ(receiver_.Subjects().back(), "four");
  auto wrong = StepOn<pb::ReplayWebhookRequest>(webhook);
  wrong.set_position("nonsense");
  EXPECT_EQ(ReasonOf(Call(&pb::WebhookService::Stub::ReplayWebhook, wrong, &answer)),
            "POSITION_INVALID");
  auto all = StepOn<pb::ReplayWebhookRequest>(webhook);
  ASSERT_TRUE(Call(&pb::WebhookService::Stub::ReplayWebhook, all, &answer).ok());
  WaitForPosts(10);
}

TEST_F(WebhookServiceTest, ARequestIdRegistersOnceAndShowsItsSecretAgain) {
  const pb::CreateWebhookRequest request = NewRequest();
  const pb::Webhook first = Create(request);
  const pb::Webhook again = Create(request);
  EXPECT_EQ(again.name(), first.name());
  EXPECT_EQ(again.secret(), first.secret());
  pb::CreateWebhookRequest other = request;
  other.mutable_webhook()->set_url("https://autre.fr/");
  pb::Webhook answer;
  EXPECT_EQ(ReasonOf(Call(&pb::WebhookService::Stub::CreateWebhook, other, &answer)),
            "REQUEST_ID_REUSED");
  pb::Webhook rotated;
  ASSERT_TRUE(Call(&pb::WebhookService::Stub::RotateWebhookSecret,
                   StepOn<pb::RotateWebhookSecretRequest>(first), &rotated)
                  .ok());
  EXPECT_THAT(rotated.secret(), HasSubstr("whsec_"));
  EXPECT_NE(rotated.secret(), first.secret());
  EXPECT_TRUE(rotated.has_previous_secret_expire_time());
  EXPECT_EQ(Create(request).secret(), "");
  Happen("one");
  WaitForPosts(1);
  EXPECT_THAT(receiver_.got()[0].signature, HasSubstr(" v1,"));
  clock_.Advance(absl::Hours(25));
  Happen("two");
  WaitForPosts(2);
  EXPECT_THAT(receiver_.got()[1].signature, ::testing::Not(HasSubstr(" ")));
}

TEST_F(WebhookServiceTest, AnUpdateGoesByItsMaskAndEtag) {
  const pb::Webhook webhook = Create();
  pb::UpdateWebhookRequest request;
  *request.mutable_webhook() = webhook;
  request.mutable_webhook()->set_url("https://neuf.fr/");
  request.mutable_webhook()->set_display_name("ignored");
  request.mutable_update_mask()->add_paths("url");
  request.set_request_id(NewUuid(absl::Now()));
  pb::Webhook changed;
  ASSERT_TRUE(Call(&pb::WebhookService::Stub::UpdateWebhook, request, &changed).ok());
  EXPECT_EQ(changed.url(), "https://neuf.fr/");
  EXPECT_EQ(changed.display_name(), "Agenda");
  EXPECT_NE(changed.etag(), webhook.etag());
  request.set_request_id(NewUuid(absl::Now()));
  const grpc::Status stale = Call(&pb::WebhookService::Stub::UpdateWebhook, request, &changed);
  EXPECT_EQ(stale.error_code(), grpc::StatusCode::ABORTED);
  EXPECT_EQ(ReasonOf(stale), "ETAG_MISMATCH");
  EXPECT_EQ(Get(webhook.name()).types_size(), 1);
}

TEST_F(WebhookServiceTest, OthersDoNotKnowOfIt) {
  const pb::Webhook webhook = Create();
  pb::Webhook answer;
  google::protobuf::Empty empty;
  pb::WebhookDelivery delivery;
  pb::GetWebhookRequest get;
  get.set_name(webhook.name());
  pb::TestWebhookRequest test;
  test.set_name(webhook.name());
  pb::ListWebhookDeliveriesRequest list;
  list.set_parent(webhook.name());
  pb::ListWebhookDeliveriesResponse attempts;
  pb::UpdateWebhookRequest update;
  *update.mutable_webhook() = webhook;
  update.set_request_id(NewUuid(absl::Now()));
  using Stub = pb::WebhookService::Stub;
  const std::vector<grpc::Status> outcomes = {
      Call(&Stub::GetWebhook, get, &answer, "other"),
      Call(&Stub::UpdateWebhook, update, &answer, "other"),
      Call(&Stub::PauseWebhook, StepOn<pb::PauseWebhookRequest>(webhook), &answer, "other"),
      Call(&Stub::ResumeWebhook, StepOn<pb::ResumeWebhookRequest>(webhook), &answer, "other"),
      Call(&Stub::RotateWebhookSecret, StepOn<pb::RotateWebhookSecretRequest>(webhook), &answer,
           "other"),
      Call(&Stub::ReplayWebhook, StepOn<pb::ReplayWebhookRequest>(webhook), &answer, "other"),
      Call(&Stub::DeleteWebhook, StepOn<pb::DeleteWebhookRequest>(webhook), &empty, "other"),
      Call(&Stub::TestWebhook, test, &delivery, "other"),
      Call(&Stub::ListWebhookDeliveries, list, &attempts, "other")};
  for (const grpc::Status& outcome : outcomes) {
    EXPECT_EQ(outcome.error_code(), grpc::StatusCode::NOT_FOUND);
    EXPECT_EQ(ReasonOf(outcome), "RESOURCE_NOT_FOUND");
  }
  pb::ListWebhooksResponse theirs;
  ASSERT_TRUE(Call(&Stub::ListWebhooks, pb::ListWebhooksRequest(), &theirs, "other").ok());
  EXPECT_THAT(theirs.webhooks(), IsEmpty());
  ASSERT_TRUE(Call(&Stub::ListWebhooks, pb::ListWebhooksRequest(), &theirs, "operator").ok());
  EXPECT_EQ(theirs.webhooks_size(), 1);
  EXPECT_EQ(theirs.webhooks(0).secret(), "");
  EXPECT_EQ(Get(webhook.name(), "operator").name(), webhook.name());
  EXPECT_THAT(receiver_.got(), IsEmpty());
}

TEST_F(WebhookServiceTest, NobodyHasMoreThanTwentyHoweverManyAreAskedForAtOnce) {
  std::atomic<int> made = 0;
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] {
      for (int k = 0; k < 5; ++k) {
        pb::Webhook webhook;
        const grpc::Status status =
            Call(&pb::WebhookService::Stub::CreateWebhook, NewRequest(), &webhook);
        if (status.ok()) {
          ++made;
        } else {
          EXPECT_EQ(ReasonOf(status), "TOO_MANY_WEBHOOKS") << status.error_message();
        }
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(made, 20);
  Create(NewRequest(), "other");
  pb::ListWebhooksRequest request;
  request.set_page_size(7);
  std::set<std::string> names;
  do {
    pb::ListWebhooksResponse page;
    ASSERT_TRUE(Call(&pb::WebhookService::Stub::ListWebhooks, request, &page).ok());
    for (const pb::Webhook& one : page.webhooks()) names.insert(one.name());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(names.size(), 20u);
}

TEST_F(WebhookServiceTest, AWrongRegistrationIsRefusedWithAllThatIsWrong) {
  pb::CreateWebhookRequest request;
  request.mutable_webhook()->set_display_name(std::string(101, 'x'));
  request.mutable_webhook()->set_url("http://169.254.169.254/");
  request.mutable_webhook()->add_types("AgreementChanged");
  request.mutable_webhook()->add_departments("Orne");
  request.set_request_id("1");
  pb::Webhook answer;
  const grpc::Status status = Call(&pb::WebhookService::Stub::CreateWebhook, request, &answer);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  google::rpc::Status error;
  ASSERT_TRUE(error.ParseFromString(status.error_details()));
  std::set<std::string> fields;
  google::rpc::BadRequest bad;
  for (const auto& detail : error.details()) {
    if (!detail.UnpackTo(&bad)) continue;
    for (const auto& violation : bad.field_violations()) fields.insert(violation.field());
  }
  EXPECT_THAT(fields, ::testing::UnorderedElementsAre("webhook.display_name", "webhook.url",
                                                      "webhook.types[0]", "webhook.departments[0]",
                                                      "request_id"));
  pb::CreateWebhookRequest outside = NewRequest();
  outside.mutable_webhook()->add_departments("50");
  EXPECT_EQ(Call(&pb::WebhookService::Stub::CreateWebhook, outside, &answer).error_code(),
            grpc::StatusCode::NOT_FOUND);
}

TEST_F(WebhookServiceTest, ATestTellsWhatTheReceiverAnswered) {
  const pb::Webhook webhook = Create();
  pb::TestWebhookRequest request;
  request.set_name(webhook.name());
  pb::WebhookDelivery delivery;
  ASSERT_TRUE(Call(&pb::WebhookService::Stub::TestWebhook, request, &delivery).ok());
  EXPECT_TRUE(delivery.delivered());
  receiver_.FailWith(418, 1);
  ASSERT_TRUE(Call(&pb::WebhookService::Stub::TestWebhook, request, &delivery).ok());
  EXPECT_FALSE(delivery.delivered());
  EXPECT_EQ(delivery.http_status(), 418);
  ASSERT_EQ(receiver_.got().size(), 2u);
  EXPECT_EQ(nlohmann::json::parse(receiver_.got()[0].body)["type"],
            "destinationmetier.webhook.test");
  EXPECT_EQ(Get(webhook.name()).failures(), 0);
}

// What goes over the wire, to a real server on this machine.
class WebhookTransportTest : public ::testing::Test {
 protected:
  void Serve(gateway::HttpServer::Handler handler) {
    auto server = gateway::HttpServer::Start(
        {.refusal = [](int status) { return gateway::HttpResponse{.status = status}; }},
        std::move(handler));
    ASSERT_TRUE(server.ok());
    server_ = *std::move(server);
  }
  std::string Url(const std::string& host = "127.0.0.1") const {
    return absl::StrCat("http://", host, ":", server_->port(), "/hook");
  }
  WebhookAnswer Post(HttpWebhookTransport::Options options, const std::string& url) {
    HttpWebhookTransport transport(options);
    return transport.Post({.url = url, .headers = {{"webhook-id", "1"}}, .body = "{}"});
  }

  std::unique_ptr<gateway::HttpServer> server_;
};

TEST_F(WebhookTransportTest, PostsTheBodyAndItsHeaders) {
  gateway::HttpRequest seen;
  Serve([&](gateway::HttpRequest request, gateway::HttpServer::Respond respond) {
    seen = request;
    std::move(respond)({.status = 204});
  });
  const WebhookAnswer answer = Post({.private_allowed = true}, Url());
  EXPECT_TRUE(answer.taken()) << answer.failure;
  EXPECT_EQ(answer.http_status, 204);
  EXPECT_EQ(seen.method, "POST");
  EXPECT_EQ(seen.body, "{}");
  EXPECT_EQ(seen.Header("webhook-id"), "1");
}

TEST_F(WebhookTransportTest, ReachesNoPrivateAddressWhateverNameLeadsThere) {
  std::atomic<int> reached = 0;
  Serve([&](gateway::HttpRequest, gateway::HttpServer::Respond respond) {
    ++reached;
    std::move(respond)({.status = 200});
  });
  for (const char* host : {"127.0.0.1", "localhost"}) {
    std::string url = Url(host);
    EXPECT_EQ(Post({}, url).failure, "UNREACHABLE") << "plain http";
    url.replace(0, 4, "https");
    EXPECT_EQ(Post({}, url).failure, "ADDRESS_REFUSED") << host;
  }
  EXPECT_EQ(reached, 0);
}

TEST_F(WebhookTransportTest, FollowsNoRedirect) {
  std::atomic<int> reached = 0;
  Serve([&](const gateway::HttpRequest&, gateway::HttpServer::Respond respond) {
    ++reached;
    std::move(respond)({.status = 307, .headers = {{"Location", "/elsewhere"}}});
  });
  const WebhookAnswer answer = Post({.private_allowed = true}, Url());
  EXPECT_EQ(answer.failure, "HTTP_STATUS");
  EXPECT_EQ(answer.http_status, 307);
  EXPECT_EQ(reached, 1);
}

TEST_F(WebhookTransportTest, ReadsNoMoreThanAPageOfAnAnswer) {
  Serve([&](gateway::HttpRequest, gateway::HttpServer::Respond respond) {
    std::move(respond)({.status = 200, .body = std::string(50'000'000, 'x')});
  });
  EXPECT_TRUE(Post({.private_allowed = true}, Url()).taken());
}

TEST_F(WebhookTransportTest, WaitsSoLongAndNoLonger) {
  std::vector<gateway::HttpServer::Respond> kept;
  absl::Mutex mutex;
  Serve([&](gateway::HttpRequest, gateway::HttpServer::Respond respond) {
    absl::MutexLock lock(&mutex);
    kept.push_back(std::move(respond));
  });
  const WebhookAnswer answer =
      Post({.private_allowed = true, .longest = absl::Milliseconds(200)}, Url());
  EXPECT_EQ(answer.failure, "TIMEOUT");
  EXPECT_EQ(answer.http_status, 0);
  absl::MutexLock lock(&mutex);
  kept.clear();
}

TEST_F(WebhookTransportTest, TellsHowLongTheReceiverWantsToRest) {
  Serve([&](gateway::HttpRequest, gateway::HttpServer::Respond respond) {
    std::move(respond)({.status = 429, .headers = {{"Retry-After", "120"}}});
  });
  const WebhookAnswer answer = Post({.private_allowed = true}, Url());
  EXPECT_EQ(answer.failure, "HTTP_STATUS");
  EXPECT_EQ(answer.retry_after, absl::Seconds(120));
}

TEST_F(WebhookTransportTest, SaysWhenNobodyListens) {
  Serve([](gateway::HttpRequest, gateway::HttpServer::Respond) {});
  const std::string url = Url();
  server_.reset();
  EXPECT_EQ(Post({.private_allowed = true}, url).failure, "UNREACHABLE");
}

}  // namespace
}  // namespace dm::notification
