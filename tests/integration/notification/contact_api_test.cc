#include "services/notification/api/contact_api.h"

#include "tests/integration/notification/notification_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace dm::notification {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

namespace pb = destinationmetier::notification::v1;

constexpr char kRequestId[] = "01960000-0000-7000-8000-000000000001";

auth::Caller Pupil(const std::string& subject) {
  return {.subject = subject, .roles = {auth::Role::kAnonymous, auth::Role::kApplicant}};
}
auth::Caller HostOf(const std::string& siret) {
  return {
      .subject = "lea", .roles = {auth::Role::kAnonymous, auth::Role::kHost}, .companies = {siret}};
}
auth::Caller AmbassadorOf(const std::string& id) {
  return {.subject = "jeanne",
          .roles = {auth::Role::kAnonymous, auth::Role::kAmbassador},
          .ambassador = id};
}
auth::Caller Agent() {
  return {.subject = "agent",
          .roles = {auth::Role::kAnonymous, auth::Role::kAgency},
          .territory = {"61"}};
}

auth::Caller Operator() {
  return {.subject = "root", .roles = {auth::Role::kAnonymous, auth::Role::kOperator}};
}

pb::UpdateContactRequest Update(const std::string& name, const std::string& email = "a@b.example") {
  pb::UpdateContactRequest request;
  request.mutable_contact()->set_name(name);
  request.mutable_contact()->set_display_name("Ana");
  request.mutable_contact()->set_email(email);
  return request;
}

class ContactApiTest : public NotificationTest {
 protected:
  absl::StatusOr<pb::Contact> Get(const auth::Caller& caller, const std::string& name) {
    pb::GetContactRequest request;
    request.set_name(name);
    return api_.GetContact(*CallBy(caller), request);
  }
  absl::StatusOr<pb::Contact> Set(const auth::Caller& caller,
                                  const pb::UpdateContactRequest& request) {
    return api_.UpdateContact(*CallBy(caller), request);
  }

  static std::unique_ptr<rpc::Call> CallBy(const auth::Caller& caller) {
    auto call = std::make_unique<rpc::Call>();
    call->caller = caller;
    call->deadline = Soon();
    return call;
  }

  std::atomic<int> released_ = 0;
  ContactApi api_{&contacts_, [this] { ++released_; }};
};

TEST_F(ContactApiTest, APersonSetsAndSeesTheirOwn) {
  const auto set = Set(Pupil("ana"), Update("people/me/contact"));
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(set->name(), "people/ana/contact");
  EXPECT_EQ(set->display_name(), "Ana");
  EXPECT_THAT(set->etag(), Not(IsEmpty()));
  EXPECT_EQ(released_.load(), 1);
  for (const char* name : {"people/me/contact", "people/ana/contact"}) {
    const auto got = Get(Pupil("ana"), name);
    ASSERT_TRUE(got.ok()) << got.status();
    EXPECT_EQ(got->SerializeAsString(), set->SerializeAsString());
  }
}

TEST_F(ContactApiTest, WhoMayNotSeeIsToldThatThereIsNothing) {
  ASSERT_TRUE(Set(Agent(), Update("people/ana/contact")).ok());
  ASSERT_TRUE(Set(Agent(), Update("companies/00061001400011/contact")).ok());
  ASSERT_TRUE(Set(Agent(), Update("ambassadors/jeanne-lemoine/contact")).ok());
  struct Case {
    auth::Caller caller;
    const char* name;
    bool sees;
    bool sets;
  };
  auth::Caller host_without_role = HostOf("00061001400011");
  host_without_role.roles = {auth::Role::kAnonymous, auth::Role::kApplicant};
  auth::Caller agent_without_role = Agent();
  agent_without_role.roles = {auth::Role::kAnonymous, auth::Role::kApplicant};
  ASSERT_TRUE(Set(Agent(), Update("agencies/61/contact")).ok());
  const Case cases[] = {
      {Pupil("ana"), "people/ana/contact", true, true},
      {Pupil("bob"), "people/ana/contact", false, false},
      {HostOf("00061001400011"), "people/ana/contact", false, false},
      // What it says already: the agency's list again.
      {Agent(), "people/ana/contact", false, true},
      {Operator(), "people/ana/contact", false, true},
      {HostOf("00061001400011"), "companies/00061001400011/contact", true, true},
      {HostOf("00061002200014"), "companies/00061001400011/contact", false, false},
      {host_without_role, "companies/00061001400011/contact", false, false},
      {Pupil("ana"), "companies/00061001400011/contact", false, false},
      {Agent(), "companies/00061001400011/contact", false, true},
      {AmbassadorOf("jeanne-lemoine"), "ambassadors/jeanne-lemoine/contact", true, true},
      {AmbassadorOf("other"), "ambassadors/jeanne-lemoine/contact", false, false},
      {Pupil("nobody"), "people/nobody/contact", false, true},
      {Agent(), "agencies/61/contact", true, true},
      {Agent(), "agencies/14/contact", false, false},
      {HostOf("00061001400011"), "agencies/61/contact", false, false},
      {agent_without_role, "agencies/61/contact", false, false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(::testing::Message() << c.caller.subject << " " << c.name);
    const auto got = Get(c.caller, c.name);
    EXPECT_EQ(got.ok(), c.sees);
    if (!got.ok()) {
      EXPECT_EQ(got.status().code(), absl::StatusCode::kNotFound);
      EXPECT_EQ(ErrorReasonOf(got.status()), "RESOURCE_NOT_FOUND");
    }
    const auto set = Set(c.caller, Update(c.name));
    EXPECT_EQ(set.ok(), c.sets);
    if (!set.ok()) {
      EXPECT_EQ(set.status().code(), absl::StatusCode::kNotFound);
    }
  }
}

TEST_F(ContactApiTest, AnAgentSetsTheFirstContactAndReplacesNone) {
  for (const char* name :
       {"people/ana/contact", "companies/00061001400011/contact", "ambassadors/jeanne/contact"}) {
    SCOPED_TRACE(name);
    const auto first = Set(Agent(), Update(name, "first@b.example"));
    ASSERT_TRUE(first.ok()) << first.status();
    const auto again = Set(Agent(), Update(name, "first@b.example"));
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(again->etag(), first->etag());

    // Without an etag, with the right one and with a wrong one: the refusal does not tell which.
    for (const std::string& etag : {std::string(), first->etag(), std::string("7")}) {
      pb::UpdateContactRequest other = Update(name, "agent@b.example");
      other.mutable_contact()->set_etag(etag);
      const auto refused = Set(Agent(), other);
      EXPECT_EQ(refused.status().code(), absl::StatusCode::kPermissionDenied);
      EXPECT_EQ(ErrorReasonOf(refused.status()), "CONTACT_BOUND");
      const ErrorDetails details = *GetErrorDetails(refused.status());
      EXPECT_THAT(absl::StrCat(refused.status().message(), details.message_fr, details.message_en),
                  Not(HasSubstr("first")));
      EXPECT_THAT(details.metadata, IsEmpty());
    }
    pb::UpdateContactRequest renamed = Update(name, "first@b.example");
    renamed.mutable_contact()->set_display_name("Anna");
    EXPECT_EQ(ErrorReasonOf(Set(Agent(), renamed).status()), "CONTACT_BOUND");
  }
  EXPECT_EQ(Get(Pupil("ana"), "people/me/contact")->email(), "first@b.example");
}

TEST_F(ContactApiTest, ThePartyAndAnOperatorReplaceWhatAnAgentSet) {
  ASSERT_TRUE(Set(Agent(), Update("people/ana/contact", "first@b.example")).ok());
  ASSERT_TRUE(Set(Pupil("ana"), Update("people/me/contact", "own@b.example")).ok());
  EXPECT_FALSE(Set(Agent(), Update("people/ana/contact", "first@b.example")).ok());
  EXPECT_EQ(Get(Pupil("ana"), "people/me/contact")->email(), "own@b.example");
  ASSERT_TRUE(Set(Operator(), Update("people/ana/contact", "support@b.example")).ok());
  EXPECT_EQ(Get(Pupil("ana"), "people/me/contact")->email(), "support@b.example");
}

TEST_F(ContactApiTest, AnAgentsRequestAgainIsAnsweredAsAtFirstAndChangesNothing) {
  pb::UpdateContactRequest request = Update("people/ana/contact", "first@b.example");
  request.set_request_id(kRequestId);
  const auto first = Set(Agent(), request);
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_TRUE(Set(Pupil("ana"), Update("people/me/contact", "own@b.example")).ok());
  const auto again = Set(Agent(), request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(Get(Pupil("ana"), "people/me/contact")->email(), "own@b.example");
}

TEST_F(ContactApiTest, OfManyAgentsAtOnceOneSetsTheFirst) {
  constexpr int kAgents = 12;
  std::vector<absl::Status> outcomes(kAgents);
  std::vector<std::thread> agents;
  for (int i = 0; i < kAgents; ++i) {
    agents.emplace_back([&, i] {
      outcomes[i] =
          Set(Agent(), Update("people/ana/contact", absl::StrCat("a", i, "@b.example"))).status();
    });
  }
  for (std::thread& agent : agents) agent.join();
  std::vector<int> won;
  for (int i = 0; i < kAgents; ++i) {
    if (outcomes[i].ok()) {
      won.push_back(i);
    } else {
      EXPECT_EQ(ErrorReasonOf(outcomes[i]), "CONTACT_BOUND") << outcomes[i];
    }
  }
  ASSERT_THAT(won, SizeIs(1));
  EXPECT_EQ(Get(Pupil("ana"), "people/me/contact")->email(),
            absl::StrCat("a", won[0], "@b.example"));
}

TEST_F(ContactApiTest, AnEtagGuardsAgainstAStaleWrite) {
  const auto first = Set(Pupil("ana"), Update("people/me/contact", "a@b.example"));
  ASSERT_TRUE(first.ok());
  pb::UpdateContactRequest request = Update("people/me/contact", "c@d.example");
  request.mutable_contact()->set_etag(first->etag());
  const auto second = Set(Pupil("ana"), request);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_NE(second->etag(), first->etag());

  request.mutable_contact()->set_email("e@f.example");
  for (const std::string& etag :
       {first->etag(), std::string("x"), std::string("-1"), "0" + second->etag()}) {
    request.mutable_contact()->set_etag(etag);
    const auto stale = Set(Pupil("ana"), request);
    EXPECT_EQ(stale.status().code(), absl::StatusCode::kAborted) << etag;
    EXPECT_EQ(ErrorReasonOf(stale.status()), "ETAG_MISMATCH");
  }
  EXPECT_EQ(Get(Pupil("ana"), "people/me/contact")->email(), "c@d.example");
  request.mutable_contact()->set_etag("");
  EXPECT_TRUE(Set(Pupil("ana"), request).ok());
}

TEST_F(ContactApiTest, AnEtagOfNothingFitsNothing) {
  pb::UpdateContactRequest request = Update("people/me/contact");
  request.mutable_contact()->set_etag("1");
  EXPECT_EQ(ErrorReasonOf(Set(Pupil("ana"), request).status()), "ETAG_MISMATCH");
}

TEST_F(ContactApiTest, TheSameContentAgainChangesNothing) {
  const auto first = Set(Pupil("ana"), Update("people/me/contact"));
  const auto again = Set(Pupil("ana"), Update("people/me/contact"));
  ASSERT_TRUE(first.ok() && again.ok());
  EXPECT_EQ(first->etag(), again->etag());
}

TEST_F(ContactApiTest, ARequestIdGivesItsFirstAnswerAgain) {
  const auto before = Set(Pupil("ana"), Update("people/me/contact", "old@b.example"));
  pb::UpdateContactRequest request = Update("people/me/contact", "a@b.example");
  request.set_request_id(kRequestId);
  request.mutable_contact()->set_etag(before->etag());
  const auto first = Set(Pupil("ana"), request);
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_TRUE(Set(Pupil("ana"), Update("people/me/contact", "newer@b.example")).ok());

  const auto again = Set(Pupil("ana"), request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(Get(Pupil("ana"), "people/me/contact")->email(), "newer@b.example");

  request.mutable_contact()->set_email("other@b.example");
  const auto reused = Set(Pupil("ana"), request);
  EXPECT_EQ(reused.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ErrorReasonOf(reused.status()), "REQUEST_ID_REUSED");
  // Of another person it is another id.
  EXPECT_TRUE(Set(Pupil("bob"),
                  [&] {
                    auto own = Update("people/me/contact");
                    own.set_request_id(kRequestId);
                    return own;
                  }())
                  .ok());
}

TEST_F(ContactApiTest, RequestIdsAreForgottenAfterTwoDays) {
  pb::UpdateContactRequest request = Update("people/me/contact");
  request.set_request_id(kRequestId);
  ASSERT_TRUE(Set(Pupil("ana"), request).ok());
  clock_.Advance(absl::Hours(49));
  request.set_request_id("01960000-0000-7000-8000-000000000002");
  ASSERT_TRUE(Set(Pupil("ana"), request).ok());
  request.set_request_id(kRequestId);
  request.mutable_contact()->set_email("other@b.example");
  EXPECT_TRUE(Set(Pupil("ana"), request).ok());
}

TEST_F(ContactApiTest, ANewContactMakesWaitingMessagesReady) {
  ScheduleSession();
  TakeSteps({{.event = 1, .from = "PENDING_HOST", .to = "DECLINED"}});
  ASSERT_TRUE(Set(Pupil("ana"), Update("people/me/contact")).ok());
  EXPECT_THAT(Messages(), ElementsAre("people/ana DECLINED ready 0"));
}

TEST(ValidateUpdateContactTest, NamesEveryWrongField) {
  Violations violations;
  pb::UpdateContactRequest request;
  request.mutable_contact()->set_name("people/ana");
  request.mutable_contact()->set_display_name("Ana\r\nBcc: x");
  request.mutable_contact()->set_email("ana");
  request.set_request_id("1");
  ValidateUpdateContact(request, violations);
  const auto details = GetErrorDetails(violations.ToStatus());
  ASSERT_TRUE(details.has_value());
  std::vector<std::string> fields;
  for (const FieldViolation& field : details->fields) fields.push_back(field.field);
  EXPECT_THAT(fields,
              ElementsAre("contact.name", "contact.display_name", "contact.email", "request_id"));
}

TEST(ValidateUpdateContactTest, AcceptsAGoodOne) {
  Violations violations;
  pb::UpdateContactRequest request = Update("companies/00061001400011/contact");
  request.set_request_id(kRequestId);
  ValidateUpdateContact(request, violations);
  EXPECT_TRUE(violations.empty()) << violations.ToStatus();
}

TEST(ValidateGetContactTest, RefusesWhatIsNoContact) {
  for (const char* name : {"", "people/ana", "offers/1/contact", "people//contact"}) {
    Violations violations;
    pb::GetContactRequest request;
    request.set_name(name);
    ValidateGetContact(request, violations);
    EXPECT_FALSE(violations.empty()) << name;
  }
}

}  // namespace
}  // namespace dm::notification
