// Mails with secrets: each once, and forgotten with the mail.
#include "absl/strings/match.h"
#include "services/notification/api/link_api.h"
#include "tests/integration/notification/delivery_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace dm::notification {
namespace {

namespace pb = destinationmetier::notification::v1;

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kSecret[] = "AbCdEfGhIjKlMnOpQrStUv";
constexpr char kParent[] = "parent.canari@maison.example";

class LinkTest : public DeliveryTest {
 protected:
  // A guardian's question, unlike others by its number.
  pb::SendLinkRequest Question(int number = 1, const std::string& secret = kSecret) {
    pb::SendLinkRequest request;
    request.set_request_id(absl::StrFormat("01980000-0000-7000-8000-%012d", number));
    request.mutable_address()->set_display_name("Parent Canari");
    request.mutable_address()->set_email(kParent);
    request.set_kind(pb::LINK_KIND_GUARDIAN_CONSENT);
    request.set_secret(secret);
    request.set_resource(BookingName(1));
    request.set_session(kSession);
    request.mutable_expire_time()->set_seconds(
        absl::ToUnixSeconds(clock_.Now() + absl::Hours(24 * 7)));
    request.set_applicant(kAna);
    return request;
  }

  absl::Status Send(const pb::SendLinkRequest& request) {
    rpc::Call call;
    call.deadline = Soon();
    return api_.SendLink(call, request).status();
  }

  // Whether the text stands in any row of the queue.
  bool IsStored(const std::string& text) {
    const auto rows = database_->Query(Soon(), kStored, absl::StrCat("%", text, "%"));
    EXPECT_TRUE(rows.ok()) << rows.status();
    return (*rows)[0][0].as<int>() > 0;
  }
  static constexpr database::Statement kStored{
      "stored", "SELECT count(*) FROM messages AS m WHERE m::text LIKE $1"};

  void ExpectNothingKept() {
    EXPECT_FALSE(IsStored(kSecret));
    EXPECT_FALSE(IsStored(kParent));
    EXPECT_FALSE(IsStored("Canari"));
  }

  int woken_ = 0;
  LinkApi api_{database_.get(), &clock_, [this] { ++woken_; }};
};

TEST_F(LinkTest, AGuardianGetsTheLinkOnceHoweverOftenItIsHandedOver) {
  ScheduleSession();
  ASSERT_TRUE(Send(Question()).ok());
  ASSERT_TRUE(Send(Question()).ok());
  EXPECT_TRUE(IsStored(kSecret));
  EXPECT_GT(woken_, 0);
  DeliverAll();
  ASSERT_TRUE(Send(Question()).ok());
  DeliverAll();
  const auto mails = sink_.mails();
  ASSERT_THAT(mails, SizeIs(1));
  EXPECT_EQ(mails[0].recipient, kParent);
  EXPECT_THAT(mails[0].Part("text/plain"), HasSubstr("Bonjour Parent Canari,"));
  EXPECT_THAT(mails[0].Part("text/plain"),
              HasSubstr("http://127.0.0.1:8080/consentement#AbCdEfGhIjKlMnOpQrStUv"));
  EXPECT_THAT(mails[0].Part("text/plain"), HasSubstr("Découvrir la fabrication de coton"));
  EXPECT_THAT(mails[0].Part("text/plain"), Not(HasSubstr("/ana")));
  EXPECT_THAT(mails[0].Part("text/html"), HasSubstr("/consentement#AbCdEfGhIjKlMnOpQrStUv"));
  EXPECT_THAT(Messages(), ElementsAre("address GUARDIAN_CONSENT sent 1"));
  ExpectNothingKept();
}

TEST_F(LinkTest, WhateverEndsAMailEndsItsSecret) {
  ScheduleSession();
  ASSERT_TRUE(Send(Question()).ok());
  sink_.AnswerOnce("RCPT", "550 5.1.1 no such user");
  DeliverAll();
  EXPECT_THAT(Messages(), ElementsAre("address GUARDIAN_CONSENT failed 1 REFUSED"));
  ExpectNothingKept();
}

TEST_F(LinkTest, AMailThatHasToWaitIsSentAgainUnderTheSameMessageId) {
  ScheduleSession();
  ASSERT_TRUE(Send(Question()).ok());
  sink_.AnswerOnce("END", "451 4.3.0 try again");
  DeliverAll();
  EXPECT_TRUE(IsStored(kSecret));
  clock_.Advance(absl::Seconds(30));
  DeliverAll();
  const auto mails = sink_.mails();
  ASSERT_THAT(mails, SizeIs(2));
  EXPECT_EQ(mails[0].Header("Message-ID"), mails[1].Header("Message-ID"));
  ExpectNothingKept();
}

TEST_F(LinkTest, ASecretThatIsWorthNothingAnyMoreIsNotSent) {
  ScheduleSession();
  ASSERT_TRUE(Send(Question()).ok());
  clock_.Advance(absl::Hours(24 * 7));
  DeliverAll();
  EXPECT_THAT(sink_.mails(), IsEmpty());
  EXPECT_THAT(Messages(), ElementsAre("address GUARDIAN_CONSENT failed 1 TOO_LATE"));
  ExpectNothingKept();
}

TEST_F(LinkTest, WhatWaitsForASessionThatNeverComesIsForgottenInTime) {
  ASSERT_TRUE(Send(Question()).ok());
  DeliverAll();
  EXPECT_THAT(Messages(), ElementsAre("address GUARDIAN_CONSENT waiting 0"));
  clock_.Advance(absl::Hours(24 * 7));
  EXPECT_EQ(*messages_.ExpireWaiting(Soon(), clock_.Now()), 1);
  ExpectNothingKept();
}

TEST_F(LinkTest, ANewerLinkTakesThePlaceOfOneThatIsStillToGo) {
  // The session is not known yet, so both wait.
  ASSERT_TRUE(Send(Question(1)).ok());
  ASSERT_TRUE(Send(Question(2, "zzzzzzzzzzzzzzzzzzzzzz")).ok());
  EXPECT_FALSE(IsStored(kSecret));
  // The older one again, late: what is newer stays.
  ASSERT_TRUE(Send(Question(1)).ok());
  ScheduleSession();
  DeliverAll();
  const auto mails = sink_.mails();
  ASSERT_THAT(mails, SizeIs(1));
  EXPECT_THAT(mails[0].Part("text/plain"), HasSubstr("#zzzzzzzzzzzzzzzzzzzzzz"));
  EXPECT_THAT(Messages(), ElementsAre("address GUARDIAN_CONSENT dropped 0 REPLACED",
                                      "address GUARDIAN_CONSENT sent 1"));
}

TEST_F(LinkTest, LinksToOthersStay) {
  auto other_recipient = Question(2);
  other_recipient.mutable_address()->set_email("tuteur@entreprise.example");
  auto other_resource = Question(3);
  other_resource.set_resource(BookingName(2));
  auto other_kind = Question(4);
  other_kind.set_kind(pb::LINK_KIND_SIGNATURE);
  for (const auto& request : {Question(1), other_recipient, other_resource, other_kind}) {
    ASSERT_TRUE(Send(request).ok());
  }
  ScheduleSession();
  DeliverAll();
  EXPECT_THAT(sink_.mails(), SizeIs(4));
}

TEST_F(LinkTest, APupilIsNotTheirOwnGuardian) {
  ScheduleSession();
  SetContact(kAna, "Ana", "ana@lycee.example");
  for (const char* email : {"ana@lycee.example", "Ana@Lycee.example", "ana+maman@lycee.example"}) {
    auto request = Question();
    request.mutable_address()->set_email(email);
    const absl::Status refused = Send(request);
    EXPECT_EQ(ErrorReasonOf(refused), "GUARDIAN_IS_APPLICANT") << email;
    EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  }
  EXPECT_THAT(Messages(), IsEmpty());
  EXPECT_TRUE(Send(Question()).ok());
}

TEST_F(LinkTest, APartyIsReachedByItsContact) {
  auto request = Question();
  request.set_party(kLemoine);
  request.set_kind(pb::LINK_KIND_SIGNATURE);
  request.set_resource("agreements/01940000-0000-7000-8000-0000000000a1");
  ASSERT_TRUE(Send(request).ok());
  ScheduleSession();
  DeliverAll();
  EXPECT_THAT(sink_.mails(), IsEmpty());
  SetContact(kLemoine, "Groupe Lemoine", "contact@lemoine.example");
  DeliverAll();
  const auto mails = sink_.mails();
  ASSERT_THAT(mails, SizeIs(1));
  EXPECT_EQ(mails[0].recipient, "contact@lemoine.example");
  EXPECT_THAT(mails[0].Part("text/plain"), HasSubstr("/signature#"));
  ExpectNothingKept();
}

TEST_F(LinkTest, ACodeNeedsNoSession) {
  auto request = Question(1, "123456");
  request.set_kind(pb::LINK_KIND_SIGNATURE_CODE);
  request.clear_session();
  ASSERT_TRUE(Send(request).ok());
  DeliverAll();
  const auto mails = sink_.mails();
  ASSERT_THAT(mails, SizeIs(1));
  EXPECT_THAT(mails[0].Part("text/plain"), HasSubstr("Votre code : 123456"));
  EXPECT_THAT(mails[0].Header("Subject"), Not(HasSubstr("123456")));
}

TEST_F(LinkTest, EveryWrongFieldIsNamedAndNoSecretRepeated) {
  pb::SendLinkRequest request;
  request.set_request_id("1");
  request.mutable_address()->set_display_name("Zoe\r\nBcc: all@x");
  request.mutable_address()->set_email("a@b.fr\r\nBcc: x@y.fr");
  request.set_secret("a secret with spaces");
  request.set_resource("offers/1");
  request.set_applicant("ana");
  Violations violations;
  ValidateSendLink(request, violations);
  const absl::Status status = violations.ToStatus();
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("a secret with spaces")));
  std::vector<std::string> fields;
  const auto details = GetErrorDetails(status);
  ASSERT_TRUE(details.has_value());
  for (const FieldViolation& violation : details->fields) fields.push_back(violation.field);
  EXPECT_THAT(fields, ElementsAre("request_id", "address.display_name", "address.email", "kind",
                                  "secret", "resource", "expire_time", "applicant"));
  request.clear_address();
  Violations without_recipient;
  ValidateSendLink(request, without_recipient);
  EXPECT_THAT(std::string(without_recipient.ToStatus().message()), HasSubstr("recipient"));
}

}  // namespace
}  // namespace dm::notification
