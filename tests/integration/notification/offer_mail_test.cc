#include "destinationmetier/event/v1/offer_events.pb.h"
#include "tests/integration/notification/delivery_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dm::notification {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

namespace pb = destinationmetier::event::v1;

constexpr char kAgency[] = "agencies/61";

pb::OfferChanged Changed(const std::string& from, const std::string& to,
                         pb::OfferChanged::Actor actor, int64_t version = 1) {
  pb::OfferChanged changed;
  changed.set_offer("offers/o1");
  changed.set_company(kLemoine);
  changed.set_department("61");
  changed.set_from_state(from);
  changed.set_to_state(to);
  changed.set_version(version);
  changed.set_actor(actor);
  changed.set_title("Pain perdu et pain trouvé");
  return changed;
}

pb::OfferChanged Banned(const std::string& offer) {
  pb::OfferChanged changed = Changed("PUBLISHED", "SUSPENDED", pb::OfferChanged::ACTOR_SYSTEM);
  changed.set_offer(offer);
  changed.set_reason("COMPANY_BANNED");
  return changed;
}

pb::OfferReported Reported(const std::string& report) {
  pb::OfferReported reported;
  reported.set_report(report);
  reported.set_offer("offers/o1");
  reported.set_company(kLemoine);
  reported.set_department("61");
  return reported;
}

class OfferMailTest : public DeliveryTest {
 protected:
  absl::Status Take(const std::vector<pb::Event>& events) {
    return database_->Write(Soon(), [&](database::Transaction& transaction) {
      return ApplyCatalogueEvents(transaction, events, clock_.Now());
    });
  }

  void SetOfferContacts() {
    SetContact(kLemoine, "Groupe Lemoine", "contact@lemoine.example");
    SetContact(kAgency, "Agence de l'Orne", "agence-61@x.example");
    SetContact("agencies/14", "Agence du Calvados", "agence-14@x.example");
  }

  std::vector<std::string> RecipientsAndLinks() const {
    std::vector<std::string> all;
    for (const ReceivedMail& mail : sink_.mails()) {
      all.push_back(absl::StrCat(mail.recipient, ": ", LinkIn(mail)));
    }
    return all;
  }

  // What the mail leads to, without the platform's address.
  static std::string LinkIn(const ReceivedMail& mail) {
    const std::string start = " : http://127.0.0.1:8080";
    const std::string text = mail.Part("text/plain");
    const size_t from = text.find(start);
    if (from == std::string::npos) return "none";
    const size_t begin = from + start.size();
    return text.substr(begin, text.find_first_of("\r\n", begin) - begin);
  }
};

TEST_F(OfferMailTest, EachEventIsOneMailToWhomItConcernsHoweverOftenItIsTold) {
  SetOfferContacts();
  const std::vector<pb::Event> events = {
      EventOf(1, Changed("DRAFT", "SUBMITTED", pb::OfferChanged::ACTOR_HOST, 2)),
      EventOf(2, Changed("SUBMITTED", "DRAFT", pb::OfferChanged::ACTOR_AGENCY, 3)),
      EventOf(3, Changed("DRAFT", "SUBMITTED", pb::OfferChanged::ACTOR_HOST, 4)),
      EventOf(4, Changed("SUBMITTED", "PUBLISHED", pb::OfferChanged::ACTOR_AGENCY, 5)),
      EventOf(5, Reported("offerReports/r1")),
      EventOf(6, Changed("PUBLISHED", "SUSPENDED", pb::OfferChanged::ACTOR_OPERATOR, 6)),
      EventOf(7, Changed("SUSPENDED", "PUBLISHED", pb::OfferChanged::ACTOR_AGENCY, 7)),
      EventOf(8, Reported("offerReports/r2")),
      EventOf(9, Changed("PUBLISHED", "ARCHIVED", pb::OfferChanged::ACTOR_SYSTEM, 8)),
  };
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(Take(events).ok());
    ASSERT_TRUE(Take({events[3], events[3], events[4]}).ok());
    DeliverAll();
  }
  EXPECT_THAT(
      Messages(),
      ElementsAre("agencies/61 OFFER_REPORTED sent 1", "agencies/61 OFFER_REPORTED sent 1",
                  "agencies/61 OFFER_SUBMITTED sent 1", "agencies/61 OFFER_SUBMITTED sent 1",
                  "companies/00061001400011 OFFER_APPROVED sent 1",
                  "companies/00061001400011 OFFER_REJECTED sent 1",
                  "companies/00061001400011 OFFER_RESUMED sent 1",
                  "companies/00061001400011 OFFER_SUSPENDED sent 1"));
  EXPECT_THAT(RecipientsAndLinks(),
              UnorderedElementsAre(
                  "agence-61@x.example: /?offer=o1", "agence-61@x.example: /?offer=o1",
                  "agence-61@x.example: /?report=r1", "agence-61@x.example: /?report=r2",
                  "contact@lemoine.example: /?offer=o1", "contact@lemoine.example: /?offer=o1",
                  "contact@lemoine.example: /?offer=o1", "contact@lemoine.example: /?offer=o1"));
}

TEST_F(OfferMailTest, OneBanIsOneMailAndTheNextBanAnother) {
  SetOfferContacts();
  const std::vector<pb::Event> events = {EventOf(1, Banned("offers/o1")),
                                         EventOf(2, Banned("offers/o2"))};
  ASSERT_TRUE(Take(events).ok());
  // A batch may end in the midst of a ban.
  ASSERT_TRUE(Take({EventOf(3, Banned("offers/o3"))}).ok());
  DeliverAll();
  EXPECT_THAT(RecipientsAndLinks(), ElementsAre("contact@lemoine.example: /"));
  clock_.Advance(absl::Hours(1));
  ASSERT_TRUE(Take(events).ok());
  ASSERT_TRUE(Take({EventOf(4, Banned("offers/o1"))}).ok());
  DeliverAll();
  EXPECT_THAT(sink_.mails(), SizeIs(2));
}

TEST_F(OfferMailTest, WhatAPartnerSendsIsOneMailADay) {
  SetOfferContacts();
  const auto pushed = [&](int number) {
    return EventOf(number, Changed("DRAFT", "SUBMITTED", pb::OfferChanged::ACTOR_PARTNER));
  };
  ASSERT_TRUE(Take({pushed(1), pushed(2)}).ok());
  clock_.Advance(absl::Hours(1));
  ASSERT_TRUE(Take({pushed(3)}).ok());
  DeliverAll();
  EXPECT_THAT(RecipientsAndLinks(), ElementsAre("agence-61@x.example: /"));
  clock_.Advance(absl::Hours(24));
  ASSERT_TRUE(Take({pushed(4)}).ok());
  DeliverAll();
  EXPECT_THAT(sink_.mails(), SizeIs(2));
}

TEST_F(OfferMailTest, NobodyKnownIsWrittenToOnceTheContactComesAndNeverAfterAWeek) {
  ASSERT_TRUE(
      Take({EventOf(1, Changed("DRAFT", "SUBMITTED", pb::OfferChanged::ACTOR_HOST, 2)),
            EventOf(2, Changed("SUBMITTED", "PUBLISHED", pb::OfferChanged::ACTOR_AGENCY, 3)),
            EventOf(3, Reported("offerReports/r1"))})
          .ok());
  DeliverAll();
  EXPECT_THAT(sink_.mails(), IsEmpty());
  SetContact(kAgency, "Agence de l'Orne", "agence-61@x.example");
  DeliverAll();
  EXPECT_THAT(RecipientsAndLinks(), UnorderedElementsAre("agence-61@x.example: /?offer=o1",
                                                         "agence-61@x.example: /?report=r1"));
  clock_.Advance(absl::Hours(8 * 24));
  EXPECT_EQ(*messages_.ExpireWaiting(Soon(), clock_.Now()), 1);
  SetContact(kLemoine, "Groupe Lemoine", "contact@lemoine.example");
  DeliverAll();
  EXPECT_THAT(sink_.mails(), SizeIs(2));
}

TEST_F(OfferMailTest, AReplaySendsNothingThatIsNoNewsAnyMore) {
  SetOfferContacts();
  const std::vector<pb::Event> events = {
      EventOf(1, Changed("DRAFT", "SUBMITTED", pb::OfferChanged::ACTOR_HOST, 2)),
      EventOf(2, Banned("offers/o2")), EventOf(3, Reported("offerReports/r1"))};
  clock_.Advance(absl::Hours(7 * 24));
  ASSERT_TRUE(Take(events).ok());
  EXPECT_THAT(Messages(), IsEmpty());
}

TEST_F(OfferMailTest, TheMailNamesTheOfferAndSaysNothingThatAnybodyWroteAboutTheStep) {
  SetOfferContacts();
  pb::OfferChanged suspended = Changed("PUBLISHED", "SUSPENDED", pb::OfferChanged::ACTOR_AGENCY, 4);
  // Were words ever to be put where a code belongs.
  suspended.set_reason("Précisez ce que fera le stagiaire.");
  ASSERT_TRUE(Take({EventOf(1, suspended), EventOf(2, Reported("offerReports/r1"))}).ok());
  DeliverAll();
  ASSERT_THAT(sink_.mails(), SizeIs(2));
  for (const ReceivedMail& mail : sink_.mails()) {
    for (const char* part : {"text/plain", "text/html"}) {
      EXPECT_THAT(mail.Part(part), ::testing::Not(HasSubstr("stagiaire")));
    }
    const std::string text = mail.Part("text/plain");
    if (mail.recipient == "contact@lemoine.example") {
      EXPECT_THAT(text, AllOf(HasSubstr("Bonjour Groupe Lemoine"),
                              HasSubstr("L'agence a suspendu votre offre")));
    } else {
      EXPECT_THAT(text, AllOf(HasSubstr("Bonjour Agence de l'Orne"),
                              HasSubstr("Une personne vous signale une offre")));
    }
  }
}

TEST_F(OfferMailTest, SessionsAreLearntFromTheSameBatch) {
  SetBothContacts();
  ASSERT_TRUE(
      Take({EventOf(1, Changed("SUBMITTED", "PUBLISHED", pb::OfferChanged::ACTOR_AGENCY, 3)),
            EventOf(2, SessionPayload())})
          .ok());
  TakeSteps({{.event = 3, .from = "PENDING_HOST", .to = "DECLINED"}});
  EXPECT_THAT(Messages(), ElementsAre("companies/00061001400011 OFFER_APPROVED ready 0",
                                      "people/ana DECLINED ready 0"));
}

TEST_F(OfferMailTest, AnEventThatCannotBeReadStopsItsFeed) {
  for (pb::Event event : {EventOf(1, Changed("DRAFT", "SUBMITTED", pb::OfferChanged::ACTOR_HOST)),
                          EventOf(2, Reported("offerReports/r1"))}) {
    event.mutable_data()->set_value("\xff\xff");
    EXPECT_EQ(Take({event}).code(), absl::StatusCode::kInternal);
  }
}

}  // namespace
}  // namespace dm::notification
