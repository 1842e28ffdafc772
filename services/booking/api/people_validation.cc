#include "services/booking/api/people_validation.h"

#include "absl/strings/string_view.h"
#include "common/text/addressee.h"
#include "common/text/uuid.h"
#include "common/time/clock.h"
#include "services/booking/api/booking_messages.h"
#include "services/booking/api/people_messages.h"

#include <string>

namespace dm::booking {
namespace {

namespace pb = destinationmetier::booking::v1;

constexpr size_t kLongestEtag = 64;
// Longer than any token of ours: what is too long for one is unknown, not malformed.
constexpr size_t kLongestToken = 200;

void CheckRequestId(const std::string& request_id, Violations& violations) {
  if (!IsUuid(request_id)) violations.Add("request_id", "must be a UUID made by the client");
}

void CheckPerson(absl::string_view field, absl::string_view name, absl::string_view suffix,
                 Violations& violations) {
  if (!ParsePerson(name, suffix, "people/me").has_value()) {
    violations.Add(field, "must be people/{person}" + std::string(suffix));
  }
}

void CheckEtag(absl::string_view field, const std::string& etag, Violations& violations) {
  if (etag.size() > kLongestEtag) violations.Add(field, "must have at most 64 characters");
}

void CheckDay(absl::string_view field, const std::string& day, Violations& violations) {
  if (!ParseCivilDay(day).ok()) violations.Add(field, "must be a date of the form YYYY-MM-DD");
}

void CheckToken(const std::string& token, Violations& violations) {
  if (token.empty() || token.size() > kLongestToken) {
    violations.Add("token", "must be the token of the link");
  }
}

void CheckScope(int scope, Violations& violations) {
  if (!ToScope(scope).has_value()) violations.Add("scope", "must be a scope of a consent");
}

}  // namespace

void ValidateGetApplicant(const pb::GetApplicantRequest& request, Violations& violations) {
  CheckPerson("name", request.name(), "/applicant", violations);
}

void ValidateUpdateApplicant(const pb::UpdateApplicantRequest& request, Violations& violations) {
  const pb::Applicant& applicant = request.applicant();
  CheckPerson("applicant.name", applicant.name(), "/applicant", violations);
  CheckDay("applicant.birth_date", applicant.birth_date(), violations);
  if (!ToLevel(applicant.level()).has_value()) {
    violations.Add("applicant.level", "must be a level");
  }
  CheckEtag("applicant.etag", applicant.etag(), violations);
  CheckRequestId(request.request_id(), violations);
}

void ValidateGetGuardian(const pb::GetGuardianRequest& request, Violations& violations) {
  CheckPerson("name", request.name(), "/guardian", violations);
}

void ValidateUpdateGuardian(const pb::UpdateGuardianRequest& request, Violations& violations) {
  const auto check = [&](absl::string_view field, absl::string_view fault) {
    if (!fault.empty()) violations.Add(field, fault);
  };
  const pb::Guardian& guardian = request.guardian();
  CheckPerson("guardian.name", guardian.name(), "/guardian", violations);
  check("guardian.display_name", DisplayNameFault(guardian.display_name()));
  check("guardian.email", EmailFault(guardian.email()));
  CheckEtag("guardian.etag", guardian.etag(), violations);
  CheckRequestId(request.request_id(), violations);
}

void ValidateListConsents(const pb::ListConsentsRequest& request, Violations& violations) {
  CheckPerson("parent", request.parent(), "", violations);
  if (request.page_size() < 0) violations.Add("page_size", "must not be negative");
}

void ValidateRecordConsent(const pb::RecordConsentRequest& request, Violations& violations) {
  CheckPerson("parent", request.parent(), "", violations);
  CheckScope(request.scope(), violations);
  const bool one_booking = request.scope() == pb::Consent::SCOPE_BOOKING;
  const bool one_scheme = request.scope() == pb::Consent::SCOPE_SCHEME;
  if (one_booking ? !ParseBookingName(request.booking()).has_value() : !request.booking().empty()) {
    violations.Add("booking", "must be bookings/{uuid} with SCOPE_BOOKING, else empty");
  }
  if (ToScheme(request.scheme()).has_value() != one_scheme) {
    violations.Add("scheme", "must be a scheme with SCOPE_SCHEME, else unspecified");
  }
  if (!request.until().empty()) CheckDay("until", request.until(), violations);
  CheckDay("sign_date", request.sign_date(), violations);
  CheckRequestId(request.request_id(), violations);
}

void ValidateWithdrawConsent(const pb::WithdrawConsentRequest& request, Violations& violations) {
  if (!ParseConsentName(request.name(), "people/me").has_value()) {
    violations.Add("name", "must be people/{person}/consents/{uuid}");
  }
  CheckEtag("etag", request.etag(), violations);
  CheckRequestId(request.request_id(), violations);
}

void ValidateRequestConsent(const pb::RequestConsentRequest& request, Violations& violations) {
  if (!ParseBookingName(request.name()).has_value()) {
    violations.Add("name", "must be bookings/{uuid}");
  }
  CheckRequestId(request.request_id(), violations);
}

void ValidateLookUp(const pb::LookUpConsentRequestRequest& request, Violations& violations) {
  CheckToken(request.token(), violations);
}

void ValidateGive(const pb::GiveConsentRequest& request, Violations& violations) {
  CheckToken(request.token(), violations);
  CheckScope(request.scope(), violations);
  if (request.text_hash().size() != 64) {
    violations.Add("text_hash", "must be that of a choice");
  }
  CheckRequestId(request.request_id(), violations);
}

void ValidateRefuse(const pb::RefuseConsentRequest& request, Violations& violations) {
  CheckToken(request.token(), violations);
  CheckRequestId(request.request_id(), violations);
}

void ValidateRevoke(const pb::RevokeConsentRequest& request, Violations& violations) {
  CheckToken(request.token(), violations);
  CheckRequestId(request.request_id(), violations);
}

void ValidateEraseGuardian(const pb::EraseGuardianRequest& request, Violations& violations) {
  CheckToken(request.token(), violations);
  CheckRequestId(request.request_id(), violations);
}

}  // namespace dm::booking
