#pragma once

#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "common/rpc/page_token.h"
#include "common/rpc/service_binding.h"
#include "common/time/clock.h"
#include "destinationmetier/booking/v1/people_service.pb.h"
#include "services/booking/people/consents.h"
#include "services/booking/people/profiles.h"

#include <memory>

namespace dm::booking {

// The methods of booking.v1.PeopleService. Thread-safe.
class PeopleService {
 public:
  // All outlive this.
  PeopleService(Profiles* profiles, Consents* consents, const rpc::PageTokens* page_tokens,
                const Clock* clock);

  // The service for a gRPC server; this outlives it.
  std::unique_ptr<rpc::ServiceBinding> Bind(rpc::Pipeline* pipeline);

  absl::StatusOr<destinationmetier::booking::v1::Applicant> GetApplicant(
      const rpc::Call& call, const destinationmetier::booking::v1::GetApplicantRequest& request);
  absl::StatusOr<destinationmetier::booking::v1::Applicant> UpdateApplicant(
      const rpc::Call& call, const destinationmetier::booking::v1::UpdateApplicantRequest& request);
  absl::StatusOr<destinationmetier::booking::v1::Guardian> GetGuardian(
      const rpc::Call& call, const destinationmetier::booking::v1::GetGuardianRequest& request);
  absl::StatusOr<destinationmetier::booking::v1::Guardian> UpdateGuardian(
      const rpc::Call& call, const destinationmetier::booking::v1::UpdateGuardianRequest& request);
  absl::StatusOr<destinationmetier::booking::v1::ListConsentsResponse> ListConsents(
      const rpc::Call& call, const destinationmetier::booking::v1::ListConsentsRequest& request);
  absl::StatusOr<destinationmetier::booking::v1::Consent> RecordConsent(
      const rpc::Call& call, const destinationmetier::booking::v1::RecordConsentRequest& request);
  absl::StatusOr<destinationmetier::booking::v1::Consent> WithdrawConsent(
      const rpc::Call& call, const destinationmetier::booking::v1::WithdrawConsentRequest& request);
  absl::StatusOr<destinationmetier::booking::v1::RequestConsentResponse> RequestConsent(
      const rpc::Call& call, const destinationmetier::booking::v1::RequestConsentRequest& request);
  absl::StatusOr<destinationmetier::booking::v1::ConsentRequest> LookUp(
      const rpc::Call& call,
      const destinationmetier::booking::v1::LookUpConsentRequestRequest& request);
  absl::StatusOr<destinationmetier::booking::v1::ConsentRequest> Give(
      const rpc::Call& call, const destinationmetier::booking::v1::GiveConsentRequest& request);
  absl::StatusOr<destinationmetier::booking::v1::ConsentRequest> Refuse(
      const rpc::Call& call, const destinationmetier::booking::v1::RefuseConsentRequest& request);
  absl::StatusOr<destinationmetier::booking::v1::ConsentRequest> Revoke(
      const rpc::Call& call, const destinationmetier::booking::v1::RevokeConsentRequest& request);
  absl::StatusOr<destinationmetier::booking::v1::ConsentRequest> EraseGuardian(
      const rpc::Call& call, const destinationmetier::booking::v1::EraseGuardianRequest& request);

 private:
  void BindForAccounts(rpc::ServiceBinding& binding);
  void BindForGuardians(rpc::ServiceBinding& binding);

  Profiles* const profiles_;
  Consents* const consents_;
  const rpc::PageTokens* const page_tokens_;
  const Clock* const clock_;
};

}  // namespace dm::booking
