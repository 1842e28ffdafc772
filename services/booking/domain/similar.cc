#include "services/booking/domain/similar.h"

namespace dm::booking {
namespace {

using S = BookingState;

struct Loss {
  BookingState to;
  absl::string_view why;
  SimilarHosts hosts;
};

constexpr Loss kLosses[] = {
    {S::kDeclined, "HOST_DECLINED", SimilarHosts::kOthersFirst},
    {S::kExpired, "HOST_DID_NOT_ANSWER", SimilarHosts::kOthersFirst},
    {S::kExpired, "OFFER_EXPIRED", SimilarHosts::kAny},
    {S::kExpired, "WAITLIST_ENDED", SimilarHosts::kAny},
    {S::kCancelled, "SESSION_CANCELLED", SimilarHosts::kOthersFirst},
    {S::kNoShow, "HOST_ABSENT", SimilarHosts::kOthersFirst},
};

}  // namespace

std::optional<SimilarHosts> SimilarHostsAfter(BookingState to, absl::string_view why) {
  for (const Loss& loss : kLosses) {
    if (loss.to == to && loss.why == why) return loss.hosts;
  }
  return std::nullopt;
}

}  // namespace dm::booking
