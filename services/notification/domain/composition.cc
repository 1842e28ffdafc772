#include "services/notification/domain/composition.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "services/notification/domain/calendar.h"
#include "services/notification/domain/french_date.h"
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

bool IsPerson(absl::string_view party) { return absl::StartsWith(party, "people/"); }

std::string BookingId(const MessageFacts& facts) {
  return std::string(absl::StripPrefix(facts.booking, "bookings/"));
}

std::string Link(const MessageFacts& facts, const MailSettings& settings) {
  return absl::StrCat(settings.public_url, "/?booking=", BookingId(facts));
}

mustache::data DataFor(const MessageFacts& facts, const MailSettings& settings) {
  mustache::data data;
  data["display_name"] = OneLine(facts.display_name);
  data["title"] = OneLine(facts.session.title);
  data["company"] = OneLine(facts.session.company_display_name);
  data["when"] = FrenchPeriod(facts.session.start_time, facts.session.end_time);
  data["start"] = FrenchMoment(facts.session.start_time);
  data["where"] = OneLine(WhereInWords(facts.session));
  data["link"] = Link(facts, settings);
  const bool company = absl::StartsWith(facts.session.host, "companies/");
  data["host"] = company ? "l'entreprise" : "l'ambassadeur ou l'ambassadrice";
  data["Host"] = company ? "L'entreprise" : "L'ambassadeur ou l'ambassadrice";
  data["by_applicant"] = facts.actor == Actor::kApplicant;
  data["by_host"] = facts.actor == Actor::kHost;
  data["by_other"] = facts.actor == Actor::kAgency || facts.actor == Actor::kSystem;
  return data;
}

// "confirmed_applicant", "confirmed_host".
std::string ContentTemplate(const MessageFacts& facts) {
  return absl::StrCat(absl::AsciiStrToLower(MessageKindName(facts.kind)), "_",
                      IsPerson(facts.recipient) ? "applicant" : "host");
}

std::optional<CalendarFile> CalendarFor(const MessageFacts& facts, const MailSettings& settings) {
  if (facts.kind != MessageKind::kConfirmed && facts.kind != MessageKind::kConfirmedCancelled) {
    return std::nullopt;
  }
  const bool cancelled = facts.kind == MessageKind::kConfirmedCancelled;
  return CalendarFile{RenderCalendar({.booking_id = BookingId(facts),
                                      .sequence = facts.booking_version,
                                      .cancelled = cancelled,
                                      .start_time = facts.session.start_time,
                                      .end_time = facts.session.end_time,
                                      .stamp = facts.time,
                                      .summary = OneLine(facts.session.title),
                                      .location = OneLine(WhereInWords(facts.session)),
                                      .url = Link(facts, settings),
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
  mail.subject = lines.front();
  mustache::data paragraphs{mustache::data::type::list};
  for (size_t i = 1; i < lines.size(); ++i) {
    paragraphs.push_back(mustache::data{"text", lines[i]});
  }
  data.set("subject", mail.subject);
  data.set("paragraphs", paragraphs);
  mail.text = Render("layout_text", Escape::kNone, data);
  mail.html = Render("layout_html", Escape::kHtml, data);
  mail.calendar = CalendarFor(facts, settings);
  return mail;
}

}  // namespace dm::notification
