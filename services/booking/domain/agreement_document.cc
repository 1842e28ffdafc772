#include "services/booking/domain/agreement_document.h"

#include "absl/strings/str_cat.h"
#include "common/time/clock.h"
#include "services/booking/domain/presence.h"
#include "services/booking/domain/profile.h"

#include <nlohmann/json.hpp>

#include <utility>

namespace dm::booking {
namespace {

using nlohmann::json;

std::string DayText(absl::CivilDay day) { return absl::FormatCivilTime(day); }

absl::CivilDay ToDay(const json& text) {
  const absl::StatusOr<absl::CivilDay> day = ParseCivilDay(text.get<std::string>());
  if (!day.ok()) throw std::invalid_argument("no day");
  return *day;
}

template <typename Value>
Value Known(std::optional<Value> value) {
  if (!value.has_value()) throw std::invalid_argument("an unknown word");
  return *value;
}

absl::Time ToTime(const json& micros) { return absl::FromUnixMicros(micros.get<int64_t>()); }

}  // namespace

// For nlohmann's lookup, which searches the namespace of the types.
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(AgreementContent::Young, given_name, family_name, address,
                                   course, emergency_name, emergency_phone)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(AgreementContent::Guardian, name, email, phone)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(AgreementContent::Host, legal_name, address, workplace)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(AgreementContent::Tutor, name, function, email, phone)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(AgreementContent::School, uai, name, address, referent_name,
                                   referent_email)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(AgreementContent::Insurance, applicant_insurer, applicant_policy,
                                   host_insurer, host_policy)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RuleFinding, rule, version, satisfied, value, limit, sentence_fr,
                                   source)

static void to_json(json& out, const PresenceDay& day) {
  out = {{"day", DayText(day.day)},
         {"start_minute", day.start_minute},
         {"end_minute", day.end_minute},
         {"break_minutes", day.break_minutes}};
}

static void from_json(const json& in, PresenceDay& day) {
  day = {ToDay(in.at("day")), in.at("start_minute").get<int>(), in.at("end_minute").get<int>(),
         in.at("break_minutes").get<int>()};
}

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(AgreementContent::Stay, profession, profession_title, objectives,
                                   activities, supervision, safety, transport, meals, lodging,
                                   schedule)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(AgreementContent, young, guardian, host, tutor, school, stay,
                                   insurance)

static void to_json(json& out, const AgreementDocument& document) {
  json parties = json::array();
  for (const AgreementParty party : document.parties) {
    parties.push_back(std::string(AgreementPartyName(party)));
  }
  out = {{"agreement", document.agreement_id},
         {"booking", document.booking_id},
         {"scheme", std::string(SchemeName(document.scheme))},
         {"session_title", document.session_title},
         {"host", document.host},
         {"department", document.department},
         {"birth_date", DayText(document.birth_date)},
         {"level", std::string(LevelName(document.level))},
         {"minor", document.minor},
         {"start_micros", absl::ToUnixMicros(document.start_time)},
         {"end_micros", absl::ToUnixMicros(document.end_time)},
         {"submit_micros", absl::ToUnixMicros(document.submit_time)},
         {"parties", parties},
         {"content", document.content},
         {"findings", document.findings}};
}

static void from_json(const json& in, AgreementDocument& document) {
  in.at("agreement").get_to(document.agreement_id);
  in.at("booking").get_to(document.booking_id);
  document.scheme = Known(ParseScheme(in.at("scheme").get<std::string>()));
  in.at("session_title").get_to(document.session_title);
  in.at("host").get_to(document.host);
  in.at("department").get_to(document.department);
  document.birth_date = ToDay(in.at("birth_date"));
  document.level = Known(ParseLevel(in.at("level").get<std::string>()));
  in.at("minor").get_to(document.minor);
  document.start_time = ToTime(in.at("start_micros"));
  document.end_time = ToTime(in.at("end_micros"));
  document.submit_time = ToTime(in.at("submit_micros"));
  for (const json& party : in.at("parties")) {
    document.parties.push_back(Known(ParseAgreementParty(party.get<std::string>())));
  }
  in.at("content").get_to(document.content);
  in.at("findings").get_to(document.findings);
}

namespace {

template <typename Value>
absl::StatusOr<Value> Parse(const std::string& text) {
  try {
    return json::parse(text).get<Value>();
  } catch (const std::exception&) {
    return absl::DataLossError("a kept agreement cannot be read");
  }
}

}  // namespace

std::string CanonicalText(const AgreementDocument& document) { return json(document).dump(); }

absl::StatusOr<AgreementDocument> ParseDocument(const std::string& text) {
  return Parse<AgreementDocument>(text);
}

std::string ContentText(const AgreementContent& content) { return json(content).dump(); }

absl::StatusOr<AgreementContent> ParseContent(const std::string& text) {
  return Parse<AgreementContent>(text);
}

AgreementDocument MakeDocument(const Agreement& agreement, const Booking& booking,
                               const Applicant& applicant, absl::Time submit_time,
                               std::vector<RuleFinding> findings) {
  const bool minor = IsMinorAt(applicant, agreement.start_time);
  return {.agreement_id = agreement.id,
          .booking_id = booking.id,
          .scheme = agreement.scheme,
          .session_title = booking.session_title,
          .host = booking.host,
          .department = booking.department,
          .birth_date = applicant.birth_date,
          .level = applicant.level,
          .minor = minor,
          .start_time = agreement.start_time,
          .end_time = agreement.end_time,
          .submit_time = submit_time,
          .parties = SignatoriesFor(agreement.scheme, minor, agreement.content.names_school()),
          .content = agreement.content,
          .findings = std::move(findings)};
}

std::vector<Signatory> SignatoriesOf(const AgreementDocument& document) {
  const AgreementContent& content = document.content;
  std::vector<Signatory> signatories;
  for (const AgreementParty party : document.parties) {
    Signatory signatory;
    signatory.party = party;
    switch (party) {
      case AgreementParty::kApplicant:
        signatory.display_name =
            absl::StrCat(content.young.given_name, " ", content.young.family_name);
        break;
      case AgreementParty::kGuardian:
        signatory.display_name = content.guardian.name;
        signatory.email = content.guardian.email;
        break;
      case AgreementParty::kTutor:
        signatory.display_name = content.tutor.name;
        signatory.email = content.tutor.email;
        break;
      case AgreementParty::kSchool:
        signatory.display_name = content.school.referent_name;
        signatory.email = content.school.referent_email;
        break;
      case AgreementParty::kChamber:
      case AgreementParty::kSystem:
        continue;
    }
    signatories.push_back(std::move(signatory));
  }
  return signatories;
}

bool IsMinorAt(const Applicant& applicant, absl::Time start_time) {
  return AgeOn(applicant.birth_date, ParisDayOf(start_time)) < kAgeOfMajority;
}

}  // namespace dm::booking
