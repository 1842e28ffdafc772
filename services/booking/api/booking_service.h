#pragma once

#include "common/rpc/page_token.h"
#include "common/rpc/service_binding.h"
#include "common/time/clock.h"
#include "destinationmetier/booking/v1/booking_service.pb.h"
#include "services/booking/ledger/ledger.h"
#include "services/booking/store/booking_store.h"

#include <memory>

namespace dm::booking {

// The methods of booking.v1.BookingService. Thread-safe.
class BookingService {
 public:
  // All outlive this.
  BookingService(Ledger* ledger, const BookingStore* store, const rpc::PageTokens* page_tokens,
                 const Clock* clock);

  // The service for a gRPC server; this outlives it.
  std::unique_ptr<rpc::ServiceBinding> Bind(rpc::Pipeline* pipeline);

  using Message = destinationmetier::booking::v1::Booking;
  using DoneMessage = rpc::Done<Message>;

  void Create(std::shared_ptr<const rpc::Call> call,
              const destinationmetier::booking::v1::CreateBookingRequest& request,
              DoneMessage done);
  void Accept(std::shared_ptr<const rpc::Call> call,
              const destinationmetier::booking::v1::AcceptBookingRequest& request,
              DoneMessage done);
  void Decline(std::shared_ptr<const rpc::Call> call,
               const destinationmetier::booking::v1::DeclineBookingRequest& request,
               DoneMessage done);
  void Cancel(std::shared_ptr<const rpc::Call> call,
              const destinationmetier::booking::v1::CancelBookingRequest& request,
              DoneMessage done);
  absl::StatusOr<Message> Get(const rpc::Call& call,
                              const destinationmetier::booking::v1::GetBookingRequest& request);
  absl::StatusOr<destinationmetier::booking::v1::ListBookingsResponse> List(
      const rpc::Call& call, const destinationmetier::booking::v1::ListBookingsRequest& request);

 private:
  template <typename Request>
  void BindWrite(rpc::ServiceBinding& binding, const char* name, const rpc::Policy& policy,
                 rpc::Validate<Request> validate,
                 void (BookingService::*method)(std::shared_ptr<const rpc::Call>, const Request&,
                                                DoneMessage));
  void Submit(std::shared_ptr<const rpc::Call> call, Command command, DoneMessage done);

  Ledger* const ledger_;
  const BookingStore* const store_;
  const rpc::PageTokens* const page_tokens_;
  const Clock* const clock_;
};

// What each request must be like; see the proto.
void ValidateCreate(const destinationmetier::booking::v1::CreateBookingRequest& request,
                    Violations& violations);
void ValidateGet(const destinationmetier::booking::v1::GetBookingRequest& request,
                 Violations& violations);
void ValidateList(const destinationmetier::booking::v1::ListBookingsRequest& request,
                  Violations& violations);
void ValidateAccept(const destinationmetier::booking::v1::AcceptBookingRequest& request,
                    Violations& violations);
void ValidateDecline(const destinationmetier::booking::v1::DeclineBookingRequest& request,
                     Violations& violations);
void ValidateCancel(const destinationmetier::booking::v1::CancelBookingRequest& request,
                    Violations& violations);

}  // namespace dm::booking
