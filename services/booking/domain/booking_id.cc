#include "services/booking/domain/booking_id.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/text/uuid.h"

namespace dm::booking {

uint16_t LaneTagOfSession(absl::string_view session_id) {
  // FNV-1a of 32 bits, folded.
  uint32_t hash = 2166136261u;
  for (const char c : session_id) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  }
  return static_cast<uint16_t>((hash >> 16) ^ (hash & 0xffffu));
}

uint16_t LaneTagOfBooking(absl::string_view booking_id) {
  uint32_t tag = 0;
  if (booking_id.size() != 36 || !absl::SimpleHexAtoi(booking_id.substr(32), &tag)) return 0;
  return static_cast<uint16_t>(tag);
}

std::string NewBookingId(absl::Time now, absl::string_view session_id) {
  const std::string random = NewUuid(now);
  return absl::StrCat(random.substr(0, 32),
                      absl::Hex(LaneTagOfSession(session_id), absl::kZeroPad4));
}

}  // namespace dm::booking
