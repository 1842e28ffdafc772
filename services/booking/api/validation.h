#pragma once

#include "common/errors/error.h"
#include "destinationmetier/booking/v1/booking_service.pb.h"
#include "services/booking/domain/transitions.h"

#include <optional>

// What each request must be like; see the proto. Every wrong field is named at once.
namespace dm::booking {

void ValidateCreate(const destinationmetier::booking::v1::CreateBookingRequest& request,
                    Violations& violations);
void ValidateCheck(const destinationmetier::booking::v1::CheckEligibilityRequest& request,
                   Violations& violations);
void ValidateGet(const destinationmetier::booking::v1::GetBookingRequest& request,
                 Violations& violations);
void ValidateHistory(const destinationmetier::booking::v1::ListBookingHistoryRequest& request,
                     Violations& violations);
void ValidateSimilar(const destinationmetier::booking::v1::ListSimilarSessionsRequest& request,
                     Violations& violations);
void ValidateList(const destinationmetier::booking::v1::ListBookingsRequest& request,
                  Violations& violations);
void ValidateAccept(const destinationmetier::booking::v1::AcceptBookingRequest& request,
                    Violations& violations);
void ValidateDecline(const destinationmetier::booking::v1::DeclineBookingRequest& request,
                     Violations& violations);
void ValidateConfirm(const destinationmetier::booking::v1::ConfirmBookingRequest& request,
                     Violations& violations);
void ValidateCancel(const destinationmetier::booking::v1::CancelBookingRequest& request,
                    Violations& violations);
void ValidateReschedule(const destinationmetier::booking::v1::RescheduleBookingRequest& request,
                        Violations& violations);
void ValidateAttendance(const destinationmetier::booking::v1::RecordAttendanceRequest& request,
                        Violations& violations);
void ValidateFeedback(const destinationmetier::booking::v1::LeaveFeedbackRequest& request,
                      Violations& violations);

// The step that says so; absent for UNSPECIFIED and for values of a later version.
std::optional<Step> StepOfAttendance(int attendance);

}  // namespace dm::booking
