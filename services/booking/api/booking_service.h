#pragma once

#include "common/rpc/page_token.h"
#include "common/rpc/service_binding.h"
#include "common/time/clock.h"
#include "destinationmetier/booking/v1/booking_service.pb.h"
#include "services/booking/domain/command.h"
#include "services/booking/ledger/ledger.h"
#include "services/booking/store/booking_store.h"

#include <memory>

namespace dm::booking {

// What the caller's token lets them be in the words of the bookings.
Actor ActorOf(const auth::Caller& caller);

// The methods of booking.v1.BookingService: writes go through the ledger, reads to the store.
// Thread-safe.
class BookingService {
 public:
  struct Parts {
    // All outlive the service.
    Ledger* ledger = nullptr;
    database::Database* database = nullptr;
    const BookingStore* store = nullptr;
    const rpc::PageTokens* page_tokens = nullptr;
    const Clock* clock = nullptr;
    // As the ledger's.
    Ledger::TermsSource terms;
  };
  explicit BookingService(Parts parts) : parts_(std::move(parts)) {}

  // The service for a gRPC server; this outlives it.
  std::unique_ptr<rpc::ServiceBinding> Bind(rpc::Pipeline* pipeline);

  using Message = destinationmetier::booking::v1::Booking;
  using DoneMessage = rpc::Done<Message>;
  using CallPointer = std::shared_ptr<const rpc::Call>;

  void Create(CallPointer call, const destinationmetier::booking::v1::CreateBookingRequest& request,
              DoneMessage done);
  void Accept(CallPointer call, const destinationmetier::booking::v1::AcceptBookingRequest& request,
              DoneMessage done);
  void Decline(CallPointer call,
               const destinationmetier::booking::v1::DeclineBookingRequest& request,
               DoneMessage done);
  void Confirm(CallPointer call,
               const destinationmetier::booking::v1::ConfirmBookingRequest& request,
               DoneMessage done);
  void Cancel(CallPointer call, const destinationmetier::booking::v1::CancelBookingRequest& request,
              DoneMessage done);
  void Reschedule(CallPointer call,
                  const destinationmetier::booking::v1::RescheduleBookingRequest& request,
                  DoneMessage done);
  void RecordAttendance(CallPointer call,
                        const destinationmetier::booking::v1::RecordAttendanceRequest& request,
                        DoneMessage done);

  absl::StatusOr<Message> Get(const rpc::Call& call,
                              const destinationmetier::booking::v1::GetBookingRequest& request);
  absl::StatusOr<destinationmetier::booking::v1::ListBookingsResponse> List(
      const rpc::Call& call, const destinationmetier::booking::v1::ListBookingsRequest& request);
  absl::StatusOr<destinationmetier::booking::v1::ListBookingHistoryResponse> History(
      const rpc::Call& call,
      const destinationmetier::booking::v1::ListBookingHistoryRequest& request);
  absl::StatusOr<destinationmetier::booking::v1::ListSimilarSessionsResponse> Similar(
      const rpc::Call& call,
      const destinationmetier::booking::v1::ListSimilarSessionsRequest& request);
  absl::StatusOr<destinationmetier::booking::v1::CheckEligibilityResponse> Check(
      const rpc::Call& call,
      const destinationmetier::booking::v1::CheckEligibilityRequest& request);
  absl::StatusOr<destinationmetier::booking::v1::Feedback> LeaveFeedback(
      const rpc::Call& call, const destinationmetier::booking::v1::LeaveFeedbackRequest& request);

 private:
  template <typename Request>
  void BindWrite(rpc::ServiceBinding& binding, const char* name, const rpc::Policy& policy,
                 rpc::Validate<Request> validate,
                 void (BookingService::*method)(CallPointer, const Request&, DoneMessage));
  void Submit(CallPointer call, Command command, DoneMessage done);
  // The booking, when the caller may know of it; an agency's look is kept.
  absl::StatusOr<Booking> Find(const rpc::Call& call, const std::string& name);

  const Parts parts_;
};

}  // namespace dm::booking
