#include "services/booking/api/people_messages.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/text/uuid.h"
#include "common/time/clock.h"
#include "services/booking/api/booking_messages.h"

#include <vector>

namespace dm::booking {
namespace {

namespace pb = destinationmetier::booking::v1;
namespace type = destinationmetier::type::v1;

void SetTime(absl::Time time, google::protobuf::Timestamp* out) {
  const int64_t micros = absl::ToUnixMicros(time);
  out->set_seconds(micros / 1'000'000);
  out->set_nanos(static_cast<int32_t>(micros % 1'000'000) * 1000);
}

std::string DayText(const std::optional<absl::CivilDay>& day) {
  return day.has_value() ? absl::FormatCivilTime(*day) : "";
}

type::Audience ToAudience(Level level) {
  type::Audience value = type::AUDIENCE_UNSPECIFIED;
  type::Audience_Parse(absl::StrCat("AUDIENCE_", LevelName(level)), &value);
  return value;
}

pb::Consent::Scope ToMessageScope(Consent::Scope scope) {
  pb::Consent::Scope value = pb::Consent::SCOPE_UNSPECIFIED;
  pb::Consent::Scope_Parse(absl::StrCat("SCOPE_", ConsentScopeName(scope)), &value);
  return value;
}

pb::Consent::State StateOf(const Consent& consent) {
  if (!consent.given) return pb::Consent::STATE_REFUSED;
  return consent.withdrawn.has_value() ? pb::Consent::STATE_WITHDRAWN : pb::Consent::STATE_GIVEN;
}

}  // namespace

pb::Applicant ToMessage(const Profile& profile) {
  const Applicant& applicant = profile.applicant;
  pb::Applicant message;
  message.set_name(absl::StrCat(applicant.person, "/applicant"));
  message.set_birth_date(absl::FormatCivilTime(applicant.birth_date));
  message.set_level(ToAudience(applicant.level));
  message.set_school(applicant.school_uai);
  message.set_department(applicant.department);
  message.set_priority_area(applicant.priority_area);
  message.set_etag(EtagOf(profile.version));
  return message;
}

pb::Guardian ToMessage(const Guardian& guardian) {
  pb::Guardian message;
  message.set_name(absl::StrCat(guardian.person, "/guardian"));
  message.set_display_name(guardian.display_name);
  message.set_email(guardian.email);
  message.set_etag(EtagOf(guardian.version));
  return message;
}

pb::Consent ToMessage(const ConsentRecord& record) {
  const Consent& consent = record.consent;
  pb::Consent message;
  message.set_name(absl::StrCat(record.person, "/consents/", record.id));
  message.set_state(StateOf(consent));
  message.set_scope(ToMessageScope(consent.scope));
  if (!consent.booking_id.empty()) {
    message.set_booking(absl::StrCat("bookings/", consent.booking_id));
  }
  if (consent.scheme.has_value()) message.set_scheme(ToMessageScheme(*consent.scheme));
  message.set_until(DayText(consent.until));
  message.set_method(record.method == ConsentMethod::kLink ? pb::Consent::METHOD_LINK
                                                           : pb::Consent::METHOD_PAPER);
  SetTime(consent.decided, message.mutable_decide_time());
  if (consent.withdrawn.has_value()) {
    SetTime(*consent.withdrawn, message.mutable_withdraw_time());
  }
  message.set_text_version(record.text_version);
  message.set_text_hash(record.text_hash);
  message.set_recorder(record.recorded_by);
  message.set_sign_date(DayText(record.signed_day));
  message.set_etag(EtagOf(record.version()));
  return message;
}

pb::ConsentRequest ToMessage(const GuardianView& view) {
  const ConsentRequest& request = view.link.request;
  const ConsentSubject& subject = request.booking.subject;
  pb::ConsentRequest message;
  message.set_session_title(subject.session_title);
  SetTime(subject.start_time, message.mutable_start_time());
  SetTime(subject.end_time, message.mutable_end_time());
  message.set_scheme(ToMessageScheme(subject.scheme));
  SetTime(request.expire_time, message.mutable_expire_time());
  message.set_text_version(kConsentTextVersion);
  for (const ConsentChoice& choice : view.choices) {
    pb::ConsentRequest::Choice* added = message.add_choices();
    added->set_scope(ToMessageScope(choice.terms.scope));
    added->set_until(DayText(choice.terms.until));
    added->set_text(choice.text);
    added->set_text_hash(choice.hash);
  }
  if (view.link.consent.has_value()) {
    const Consent& consent = view.link.consent->consent;
    message.set_state(StateOf(consent));
    message.set_text_version(view.link.consent->text_version);
    message.set_scope(ToMessageScope(consent.scope));
    message.set_until(DayText(consent.until));
  }
  return message;
}

std::optional<ConsentName> ParseConsentName(absl::string_view name, const std::string& me) {
  const std::vector<absl::string_view> parts = absl::StrSplit(name, '/');
  if (parts.size() != 4 || parts[2] != "consents" || !IsUuid(parts[3])) return std::nullopt;
  const auto person = ParsePerson(absl::StrCat(parts[0], "/", parts[1]), "", me);
  if (!person.has_value()) return std::nullopt;
  return ConsentName{*person, absl::AsciiStrToLower(parts[3])};
}

std::optional<Level> ToLevel(int audience) {
  if (!type::Audience_IsValid(audience)) return std::nullopt;
  absl::string_view name = type::Audience_Name(static_cast<type::Audience>(audience));
  absl::ConsumePrefix(&name, "AUDIENCE_");
  return ParseLevel(name);
}

std::optional<Consent::Scope> ToScope(int scope) {
  if (!pb::Consent::Scope_IsValid(scope)) return std::nullopt;
  absl::string_view name = pb::Consent::Scope_Name(static_cast<pb::Consent::Scope>(scope));
  absl::ConsumePrefix(&name, "SCOPE_");
  return ParseConsentScope(name);
}

Applicant ToApplicant(const pb::Applicant& message, const std::string& person) {
  return {.person = person,
          .birth_date = ParseCivilDay(message.birth_date()).value(),
          .level = ToLevel(message.level()).value(),
          .school_uai = message.school(),
          .department = message.department()};
}

}  // namespace dm::booking
