#include "services/booking/domain/agreement_content.h"

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/codes/official_codes.h"
#include "common/text/addressee.h"
#include "services/booking/domain/agreement_parties.h"

#include <algorithm>
#include <map>

namespace dm::booking {
namespace {

// When a field must be there for the parties to sign.
enum class Need : uint8_t { kNever, kAlways, kOfMinor, kOfSchool };

enum class Form : uint8_t { kLine, kLines, kMail, kPhone, kUai, kRome };

struct Field {
  absl::string_view path;
  std::string text;
  int longest;
  Form form;
  Need need;
};

// Every text of an agreement, in the order of the paper.
std::vector<Field> FieldsOf(const AgreementContent& c) {
  return {
      {"young.given_name", c.young.given_name, 80, Form::kLine, Need::kAlways},
      {"young.family_name", c.young.family_name, 80, Form::kLine, Need::kAlways},
      {"young.address", c.young.address, 200, Form::kLines, Need::kAlways},
      {"young.course", c.young.course, 100, Form::kLine, Need::kNever},
      {"young.emergency_name", c.young.emergency_name, 100, Form::kLine, Need::kOfMinor},
      {"young.emergency_phone", c.young.emergency_phone, 20, Form::kPhone, Need::kOfMinor},
      {"guardian.name", c.guardian.name, 100, Form::kLine, Need::kOfMinor},
      {"guardian.email", c.guardian.email, 254, Form::kMail, Need::kOfMinor},
      {"guardian.phone", c.guardian.phone, 20, Form::kPhone, Need::kNever},
      {"host.legal_name", c.host.legal_name, 150, Form::kLine, Need::kAlways},
      {"host.address", c.host.address, 200, Form::kLines, Need::kAlways},
      {"host.workplace", c.host.workplace, 200, Form::kLines, Need::kNever},
      {"tutor.name", c.tutor.name, 100, Form::kLine, Need::kAlways},
      {"tutor.function", c.tutor.function, 100, Form::kLine, Need::kAlways},
      {"tutor.email", c.tutor.email, 254, Form::kMail, Need::kAlways},
      {"tutor.phone", c.tutor.phone, 20, Form::kPhone, Need::kNever},
      {"school.uai", c.school.uai, 8, Form::kUai, Need::kNever},
      {"school.name", c.school.name, 150, Form::kLine, Need::kOfSchool},
      {"school.address", c.school.address, 200, Form::kLines, Need::kNever},
      {"school.referent_name", c.school.referent_name, 100, Form::kLine, Need::kOfSchool},
      {"school.referent_email", c.school.referent_email, 254, Form::kMail, Need::kOfSchool},
      {"stay.profession", c.stay.profession, 5, Form::kRome, Need::kNever},
      {"stay.profession_title", c.stay.profession_title, 120, Form::kLine, Need::kAlways},
      {"stay.objectives", c.stay.objectives, 2000, Form::kLines, Need::kAlways},
      {"stay.activities", c.stay.activities, 2000, Form::kLines, Need::kAlways},
      {"stay.supervision", c.stay.supervision, 1000, Form::kLines, Need::kAlways},
      {"stay.safety", c.stay.safety, 1000, Form::kLines, Need::kNever},
      {"stay.transport", c.stay.transport, 500, Form::kLines, Need::kNever},
      {"stay.meals", c.stay.meals, 500, Form::kLines, Need::kNever},
      {"stay.lodging", c.stay.lodging, 500, Form::kLines, Need::kNever},
      {"insurance.applicant_insurer", c.insurance.applicant_insurer, 100, Form::kLine,
       Need::kAlways},
      {"insurance.applicant_policy", c.insurance.applicant_policy, 50, Form::kLine, Need::kAlways},
      {"insurance.host_insurer", c.insurance.host_insurer, 100, Form::kLine, Need::kAlways},
      {"insurance.host_policy", c.insurance.host_policy, 50, Form::kLine, Need::kAlways},
  };
}

bool IsPhone(absl::string_view text) {
  const auto digits = absl::c_count_if(
      text, [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); });
  return digits >= 6 && digits <= 15 && absl::c_all_of(text, [&text](const char& c) {
           return absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == ' ' || c == '.' ||
                  c == '-' || c == '(' || c == ')' || (c == '+' && &c == text.data());
         });
}

// What is wrong with a text; empty when nothing is.
std::string FaultOf(const Field& field) {
  if (field.text.empty()) return "";
  if (CharactersOf(field.text) > field.longest) {
    return absl::StrCat("must have at most ", field.longest, " characters");
  }
  if (HoldsUnprintable(field.text, field.form == Form::kLines)) {
    return "must not hold control characters";
  }
  switch (field.form) {
    case Form::kLine:
    case Form::kLines:
      return absl::StripAsciiWhitespace(field.text).empty() ? "must not be blank" : "";
    case Form::kMail:
      return EmailFault(field.text);
    case Form::kPhone:
      return IsPhone(field.text) ? "" : "must be a telephone number such as 02 33 00 00 00";
    case Form::kUai:
      return IsUai(field.text) ? "" : "must be the UAI of a school such as 0610021S";
    case Form::kRome:
      return IsRomeCode(field.text) ? "" : "must be a ROME code such as D1102";
  }
  return "";
}

bool IsNeeded(Need need, bool minor, bool school) {
  switch (need) {
    case Need::kNever:
      return false;
    case Need::kAlways:
      return true;
    case Need::kOfMinor:
      return minor;
    case Need::kOfSchool:
      return school;
  }
  return false;
}

std::string DayPath(absl::string_view prefix, size_t i) {
  return absl::StrCat(prefix, "stay.schedule[", i, "]");
}

}  // namespace

int CharactersOf(absl::string_view text) {
  // Every byte that continues none begins one.
  return static_cast<int>(absl::c_count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; }));
}

bool HoldsUnprintable(absl::string_view text, bool lines) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte < 0x20 && !(lines && byte == '\n')) || byte == 0x7f) return true;
    const auto second = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : 0);
    const auto third = static_cast<unsigned char>(i + 2 < text.size() ? text[i + 2] : 0);
    if (byte == 0xc2 && second < 0xa0) return true;
    // U+200E, U+200F, U+2028 to U+202E, U+2066 to U+2069.
    if (byte != 0xe2) continue;
    if (second == 0x80 && (third == 0x8e || third == 0x8f || (third >= 0xa8 && third <= 0xae))) {
      return true;
    }
    if (second == 0x81 && third >= 0xa6 && third <= 0xa9) return true;
  }
  return false;
}

void CheckAgreementContent(const AgreementContent& content, absl::string_view prefix,
                           Violations& violations) {
  for (const Field& field : FieldsOf(content)) {
    const std::string fault = FaultOf(field);
    if (!fault.empty()) violations.Add(absl::StrCat(prefix, field.path), fault);
  }
  const std::vector<PresenceDay>& days = content.stay.schedule;
  if (days.size() > kMostScheduleDays) {
    violations.Add(absl::StrCat(prefix, "stay.schedule"),
                   absl::StrCat("must have at most ", kMostScheduleDays, " days"));
  }
  for (size_t i = 0; i < days.size(); ++i) {
    const PresenceDay& day = days[i];
    if (i > 0 && day.day <= days[i - 1].day) {
      violations.Add(DayPath(prefix, i), "must come after the day before it");
    }
    if (day.start_minute < 0 || day.end_minute > 24 * 60 || day.start_minute >= day.end_minute) {
      violations.Add(DayPath(prefix, i), "must end after it starts, between 00:00 and 24:00");
    } else if (day.break_minutes < 0 || day.break_minutes >= day.end_minute - day.start_minute) {
      violations.Add(DayPath(prefix, i), "must have a break shorter than the day");
    }
  }
}

void CheckScheduleWithin(const AgreementContent& content, absl::CivilDay first, absl::CivilDay last,
                         absl::string_view prefix, Violations& violations) {
  const std::vector<PresenceDay>& days = content.stay.schedule;
  for (size_t i = 0; i < days.size(); ++i) {
    if (days[i].day < first || days[i].day > last) {
      violations.Add(DayPath(prefix, i), "must be a day of the stay");
    }
  }
}

void CheckAgreementComplete(const AgreementContent& content, Scheme scheme, bool minor,
                            absl::string_view prefix, Violations& violations) {
  const std::vector<AgreementParty> signatories =
      SignatoriesFor(scheme, minor, content.names_school());
  const bool school = absl::c_linear_search(signatories, AgreementParty::kSchool);
  std::map<std::string, absl::string_view> mails;
  for (const Field& field : FieldsOf(content)) {
    if (!IsNeeded(field.need, minor, school)) continue;
    if (field.text.empty()) {
      violations.Add(absl::StrCat(prefix, field.path), "must be filled in before signing");
    } else if (field.form == Form::kMail) {
      const auto [first, added] = mails.emplace(MailboxOf(field.text), field.path);
      if (!added) {
        violations.Add(absl::StrCat(prefix, field.path),
                       absl::StrCat("must not be that of ", first->second));
      }
    }
  }
  if (content.stay.schedule.empty()) {
    violations.Add(absl::StrCat(prefix, "stay.schedule"), "must be filled in before signing");
  }
}

}  // namespace dm::booking
