#include "services/booking/api/people_service.h"

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/errors/error.h"
#include "common/telemetry/metrics.h"
#include "services/booking/api/booking_messages.h"
#include "services/booking/api/people_messages.h"
#include "services/booking/api/people_validation.h"

#include <string>
#include <utility>
#include <vector>

namespace dm::booking {
namespace {

namespace pb = destinationmetier::booking::v1;
using auth::Role;

// A paper is on file within so many days of its signature.
constexpr int kOldestPaperDays = 366;

Actor ActorOf(const auth::Caller& caller) {
  Actor actor;
  actor.person = caller.PersonName();
  actor.applicant = caller.Is(Role::kApplicant);
  if (caller.Is(Role::kAgency)) actor.departments = caller.territory;
  return actor;
}

// Empty for who has not signed in.
std::string SignedIn(const auth::Caller& caller) {
  return caller.subject.empty() ? "" : caller.PersonName();
}

template <typename Request>
WriteRequest WriteOf(const rpc::Call& call, const Request& request) {
  Request asked = request;
  absl::AsciiStrToLower(asked.mutable_request_id());
  return {.caller = SignedIn(call.caller),
          .request_id = asked.request_id(),
          .method = call.method,
          .fingerprint = rpc::QueryFingerprint(asked)};
}

std::optional<int64_t> ExpectedVersion(const std::string& etag) {
  if (etag.empty()) return std::nullopt;
  return ParseEtag(etag);
}

// The answer's bytes as a message.
template <typename Message>
absl::StatusOr<Message> Parse(const absl::StatusOr<std::string>& answer) {
  if (!answer.ok()) return answer.status();
  Message message;
  if (!message.ParseFromString(*answer)) return absl::InternalError("a kept answer cannot be read");
  return message;
}

// Operators see by this that somebody guesses tokens; guessing one takes longer than the world has.
absl::StatusOr<pb::ConsentRequest> CountUnknown(absl::StatusOr<pb::ConsentRequest> answer) {
  static auto& unknown = telemetry::CounterOf("dm_consent_links_unknown_total",
                                              "Calls by links that are none, or no longer");
  if (ErrorReasonOf(answer.status()) == "LINK_UNKNOWN") unknown.Increment();
  return answer;
}

template <typename Request>
Consents::LinkWrite LinkWriteOf(const rpc::Call& call, const Request& request) {
  return {
      .token = request.token(), .person = SignedIn(call.caller), .request = WriteOf(call, request)};
}

}  // namespace

PeopleService::PeopleService(Profiles* profiles, Consents* consents,
                             const rpc::PageTokens* page_tokens, const Clock* clock)
    : profiles_(profiles), consents_(consents), page_tokens_(page_tokens), clock_(clock) {}

std::unique_ptr<rpc::ServiceBinding> PeopleService::Bind(rpc::Pipeline* pipeline) {
  auto binding = std::make_unique<rpc::ServiceBinding>(
      pb::Applicant::descriptor()->file()->FindServiceByName("PeopleService"), pipeline);
  BindForAccounts(*binding);
  BindForGuardians(*binding);
  return binding;
}

void PeopleService::BindForAccounts(rpc::ServiceBinding& binding) {
  const rpc::Policy parties = {.roles = {Role::kApplicant, Role::kAgency}};
  const rpc::Policy applicants = {.roles = {Role::kApplicant}};
  const rpc::Policy agencies = {.roles = {Role::kAgency}};
  binding.Blocking<pb::GetApplicantRequest, pb::Applicant>(
      "GetApplicant", parties, ValidateGetApplicant,
      [this](const auto& call, const auto& request) { return GetApplicant(call, request); });
  binding.Blocking<pb::UpdateApplicantRequest, pb::Applicant>(
      "UpdateApplicant", parties, ValidateUpdateApplicant,
      [this](const auto& call, const auto& request) { return UpdateApplicant(call, request); });
  binding.Blocking<pb::GetGuardianRequest, pb::Guardian>(
      "GetGuardian", parties, ValidateGetGuardian,
      [this](const auto& call, const auto& request) { return GetGuardian(call, request); });
  binding.Blocking<pb::UpdateGuardianRequest, pb::Guardian>(
      "UpdateGuardian", parties, ValidateUpdateGuardian,
      [this](const auto& call, const auto& request) { return UpdateGuardian(call, request); });
  binding.Blocking<pb::ListConsentsRequest, pb::ListConsentsResponse>(
      "ListConsents", parties, ValidateListConsents,
      [this](const auto& call, const auto& request) { return ListConsents(call, request); });
  binding.Blocking<pb::RecordConsentRequest, pb::Consent>(
      "RecordConsent", agencies, ValidateRecordConsent,
      [this](const auto& call, const auto& request) { return RecordConsent(call, request); });
  binding.Blocking<pb::WithdrawConsentRequest, pb::Consent>(
      "WithdrawConsent", agencies, ValidateWithdrawConsent,
      [this](const auto& call, const auto& request) { return WithdrawConsent(call, request); });
  binding.Blocking<pb::RequestConsentRequest, pb::RequestConsentResponse>(
      "RequestConsent", applicants, ValidateRequestConsent,
      [this](const auto& call, const auto& request) { return RequestConsent(call, request); });
}

// The token is what admits.
void PeopleService::BindForGuardians(rpc::ServiceBinding& binding) {
  const rpc::Policy everybody = {.roles = {Role::kAnonymous}};
  binding.Blocking<pb::LookUpConsentRequestRequest, pb::ConsentRequest>(
      "LookUpConsentRequest", everybody, ValidateLookUp,
      [this](const auto& call, const auto& request) { return LookUp(call, request); });
  binding.Blocking<pb::GiveConsentRequest, pb::ConsentRequest>(
      "GiveConsent", everybody, ValidateGive,
      [this](const auto& call, const auto& request) { return Give(call, request); });
  binding.Blocking<pb::RefuseConsentRequest, pb::ConsentRequest>(
      "RefuseConsent", everybody, ValidateRefuse,
      [this](const auto& call, const auto& request) { return Refuse(call, request); });
  binding.Blocking<pb::RevokeConsentRequest, pb::ConsentRequest>(
      "RevokeConsent", everybody, ValidateRevoke,
      [this](const auto& call, const auto& request) { return Revoke(call, request); });
  binding.Blocking<pb::EraseGuardianRequest, pb::ConsentRequest>(
      "EraseGuardian", everybody, ValidateEraseGuardian,
      [this](const auto& call, const auto& request) { return EraseGuardian(call, request); });
}

absl::StatusOr<pb::Applicant> PeopleService::GetApplicant(const rpc::Call& call,
                                                          const pb::GetApplicantRequest& request) {
  const Actor actor = ActorOf(call.caller);
  const auto profile = profiles_->Get(
      call.deadline, actor, ParsePerson(request.name(), "/applicant", actor.person).value());
  if (!profile.ok()) return profile.status();
  return ToMessage(*profile);
}

absl::StatusOr<pb::Applicant> PeopleService::UpdateApplicant(
    const rpc::Call& call, const pb::UpdateApplicantRequest& request) {
  const Actor actor = ActorOf(call.caller);
  Profiles::ProfileWrite write;
  write.applicant =
      ToApplicant(request.applicant(),
                  ParsePerson(request.applicant().name(), "/applicant", actor.person).value());
  if (request.applicant().has_priority_area()) {
    write.priority_area = request.applicant().priority_area();
  }
  write.expected_version = ExpectedVersion(request.applicant().etag());
  write.request = WriteOf(call, request);
  Violations violations;
  CheckApplicant(write.applicant, absl::ToCivilDay(clock_->Now(), ParisTimeZone()), violations);
  if (!violations.empty()) return violations.ToStatus();
  const auto profile = profiles_->Update(call.deadline, actor, write);
  if (!profile.ok()) return profile.status();
  return ToMessage(*profile);
}

absl::StatusOr<pb::Guardian> PeopleService::GetGuardian(const rpc::Call& call,
                                                        const pb::GetGuardianRequest& request) {
  const Actor actor = ActorOf(call.caller);
  const auto guardian = profiles_->GetGuardian(
      call.deadline, actor, ParsePerson(request.name(), "/guardian", actor.person).value());
  if (!guardian.ok()) return guardian.status();
  return ToMessage(*guardian);
}

absl::StatusOr<pb::Guardian> PeopleService::UpdateGuardian(
    const rpc::Call& call, const pb::UpdateGuardianRequest& request) {
  const Actor actor = ActorOf(call.caller);
  const pb::Guardian& asked = request.guardian();
  Profiles::GuardianWrite write;
  write.person = ParsePerson(asked.name(), "/guardian", actor.person).value();
  write.display_name = asked.display_name();
  write.email = asked.email();
  write.expected_version = ExpectedVersion(asked.etag());
  write.request = WriteOf(call, request);
  const auto guardian = profiles_->UpdateGuardian(call.deadline, actor, write);
  if (!guardian.ok()) return guardian.status();
  return ToMessage(*guardian);
}

absl::StatusOr<pb::ListConsentsResponse> PeopleService::ListConsents(
    const rpc::Call& call, const pb::ListConsentsRequest& request) {
  const Actor actor = ActorOf(call.caller);
  // Bound to the caller too: a token of somebody else is foreign.
  const std::string fingerprint = absl::StrCat(rpc::QueryFingerprint(request), "|", actor.person);
  const auto position = page_tokens_->Read(request.page_token(), fingerprint);
  if (!position.ok()) return position.status();
  std::optional<ConsentPosition> after;
  if (position->size() == 2) {
    after.emplace();
    if (!absl::SimpleAtoi((*position)[0], &after->decided_micros)) return absl::InternalError("");
    after->id = (*position)[1];
  }
  const int size = rpc::EffectivePageSize(request.page_size());
  auto records =
      consents_->List(call.deadline, actor, ParsePerson(request.parent(), "", actor.person).value(),
                      after, size + 1);
  if (!records.ok()) return records.status();
  pb::ListConsentsResponse response;
  const bool more = records->size() > static_cast<size_t>(size);
  if (more) records->pop_back();
  for (const ConsentRecord& record : *records) *response.add_consents() = ToMessage(record);
  if (more) {
    const ConsentRecord& last = records->back();
    response.set_next_page_token(page_tokens_->Make(
        fingerprint, {absl::StrCat(absl::ToUnixMicros(last.consent.decided)), last.id}));
  }
  return response;
}

absl::StatusOr<pb::Consent> PeopleService::RecordConsent(const rpc::Call& call,
                                                         const pb::RecordConsentRequest& request) {
  const Actor actor = ActorOf(call.caller);
  const absl::CivilDay today = absl::ToCivilDay(clock_->Now(), ParisTimeZone());
  Consents::PaperWrite write;
  write.person = ParsePerson(request.parent(), "", actor.person).value();
  write.terms.scope = ToScope(request.scope()).value();
  write.terms.booking_id = ParseBookingName(request.booking()).value_or("");
  write.terms.scheme = ToScheme(request.scheme());
  if (!request.until().empty()) write.terms.until = ParseCivilDay(request.until()).value();
  write.signed_day = ParseCivilDay(request.sign_date()).value();
  write.request = WriteOf(call, request);
  Violations violations;
  if (const std::string fault = UntilFault(write.terms, today); !fault.empty()) {
    violations.Add("until", fault);
  }
  if (write.signed_day > today || today - write.signed_day > kOldestPaperDays) {
    violations.Add("sign_date", "must be within the last year");
  }
  if (!violations.empty()) return violations.ToStatus();
  return Parse<pb::Consent>(consents_->Record(call.deadline, actor, write));
}

absl::StatusOr<pb::Consent> PeopleService::WithdrawConsent(
    const rpc::Call& call, const pb::WithdrawConsentRequest& request) {
  const Actor actor = ActorOf(call.caller);
  const ConsentName name = ParseConsentName(request.name(), actor.person).value();
  return Parse<pb::Consent>(
      consents_->Withdraw(call.deadline, actor,
                          {.person = name.person,
                           .consent_id = name.id,
                           .expected_version = ExpectedVersion(request.etag()),
                           .request = WriteOf(call, request)}));
}

absl::StatusOr<pb::RequestConsentResponse> PeopleService::RequestConsent(
    const rpc::Call& call, const pb::RequestConsentRequest& request) {
  const absl::Status asked = consents_->AskAgain(
      call.deadline, ActorOf(call.caller),
      {.booking_id = ParseBookingName(request.name()).value(), .request = WriteOf(call, request)});
  if (!asked.ok()) return asked;
  return pb::RequestConsentResponse();
}

absl::StatusOr<pb::ConsentRequest> PeopleService::LookUp(
    const rpc::Call& call, const pb::LookUpConsentRequestRequest& request) {
  const auto view = consents_->LookUp(call.deadline, request.token(), SignedIn(call.caller));
  if (!view.ok()) return CountUnknown(view.status());
  return ToMessage(*view);
}

absl::StatusOr<pb::ConsentRequest> PeopleService::Give(const rpc::Call& call,
                                                       const pb::GiveConsentRequest& request) {
  return CountUnknown(Parse<pb::ConsentRequest>(
      consents_->Give(call.deadline, LinkWriteOf(call, request), ToScope(request.scope()).value(),
                      request.text_hash())));
}

absl::StatusOr<pb::ConsentRequest> PeopleService::Refuse(const rpc::Call& call,
                                                         const pb::RefuseConsentRequest& request) {
  return CountUnknown(
      Parse<pb::ConsentRequest>(consents_->Refuse(call.deadline, LinkWriteOf(call, request))));
}

absl::StatusOr<pb::ConsentRequest> PeopleService::Revoke(const rpc::Call& call,
                                                         const pb::RevokeConsentRequest& request) {
  return CountUnknown(Parse<pb::ConsentRequest>(
      consents_->WithdrawByLink(call.deadline, LinkWriteOf(call, request))));
}

absl::StatusOr<pb::ConsentRequest> PeopleService::EraseGuardian(
    const rpc::Call& call, const pb::EraseGuardianRequest& request) {
  return CountUnknown(Parse<pb::ConsentRequest>(
      consents_->EraseGuardianByLink(call.deadline, LinkWriteOf(call, request))));
}

}  // namespace dm::booking
