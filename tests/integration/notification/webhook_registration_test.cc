// How webhooks are registered, changed, tried and seen by their owners alone.
#include "tests/integration/notification/webhook_world.h"

#include <gmock/gmock.h>

#include <set>
#include <thread>

namespace dm::notification {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

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

}  // namespace
}  // namespace dm::notification
