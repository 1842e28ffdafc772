#pragma once

#include "common/errors/error.h"
#include "destinationmetier/booking/v1/people_service.pb.h"

// What each request of PeopleService must be like; see the proto. What depends on the day is looked
// at when it is known.
namespace dm::booking {

void ValidateGetApplicant(const destinationmetier::booking::v1::GetApplicantRequest& request,
                          Violations& violations);
void ValidateUpdateApplicant(const destinationmetier::booking::v1::UpdateApplicantRequest& request,
                             Violations& violations);
void ValidateGetGuardian(const destinationmetier::booking::v1::GetGuardianRequest& request,
                         Violations& violations);
void ValidateUpdateGuardian(const destinationmetier::booking::v1::UpdateGuardianRequest& request,
                            Violations& violations);
void ValidateListConsents(const destinationmetier::booking::v1::ListConsentsRequest& request,
                          Violations& violations);
void ValidateRecordConsent(const destinationmetier::booking::v1::RecordConsentRequest& request,
                           Violations& violations);
void ValidateWithdrawConsent(const destinationmetier::booking::v1::WithdrawConsentRequest& request,
                             Violations& violations);
void ValidateRequestConsent(const destinationmetier::booking::v1::RequestConsentRequest& request,
                            Violations& violations);
void ValidateLookUp(const destinationmetier::booking::v1::LookUpConsentRequestRequest& request,
                    Violations& violations);
void ValidateGive(const destinationmetier::booking::v1::GiveConsentRequest& request,
                  Violations& violations);
void ValidateRefuse(const destinationmetier::booking::v1::RefuseConsentRequest& request,
                    Violations& violations);
void ValidateRevoke(const destinationmetier::booking::v1::RevokeConsentRequest& request,
                    Violations& violations);
void ValidateEraseGuardian(const destinationmetier::booking::v1::EraseGuardianRequest& request,
                           Violations& violations);

}  // namespace dm::booking
