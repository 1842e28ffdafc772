#include "services/notification/domain/composition.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/time/french_date.h"
#include "services/notification/domain/calendar.h"
#include "services/notification/domain/mail_choice.h"
#include "services/notification/domain/templates.h"

#include <kainjow/mustache.hpp>

#include <cstdio>
#include <cstdlib>
#include <vector>

namespace dm::notification {
namespace {

namespace mustache = kainjow::mustache;

// Ends the process when there is no such file: a defect that every start of a test finds.
std::string TemplateText(absl::string_view name) {
  for (size_t i = 0; i < kTemplateCount; ++i) {
    if (name == kTemplates[i].name) return kTemplates[i].text;
  }
  std::fprintf(stderr, "no mail template is called %s\n", std::string(name).c_str());
  std::abort();
}

enum class Escape { kNone, kHtml };

std::string Render(absl::string_view name, Escape escape, const mustache::data& data) {
  mustache::mustache page{TemplateText(name)};
  if (escape == Escape::kNone) {
    page.set_custom_escape([](const std::string& text) { return text; });
  }
  return page.render(data);
}

// A value fills one line at most, or it could end a subject or begin a paragraph.
std::string OneLine(std::string text) {
  for (char& c : text) {
    if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) c = ' ';
  }
  return std::string(absl::StripAsciiWhitespace(text));
}

bool IsHost(absl::string_view party) {
  return absl::StartsWith(party, "companies/") || absl::StartsWith(party, "ambassadors/");
}

std::string BookingId(const MessageFacts& facts) {
  return std::string(absl::StripPrefix(facts.resource, "bookings/"));
}

// Whether a place that stood in the recipient's calendar is gone.
bool TakesOutOfCalendar(const MessageFacts& facts) {
  switch (facts.kind) {
    case MessageKind::kConfirmedCancelled:
      return true;
    case MessageKind::kRescheduled:
    case MessageKind::kSessionCancelled:
    case MessageKind::kConsentWithdrawn:
    case MessageKind::kAgreementMissing:
    case MessageKind::kConsentNeededAgain:
    case MessageKind::kNotEligibleAnyMore:
    case MessageKind::kOverlapAfterMove:
      return facts.from_state == "CONFIRMED";
    default:
      return false;
  }
}

// Whether the mail gives the recipient's calendar the place as it is now.
bool PutsIntoCalendar(const MessageFacts& facts) {
  return facts.kind == MessageKind::kConfirmed ||
         (facts.kind == MessageKind::kSessionMoved && facts.from_state == "CONFIRMED");
}

// Where the recipient goes from the mail, and what the link is called.
struct MailLink {
  std::string url;
  absl::string_view label;
};

MailLink LinkOf(const MessageFacts& facts, const MailSettings& settings) {
  // A fragment stays in the browser: no server, proxy or log ever sees the secret.
  if (facts.kind == MessageKind::kGuardianConsent) {
    return {absl::StrCat(settings.public_url, "/consentement#", facts.secret), "Lire et répondre"};
  }
  if (facts.kind == MessageKind::kSignature) {
    return {absl::StrCat(settings.public_url, "/signature#", facts.secret), "Lire et signer"};
  }
  if (SecretUseOf(facts.kind) == SecretUse::kCode) return {"", ""};
  absl::string_view id = facts.resource;
  if (absl::ConsumePrefix(&id, "bookings/")) {
    return {absl::StrCat(settings.public_url, "/?booking=", id), "Suivre cette réservation"};
  }
  if (absl::ConsumePrefix(&id, "offers/")) {
    return {absl::StrCat(settings.public_url, "/?offer=", id), "Ouvrir cette offre"};
  }
  if (absl::ConsumePrefix(&id, "offerReports/")) {
    return {absl::StrCat(settings.public_url, "/?report=", id), "Lire ce signalement"};
  }
  return {absl::StrCat(settings.public_url, "/"), "Ouvrir la plateforme"};
}

// In the path, where a mail program needs it that stops mails by itself: it drops a fragment. What
// the token admits to is no more than that.
std::string StopUrl(const MessageFacts& facts, const MailSettings& settings) {
  if (facts.choice_token.empty()) return "";
  return absl::StrCat(settings.public_url, "/desabonnement/", facts.choice_token);
}

// Whether the recipient may want another session like this one.
bool OffersSimilar(const MessageFacts& facts) {
  if (IsHost(facts.recipient)) return false;
  switch (facts.kind) {
    case MessageKind::kDeclined:
    case MessageKind::kExpired:
    case MessageKind::kHostSilent:
    case MessageKind::kOfferExpired:
    case MessageKind::kWaitlistEnded:
    case MessageKind::kSessionCancelled:
    case MessageKind::kHostAbsent:
    case MessageKind::kNotEligibleAnyMore:
    case MessageKind::kOverlapAfterMove:
      return true;
    default:
      return false;
  }
}

// One entry a session, each with the link that leads to it.
mustache::data NearestFor(const MessageFacts& facts, const MailSettings& settings) {
  mustache::data nearest{mustache::data::type::list};
  for (const Session& session : facts.similar) {
    mustache::data entry;
    entry["title"] = OneLine(session.title);
    entry["when"] = FrenchPeriod(session.start_time, session.end_time);
    entry["where"] = OneLine(WhereInWords(session));
    entry["url"] = absl::StrCat(settings.public_url, "/?session=", session.name);
    nearest.push_back(entry);
  }
  return nearest;
}

mustache::data DataFor(const MessageFacts& facts, const MailSettings& settings) {
  const Session& session = facts.session;
  mustache::data data;
  data["display_name"] = OneLine(facts.display_name);
  data["has_session"] = !session.name.empty();
  data["title"] = OneLine(session.name.empty() ? facts.offer_title : session.title);
  data["company"] = OneLine(session.company_display_name);
  data["when"] = FrenchPeriod(session.start_time, session.end_time);
  data["start"] = FrenchMoment(session.start_time);
  data["where"] = OneLine(WhereInWords(session));
  const MailLink link = LinkOf(facts, settings);
  data["has_link"] = !link.url.empty();
  data["link"] = link.url;
  data["link_label"] = std::string(link.label);
  data["has_similar"] = OffersSimilar(facts);
  data["has_nearest"] = OffersSimilar(facts) && !facts.similar.empty();
  data.set("nearest", NearestFor(facts, settings));
  data["similar"] = absl::StrCat(settings.public_url, "/?", SimilarSessionsQuery(session));
  data["has_deadline"] = facts.deadline.has_value();
  data["deadline"] = facts.deadline.has_value() ? FrenchMoment(*facts.deadline) : "";
  data["code"] = SecretUseOf(facts.kind) == SecretUse::kCode ? facts.secret : "";
  const bool company = absl::StartsWith(session.host, "companies/");
  data["host"] = company ? "l'entreprise" : "l'ambassadeur ou l'ambassadrice";
  data["Host"] = company ? "L'entreprise" : "L'ambassadeur ou l'ambassadrice";
  data["by_applicant"] = facts.actor == Actor::kApplicant;
  data["by_host"] = facts.actor == Actor::kHost;
  data["by_other"] = facts.actor == Actor::kAgency || facts.actor == Actor::kSystem;
  data["was_confirmed"] = TakesOutOfCalendar(facts);
  data["is_confirmed"] = PutsIntoCalendar(facts);
  data["can_stop"] = !facts.choice_token.empty();
  data["stop"] = StopUrl(facts, settings);
  data["such_mails"] = std::string(OptionalMailName(facts.kind));
  return data;
}

// "confirmed_applicant", "confirmed_host", "offer_submitted_agency", "guardian_consent".
std::string ContentTemplate(const MessageFacts& facts) {
  const std::string kind = absl::AsciiStrToLower(MessageKindName(facts.kind));
  if (SecretUseOf(facts.kind) != SecretUse::kNone || facts.kind == MessageKind::kWebhookDisabled) {
    return kind;
  }
  if (absl::StartsWith(facts.recipient, "agencies/")) return absl::StrCat(kind, "_agency");
  return absl::StrCat(kind, IsHost(facts.recipient) ? "_host" : "_applicant");
}

std::optional<CalendarFile> CalendarFor(const MessageFacts& facts, const MailSettings& settings) {
  const bool cancelled = TakesOutOfCalendar(facts);
  if (!PutsIntoCalendar(facts) && !cancelled) return std::nullopt;
  return CalendarFile{RenderCalendar({.booking_id = BookingId(facts),
                                      .sequence = facts.booking_version,
                                      .cancelled = cancelled,
                                      .start_time = facts.session.start_time,
                                      .end_time = facts.session.end_time,
                                      .stamp = facts.time,
                                      .summary = OneLine(facts.session.title),
                                      .location = OneLine(WhereInWords(facts.session)),
                                      .url = LinkOf(facts, settings).url,
                                      .organizer = settings.organizer}),
                      CalendarMethod(cancelled)};
}

}  // namespace

Mail Compose(const MessageFacts& facts, const MailSettings& settings) {
  mustache::data data = DataFor(facts, settings);
  // The first line is the subject, each other one a paragraph.
  const std::string content = Render(ContentTemplate(facts), Escape::kNone, data);
  std::vector<std::string> lines = absl::StrSplit(content, '\n', absl::SkipWhitespace());

  Mail mail;
  mail.subject = std::string(absl::StripAsciiWhitespace(lines.front()));
  mustache::data paragraphs{mustache::data::type::list};
  for (size_t i = 1; i < lines.size(); ++i) {
    paragraphs.push_back(mustache::data{"text", lines[i]});
  }
  data.set("subject", mail.subject);
  data.set("paragraphs", paragraphs);
  mail.text = Render("layout_text", Escape::kNone, data);
  mail.html = Render("layout_html", Escape::kHtml, data);
  mail.calendar = CalendarFor(facts, settings);
  mail.stop_url = StopUrl(facts, settings);
  return mail;
}

}  // namespace dm::notification
