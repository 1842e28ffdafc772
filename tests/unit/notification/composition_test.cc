#include "services/notification/domain/composition.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/time/clock.h"
#include "services/notification/domain/mail_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dm::notification {
namespace {

using testing::HasSubstr;
using testing::Not;

MailSettings Settings() {
  return {.public_url = "https://platform.example",
          .organizer = "ne-pas-repondre@destinationmetier.example"};
}

MessageFacts Facts(MessageKind kind, bool host = false) {
  const auto paris = [](int day, int hour) {
    return absl::FromCivil(absl::CivilSecond(2026, 12, day, hour), ParisTimeZone());
  };
  return {.kind = kind,
          .recipient = host ? "companies/00061001400011" : "people/ana",
          .display_name = host ? "Groupe Lemoine" : "Ana",
          .resource = "bookings/01940000-0000-7000-8000-0000000000b1",
          .booking_version = 2,
          .actor = Actor::kHost,
          .time = absl::FromUnixSeconds(1'790'000'000),
          .session = {.name = "offers/o1/sessions/s1",
                      .host = "companies/00061001400011",
                      .title = "Découvrir la fabrication de coton",
                      .company_display_name = "Groupe Lemoine",
                      .street = "1 rue du Coton",
                      .postal_code = "61100",
                      .commune = "Caligny",
                      .profession = "B1805",
                      .department = "61",
                      .start_time = paris(7, 9),
                      .end_time = paris(9, 17)}};
}

bool ForHost(MessageKind kind) {
  return kind == MessageKind::kNewRequest || kind == MessageKind::kHostReminder ||
         kind == MessageKind::kHostLastReminder;
}

bool IsForAgency(MessageKind kind) {
  return kind == MessageKind::kOfferSubmitted || kind == MessageKind::kPartnerOffersSubmitted ||
         kind == MessageKind::kOfferReported;
}

// Or about something else that is no booking.
bool IsAboutOffers(MessageKind kind) {
  return IsForAgency(kind) || kind == MessageKind::kWebhookDisabled ||
         kind == MessageKind::kOfferApproved || kind == MessageKind::kOfferRejected ||
         kind == MessageKind::kOfferSuspended || kind == MessageKind::kOfferResumed ||
         kind == MessageKind::kCompanyBanned;
}

constexpr char kSecret[] = "AbCdEfGhIjKlMnOpQrStUv";

// The facts that a mail of that kind is made of.
MessageFacts WholeFacts(MessageKind kind) {
  MessageFacts facts = Facts(kind, ForHost(kind));
  facts.deadline = facts.session.start_time - absl::Hours(72);
  if (SecretUseOf(kind) != SecretUse::kNone) {
    facts.secret = kSecret;
    facts.recipient = "address";
  }
  if (IsAboutOffers(kind)) {
    facts.recipient = IsForAgency(kind) ? "agencies/61" : "companies/00061001400011";
    facts.resource = "offers/01940000-0000-7000-8000-0000000000c1";
    facts.session = {};
    facts.offer_title = "Pain perdu\r\net pain <trouvé>";
    facts.deadline.reset();
  }
  return facts;
}

TEST(ComposeTest, EveryKindHasAMailInPlainWords) {
  for (const MessageKind kind : AllMessageKinds()) {
    if (IsAboutOffers(kind)) continue;
    SCOPED_TRACE(std::string(MessageKindName(kind)));
    const Mail mail = Compose(WholeFacts(kind), Settings());
    EXPECT_TRUE(absl::EndsWith(mail.subject, ": Découvrir la fabrication de coton"))
        << mail.subject;
    EXPECT_THAT(mail.subject, Not(HasSubstr("\n")));
    for (const std::string& body : {mail.text, mail.html}) {
      EXPECT_THAT(body, HasSubstr("Bonjour "));
      EXPECT_THAT(body, HasSubstr("Découvrir la fabrication de coton"));
      EXPECT_THAT(body, HasSubstr("Groupe Lemoine, 1 rue du Coton, 61100 Caligny"));
      EXPECT_THAT(body, HasSubstr("du lundi 7 décembre 2026 à 9 h au mercredi 9 décembre 2026"));
      EXPECT_THAT(body, Not(HasSubstr("{{")));
    }
    EXPECT_THAT(mail.html, HasSubstr("<html lang=\"fr\">"));
  }
}

TEST(ComposeTest, AMailThatOneCanDoWithoutSaysHowToStopIt) {
  for (const MessageKind kind : AllMessageKinds()) {
    SCOPED_TRACE(std::string(MessageKindName(kind)));
    MessageFacts facts = WholeFacts(kind);
    EXPECT_EQ(Compose(facts, Settings()).stop_url, "");
    EXPECT_THAT(Compose(facts, Settings()).text, Not(HasSubstr("Ne plus recevoir")));
    if (!IsOptional(kind)) continue;
    facts.choice_token = "ZyXwVuTsRqPoNmLkJiHgFe";
    const Mail mail = Compose(facts, Settings());
    EXPECT_EQ(mail.stop_url, "https://platform.example/desabonnement/ZyXwVuTsRqPoNmLkJiHgFe");
    EXPECT_THAT(mail.text, HasSubstr(absl::StrCat("Ne plus recevoir ce type de message (",
                                                  OptionalMailName(kind), ") : ", mail.stop_url)));
    EXPECT_THAT(mail.html, HasSubstr(absl::StrCat("<a href=\"", mail.stop_url, "\"")));
    EXPECT_THAT(mail.html, HasSubstr("Ne plus recevoir ce type de message"));
    EXPECT_THAT(mail.html, Not(HasSubstr("{{")));
  }
}

TEST(ComposeTest, AMailLeadsToWhatItIsAbout) {
  for (const MessageKind kind : AllMessageKinds()) {
    if (IsAboutOffers(kind)) continue;
    SCOPED_TRACE(std::string(MessageKindName(kind)));
    const Mail mail = Compose(WholeFacts(kind), Settings());
    std::string link = "https://platform.example/?booking=01940000-0000-7000-8000-0000000000b1";
    if (kind == MessageKind::kGuardianConsent) {
      link = "https://platform.example/consentement#AbCdEfGhIjKlMnOpQrStUv";
    } else if (kind == MessageKind::kSignature) {
      link = "https://platform.example/signature#AbCdEfGhIjKlMnOpQrStUv";
    } else if (kind == MessageKind::kSignatureCode) {
      link = "Votre code : AbCdEfGhIjKlMnOpQrStUv";
    }
    EXPECT_THAT(mail.text, HasSubstr(link));
    EXPECT_THAT(mail.html, HasSubstr(link));
    // A secret is never shown before the mail is opened, nor twice.
    EXPECT_THAT(mail.subject, Not(HasSubstr(kSecret)));
    if (SecretUseOf(kind) == SecretUse::kNone) {
      EXPECT_THAT(mail.text, Not(HasSubstr(kSecret)));
    }
  }
}

TEST(ComposeTest, AMailAboutAnOfferLeadsToIt) {
  constexpr char kTitle[] = " : Pain perdu  et pain <trouvé>";
  const struct {
    MessageKind kind;
    const char* resource;
    std::string subject;
    const char* link;
    const char* words;
  } kCases[] = {
      {MessageKind::kOfferSubmitted, "offers/c1", absl::StrCat("Offre à examiner", kTitle),
       "/?offer=c1", "attend votre décision"},
      {MessageKind::kPartnerOffersSubmitted, "", "Offres d'un partenaire à examiner", "/\n",
       "attendent votre décision"},
      {MessageKind::kOfferReported, "offerReports/r1", "Une offre a été signalée", "/?report=r1",
       "vous signale une offre de votre territoire"},
      {MessageKind::kOfferApproved, "offers/c1", absl::StrCat("Votre offre est en ligne", kTitle),
       "/?offer=c1", "L'agence a validé votre offre"},
      {MessageKind::kOfferRejected, "offers/c1", absl::StrCat("Votre offre est à corriger", kTitle),
       "/?offer=c1", "Vous pouvez corriger votre offre"},
      {MessageKind::kOfferSuspended, "offers/c1", absl::StrCat("Votre offre est suspendue", kTitle),
       "/?offer=c1", "L'agence a suspendu votre offre"},
      {MessageKind::kOfferResumed, "offers/c1",
       absl::StrCat("Votre offre est de nouveau en ligne", kTitle), "/?offer=c1",
       "L'agence a remis votre offre en ligne"},
      {MessageKind::kCompanyBanned, "", "Vos offres ne sont plus en ligne", "/\n",
       "L'agence a suspendu votre entreprise"},
      {MessageKind::kWebhookDisabled, "webhooks/w1", "Un webhook ne reçoit plus rien", "/\n",
       "nous ne lui envoyons plus rien"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(std::string(MessageKindName(c.kind)));
    MessageFacts facts = WholeFacts(c.kind);
    facts.resource = c.resource;
    const Mail mail = Compose(facts, Settings());
    EXPECT_EQ(mail.subject, c.subject);
    EXPECT_THAT(mail.text, HasSubstr(c.words));
    EXPECT_THAT(mail.text, HasSubstr(absl::StrCat(" : https://platform.example", c.link)));
    EXPECT_THAT(mail.html, HasSubstr("<html lang=\"fr\">"));
    for (const std::string& body : {mail.text, mail.html}) {
      EXPECT_THAT(body, HasSubstr("Bonjour "));
      EXPECT_THAT(body, Not(HasSubstr("{{")));
      EXPECT_THAT(body, Not(HasSubstr("Quand")));
      EXPECT_THAT(body, Not(HasSubstr("door=")));
    }
    EXPECT_THAT(mail.html, Not(HasSubstr("<trouvé>")));
  }
}

TEST(ComposeTest, WhoLostAPlaceIsShownSimilarOnes) {
  const std::string search =
      "https://platform.example/?door=offers&professions=B1805&departments=61";
  for (const MessageKind kind : {MessageKind::kHostSilent, MessageKind::kDeclined,
                                 MessageKind::kSessionCancelled, MessageKind::kWaitlistEnded}) {
    EXPECT_THAT(Compose(Facts(kind), Settings()).text, HasSubstr(search)) << MessageKindName(kind);
  }
  EXPECT_THAT(Compose(Facts(MessageKind::kHostSilent), Settings()).html,
              HasSubstr("door=offers&amp;professions=B1805"));
  EXPECT_THAT(Compose(Facts(MessageKind::kHostSilent, true), Settings()).text,
              Not(HasSubstr("door=")));
  EXPECT_THAT(Compose(Facts(MessageKind::kConfirmed), Settings()).text, Not(HasSubstr("door=")));
  MessageFacts meeting = Facts(MessageKind::kHostSilent);
  meeting.session.name = "ambassadors/a1/sessions/s1";
  meeting.session.profession.clear();
  EXPECT_THAT(Compose(meeting, Settings()).text,
              HasSubstr("https://platform.example/?door=ambassadors&departments=61\n"));
}

TEST(ComposeTest, TheNearestSimilarOnesComeWithTheirLinksBeforeTheSearch) {
  MessageFacts facts = Facts(MessageKind::kHostSilent);
  Session bread = facts.session;
  bread.name = "offers/o2/sessions/s2";
  bread.title = "Le pain & la pâte\n";
  bread.start_time += absl::Hours(72);
  bread.end_time = bread.start_time + absl::Hours(3);
  Session talk = bread;
  talk.name = "ambassadors/a1/sessions/s3";
  talk.title = "Parler avec Jeanne";
  talk.format = SessionFormat::kVideo;
  facts.similar = {bread, talk};
  const Mail mail = Compose(facts, Settings());
  EXPECT_THAT(
      mail.text,
      HasSubstr(
          "\n\nCes dates pourraient vous convenir :\n"
          "- Le pain & la pâte, jeudi 10 décembre 2026, de 9 h à 12 h, Groupe Lemoine, "
          "1 rue du Coton, 61100 Caligny : "
          "https://platform.example/?session=offers/o2/sessions/s2\n"
          "- Parler avec Jeanne, jeudi 10 décembre 2026, de 9 h à 12 h, En visioconférence : "
          "https://platform.example/?session=ambassadors/a1/sessions/s3\n\n"
          "Voir les dates semblables les plus proches : https://platform.example/?door=offers"));
  EXPECT_THAT(mail.html,
              HasSubstr("<ul>\n<li><a href=\"https://platform.example/?session=offers/o2/sessions/"
                        "s2\" style=\"color:#00458b\">Le pain &amp; la pâte</a>, jeudi"));
  EXPECT_THAT(mail.html, HasSubstr("En visioconférence</li>\n</ul>\n<p><a href="));
  // Who is told of something else is not distracted.
  facts.kind = MessageKind::kConfirmed;
  EXPECT_THAT(Compose(facts, Settings()).text, Not(HasSubstr("pourraient")));
  facts.kind = MessageKind::kHostSilent;
  facts.recipient = "companies/00061001400011";
  EXPECT_THAT(Compose(facts, Settings()).html, Not(HasSubstr("pourraient")));
}

TEST(ComposeTest, AMailMayBeAboutNoSession) {
  MessageFacts facts = WholeFacts(MessageKind::kSignature);
  facts.session = {};
  facts.resource = "agreements/01940000-0000-7000-8000-0000000000a1";
  const Mail mail = Compose(facts, Settings());
  EXPECT_EQ(mail.subject, "Une convention est à signer");
  EXPECT_THAT(mail.text, Not(HasSubstr("Quand :")));
  EXPECT_THAT(mail.text, HasSubstr("vendredi 4 décembre 2026"));
}

TEST(ComposeTest, BothPartiesHaveTheirOwnWords) {
  for (const MessageKind kind :
       {MessageKind::kConfirmed, MessageKind::kRequestCancelled, MessageKind::kConfirmedCancelled,
        MessageKind::kRescheduled, MessageKind::kAgreementMissing, MessageKind::kHostSilent,
        MessageKind::kHostAbsent, MessageKind::kCapacityReduced, MessageKind::kStayTomorrow}) {
    const Mail applicant = Compose(Facts(kind, false), Settings());
    const Mail host = Compose(Facts(kind, true), Settings());
    EXPECT_NE(applicant.text, host.text);
  }
}

TEST(ComposeTest, ACancellationSaysWhoCancelled) {
  struct Case {
    Actor actor;
    bool to_host;
    const char* words;
  };
  const Case cases[] = {
      {Actor::kApplicant, false, "Vous avez annulé votre réservation."},
      {Actor::kHost, false, "L'entreprise a dû annuler votre réservation."},
      {Actor::kAgency, false, "Votre réservation a été annulée."},
      {Actor::kApplicant, true, "La personne a annulé sa réservation."},
      {Actor::kHost, true, "Vous avez annulé cette réservation."},
      {Actor::kSystem, true, "Cette réservation a été annulée."},
  };
  for (const Case& c : cases) {
    MessageFacts facts = Facts(MessageKind::kConfirmedCancelled, c.to_host);
    facts.actor = c.actor;
    EXPECT_THAT(Compose(facts, Settings()).text, HasSubstr(c.words));
  }
}

TEST(ComposeTest, AnAmbassadorIsNotCalledACompany) {
  MessageFacts facts = Facts(MessageKind::kDeclined);
  facts.session.host = "ambassadors/jeanne-lemoine";
  EXPECT_THAT(Compose(facts, Settings()).text,
              HasSubstr("L'ambassadeur ou l'ambassadrice ne peut malheureusement pas"));
}

TEST(ComposeTest, OnlyConfirmedPlacesTouchTheCalendar) {
  for (const MessageKind kind : AllMessageKinds()) {
    for (const char* from : {"", "PENDING_HOST", "CONFIRMED"}) {
      MessageFacts facts = WholeFacts(kind);
      facts.from_state = from;
      const Mail mail = Compose(facts, Settings());
      SCOPED_TRACE(std::string(MessageKindName(kind)) + " from " + from);
      const bool ended =
          kind == MessageKind::kRescheduled || kind == MessageKind::kSessionCancelled ||
          kind == MessageKind::kConsentWithdrawn || kind == MessageKind::kAgreementMissing ||
          kind == MessageKind::kConsentNeededAgain || kind == MessageKind::kNotEligibleAnyMore ||
          kind == MessageKind::kOverlapAfterMove;
      if (kind == MessageKind::kConfirmed ||
          (kind == MessageKind::kSessionMoved && facts.from_state == "CONFIRMED")) {
        ASSERT_TRUE(mail.calendar.has_value());
        EXPECT_EQ(mail.calendar->method, "PUBLISH");
        EXPECT_THAT(mail.calendar->content, HasSubstr("METHOD:PUBLISH"));
        EXPECT_THAT(mail.calendar->content, HasSubstr("SEQUENCE:2"));
      } else if (kind == MessageKind::kConfirmedCancelled ||
                 (ended && facts.from_state == "CONFIRMED")) {
        ASSERT_TRUE(mail.calendar.has_value());
        EXPECT_EQ(mail.calendar->method, "CANCEL");
        EXPECT_THAT(mail.calendar->content, HasSubstr("STATUS:CANCELLED"));
        EXPECT_THAT(mail.text, HasSubstr("Ouvrez le fichier joint"));
      } else {
        EXPECT_FALSE(mail.calendar.has_value());
        EXPECT_THAT(mail.text, Not(HasSubstr("fichier joint")));
      }
    }
  }
}

TEST(ComposeTest, WhatPeopleWroteCannotBecomeMarkup) {
  MessageFacts facts = Facts(MessageKind::kConfirmed);
  facts.display_name = "<script>alert('x')</script> & \"Ana\" {{link}}";
  facts.session.title = "Bois & métal <b>";
  const Mail mail = Compose(facts, Settings());
  EXPECT_THAT(mail.html, Not(HasSubstr("<script>")));
  EXPECT_THAT(mail.html, HasSubstr("&lt;script&gt;"));
  EXPECT_THAT(mail.html, HasSubstr("Bois &amp; métal &lt;b&gt;"));
  EXPECT_THAT(mail.html, HasSubstr("{{link}}"));
  EXPECT_THAT(mail.text, HasSubstr("<script>alert('x')</script> & \"Ana\" {{link}}"));
  EXPECT_EQ(mail.subject, "Place confirmée : Bois & métal <b>");
}

TEST(ComposeTest, ALineBreakInAValueNeverReachesTheSubject) {
  MessageFacts facts = Facts(MessageKind::kConfirmed);
  facts.session.title = "Bois\r\nBcc: all@x.example\nfin";
  EXPECT_EQ(Compose(facts, Settings()).subject, "Place confirmée : Bois  Bcc: all@x.example fin");
}

TEST(ComposeTest, ATalkAtADistanceHasNoAddress) {
  MessageFacts facts = Facts(MessageKind::kConfirmed);
  facts.session.format = SessionFormat::kPhone;
  EXPECT_THAT(Compose(facts, Settings()).text, HasSubstr("Où : Par téléphone\n"));
  facts.session.format = SessionFormat::kVideo;
  EXPECT_THAT(Compose(facts, Settings()).text, HasSubstr("Où : En visioconférence\n"));
  EXPECT_THAT(Compose(facts, Settings()).text, Not(HasSubstr("rue du Coton")));
}

TEST(ComposeTest, TheSameFactsGiveTheSameMail) {
  const Mail one = Compose(Facts(MessageKind::kConfirmed), Settings());
  const Mail two = Compose(Facts(MessageKind::kConfirmed), Settings());
  EXPECT_EQ(one.text, two.text);
  EXPECT_EQ(one.html, two.html);
  EXPECT_EQ(one.calendar->content, two.calendar->content);
}

}  // namespace
}  // namespace dm::notification
