#include "services/booking/api/agreement_messages.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "common/time/clock.h"
#include "services/booking/api/booking_messages.h"
#include "services/booking/domain/agreement_refusals.h"
#include "services/booking/domain/signing.h"

namespace dm::booking {
namespace {

namespace pb = destinationmetier::booking::v1;

void SetTime(absl::Time time, google::protobuf::Timestamp* out) {
  const int64_t micros = absl::ToUnixMicros(time);
  out->set_seconds(micros / 1'000'000);
  out->set_nanos(static_cast<int32_t>(micros % 1'000'000) * 1000);
}

pb::Agreement::State ToMessageState(absl::string_view name) {
  pb::Agreement::State value = pb::Agreement::STATE_UNSPECIFIED;
  pb::Agreement::State_Parse(absl::StrCat("STATE_", name), &value);
  return value;
}

pb::AgreementParty ToMessageParty(AgreementParty party) {
  pb::AgreementParty value = pb::AGREEMENT_PARTY_UNSPECIFIED;
  pb::AgreementParty_Parse(absl::StrCat("AGREEMENT_PARTY_", AgreementPartyName(party)), &value);
  return value;
}

void SetMark(const ReviewMark& mark, pb::Agreement::ReviewMark* out) {
  out->set_person(mark.person);
  SetTime(mark.time, out->mutable_time());
}

std::string HourText(int minute) { return absl::StrFormat("%02d:%02d", minute / 60, minute % 60); }

// "09:30" in minutes; absent for what is no hour of a day. "24:00" is the end of one.
std::optional<int> ParseHour(absl::string_view text) {
  int hour = 0;
  int minute = 0;
  const auto digits = [](absl::string_view part, int* number) {
    return part.find_first_not_of("0123456789") == absl::string_view::npos &&
           absl::SimpleAtoi(part, number);
  };
  if (text.size() != 5 || text[2] != ':' || !digits(text.substr(0, 2), &hour) ||
      !digits(text.substr(3), &minute) || minute > 59 || hour * 60 + minute > 24 * 60) {
    return std::nullopt;
  }
  return hour * 60 + minute;
}

void SetSignatory(const Signatory& signatory, pb::Agreement::Signatory* out) {
  out->set_party(ToMessageParty(signatory.party));
  out->set_display_name(signatory.display_name);
  out->set_sent_to(MaskedMail(signatory.email));
  if (signatory.told.has_value()) SetTime(*signatory.told, out->mutable_tell_time());
  if (!signatory.signature.has_value()) return;
  SetTime(signatory.signature->time, out->mutable_sign_time());
  out->set_method(std::string(SignatureMethodName(signatory.signature->method)));
  out->set_document_hash(signatory.signature->document_hash);
}

void SetReport(const StayReport& report, pb::StayReport* out) {
  out->set_party(ToMessageParty(report.party));
  SetTime(report.time, out->mutable_write_time());
  out->set_activities(report.activities);
  out->set_assessment(report.assessment);
  out->set_rating(report.rating);
  out->set_would_go_on(report.would_go_on);
}

// What lists show too.
pb::Agreement Outline(const Booking& booking, const Agreement& agreement) {
  pb::Agreement message;
  message.set_name(AgreementName(booking.id));
  message.set_scheme(ToMessageScheme(agreement.scheme));
  message.set_state(ToMessageState(AgreementStateName(agreement.state)));
  message.set_document_hash(agreement.document_hash);
  message.set_applicant(booking.applicant);
  message.set_host(booking.host);
  message.set_session_title(booking.session_title);
  SetTime(agreement.start_time, message.mutable_start_time());
  SetTime(agreement.end_time, message.mutable_end_time());
  SetTime(agreement.create_time, message.mutable_create_time());
  SetTime(agreement.update_time, message.mutable_update_time());
  message.set_etag(EtagOf(agreement.version));
  if (agreement.recommended) SetMark(*agreement.recommended, message.mutable_recommendation());
  if (agreement.validated) SetMark(*agreement.validated, message.mutable_validation());
  message.set_state_reason(agreement.why);
  return message;
}

}  // namespace

pb::Agreement ToMessage(const BookingWithAgreement& stay) {
  const Agreement& agreement = *stay.agreement;
  pb::Agreement message = Outline(stay.booking, agreement);
  *message.mutable_content() = ToMessage(agreement.content);
  for (const Signatory& signatory : agreement.signatories) {
    SetSignatory(signatory, message.add_signatories());
  }
  message.set_reason(agreement.reason);
  for (const StayReport& report : agreement.reports) SetReport(report, message.add_reports());
  return message;
}

pb::Agreement ToMessage(const AgreementRow& row) { return Outline(row.booking, row.agreement); }

pb::AgreementContent ToMessage(const AgreementContent& content) {
  pb::AgreementContent message;
  auto* young = message.mutable_young();
  young->set_given_name(content.young.given_name);
  young->set_family_name(content.young.family_name);
  young->set_address(content.young.address);
  young->set_course(content.young.course);
  young->set_emergency_name(content.young.emergency_name);
  young->set_emergency_phone(content.young.emergency_phone);
  auto* guardian = message.mutable_guardian();
  guardian->set_name(content.guardian.name);
  guardian->set_email(content.guardian.email);
  guardian->set_phone(content.guardian.phone);
  auto* host = message.mutable_host();
  host->set_legal_name(content.host.legal_name);
  host->set_address(content.host.address);
  host->set_workplace(content.host.workplace);
  auto* tutor = message.mutable_tutor();
  tutor->set_name(content.tutor.name);
  tutor->set_function(content.tutor.function);
  tutor->set_email(content.tutor.email);
  tutor->set_phone(content.tutor.phone);
  auto* school = message.mutable_school();
  school->set_uai(content.school.uai);
  school->set_name(content.school.name);
  school->set_address(content.school.address);
  school->set_referent_name(content.school.referent_name);
  school->set_referent_email(content.school.referent_email);
  auto* stay = message.mutable_stay();
  stay->set_profession(content.stay.profession);
  stay->set_profession_title(content.stay.profession_title);
  stay->set_objectives(content.stay.objectives);
  stay->set_activities(content.stay.activities);
  stay->set_supervision(content.stay.supervision);
  stay->set_safety(content.stay.safety);
  stay->set_transport(content.stay.transport);
  stay->set_meals(content.stay.meals);
  stay->set_lodging(content.stay.lodging);
  for (const PresenceDay& day : content.stay.schedule) {
    auto* out = stay->add_schedule();
    out->set_day(absl::FormatCivilTime(day.day));
    out->set_start(HourText(day.start_minute));
    out->set_end(HourText(day.end_minute));
    out->set_break_minutes(day.break_minutes);
  }
  auto* insurance = message.mutable_insurance();
  insurance->set_applicant_insurer(content.insurance.applicant_insurer);
  insurance->set_applicant_policy(content.insurance.applicant_policy);
  insurance->set_host_insurer(content.insurance.host_insurer);
  insurance->set_host_policy(content.insurance.host_policy);
  return message;
}

pb::AgreementHistoryEntry ToMessage(const AgreementHistoryRow& row) {
  pb::AgreementHistoryEntry message;
  SetTime(row.time, message.mutable_time());
  message.set_person(row.person);
  message.set_party(ToMessageParty(row.party));
  message.set_action(row.action);
  message.set_from_state(ToMessageState(row.from_state));
  message.set_to_state(ToMessageState(row.to_state));
  message.set_document_hash(row.document_hash);
  return message;
}

pb::SignatureCode ToMessage(const CodeSent& code) {
  pb::SignatureCode message;
  SetTime(code.expire_time, message.mutable_expire_time());
  message.set_sent_to(code.sent_to);
  return message;
}

pb::SignatureRequest ToSignatureRequest(const BookingWithAgreement& stay, AgreementParty party) {
  const Agreement& agreement = *stay.agreement;
  pb::SignatureRequest message;
  message.set_party(ToMessageParty(party));
  message.set_session_title(stay.booking.session_title);
  message.set_applicant_name(
      absl::StrCat(agreement.content.young.given_name, " ", agreement.content.young.family_name));
  message.set_host_name(agreement.content.host.legal_name);
  SetTime(agreement.start_time, message.mutable_start_time());
  SetTime(agreement.end_time, message.mutable_end_time());
  message.set_state(ToMessageState(AgreementStateName(agreement.state)));
  message.set_document_hash(agreement.document_hash);
  if (const Signatory* signatory = agreement.FindSignatory(party); signatory != nullptr) {
    message.set_display_name(signatory->display_name);
    if (signatory->signature) SetTime(signatory->signature->time, message.mutable_sign_time());
  }
  return message;
}

AgreementContent FromMessage(const pb::AgreementContent& message) {
  AgreementContent content;
  content.young = {.given_name = message.young().given_name(),
                   .family_name = message.young().family_name(),
                   .address = message.young().address(),
                   .course = message.young().course(),
                   .emergency_name = message.young().emergency_name(),
                   .emergency_phone = message.young().emergency_phone()};
  content.guardian = {.name = message.guardian().name(),
                      .email = message.guardian().email(),
                      .phone = message.guardian().phone()};
  content.host = {.legal_name = message.host().legal_name(),
                  .address = message.host().address(),
                  .workplace = message.host().workplace()};
  content.tutor = {.name = message.tutor().name(),
                   .function = message.tutor().function(),
                   .email = message.tutor().email(),
                   .phone = message.tutor().phone()};
  content.school = {.uai = message.school().uai(),
                    .name = message.school().name(),
                    .address = message.school().address(),
                    .referent_name = message.school().referent_name(),
                    .referent_email = message.school().referent_email()};
  content.stay = {.profession = message.stay().profession(),
                  .profession_title = message.stay().profession_title(),
                  .objectives = message.stay().objectives(),
                  .activities = message.stay().activities(),
                  .supervision = message.stay().supervision(),
                  .safety = message.stay().safety(),
                  .transport = message.stay().transport(),
                  .meals = message.stay().meals(),
                  .lodging = message.stay().lodging(),
                  .schedule = {}};
  for (const auto& day : message.stay().schedule()) {
    content.stay.schedule.push_back({.day = ParseCivilDay(day.day()).value_or(absl::CivilDay()),
                                     .start_minute = ParseHour(day.start()).value_or(0),
                                     .end_minute = ParseHour(day.end()).value_or(0),
                                     .break_minutes = day.break_minutes()});
  }
  content.insurance = {.applicant_insurer = message.insurance().applicant_insurer(),
                       .applicant_policy = message.insurance().applicant_policy(),
                       .host_insurer = message.insurance().host_insurer(),
                       .host_policy = message.insurance().host_policy()};
  return content;
}

void CheckScheduleForms(const pb::AgreementContent& content, absl::string_view prefix,
                        Violations& violations) {
  for (int i = 0; i < content.stay().schedule_size(); ++i) {
    const auto& day = content.stay().schedule(i);
    const std::string path = absl::StrCat(prefix, "stay.schedule[", i, "].");
    if (!ParseCivilDay(day.day()).ok()) {
      violations.Add(absl::StrCat(path, "day"), "must be a day such as 2026-12-21");
    }
    if (!ParseHour(day.start()).has_value()) {
      violations.Add(absl::StrCat(path, "start"), "must be an hour such as 09:00");
    }
    if (!ParseHour(day.end()).has_value()) {
      violations.Add(absl::StrCat(path, "end"), "must be an hour such as 17:00");
    }
  }
}

std::optional<std::string> ParseAgreementName(absl::string_view name, absl::string_view suffix) {
  if (!absl::ConsumeSuffix(&name, suffix) || !absl::ConsumeSuffix(&name, "/agreement")) {
    return std::nullopt;
  }
  return ParseBookingName(name);
}

std::optional<AgreementParty> ToParty(int party) {
  if (!pb::AgreementParty_IsValid(party)) return std::nullopt;
  absl::string_view name = pb::AgreementParty_Name(static_cast<pb::AgreementParty>(party));
  absl::ConsumePrefix(&name, "AGREEMENT_PARTY_");
  return ParseAgreementParty(name);
}

std::optional<AgreementState> ToAgreementState(int state) {
  if (!pb::Agreement::State_IsValid(state)) return std::nullopt;
  absl::string_view name = pb::Agreement::State_Name(static_cast<pb::Agreement::State>(state));
  absl::ConsumePrefix(&name, "STATE_");
  return ParseAgreementState(name);
}

}  // namespace dm::booking
