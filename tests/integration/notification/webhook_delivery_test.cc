// What receivers get of what happens.
#include "tests/integration/notification/webhook_world.h"

#include <gmock/gmock.h>

#include <set>

namespace dm::notification {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr database::Statement kDisabledMails{"disabled_mails",
                                             "SELECT count(*) FROM messages WHERE booking = $1 AND "
                                             "kind = 'WEBHOOK_DISABLED' AND recipient = "
                                             "'people/partner'"};

absl::Time Soon() { return absl::Now() + absl::Seconds(30); }

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

}  // namespace
}  // namespace dm::notification
