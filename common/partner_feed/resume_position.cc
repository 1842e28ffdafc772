#include "common/partner_feed/resume_position.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/errors/error.h"
#include "destinationmetier/gateway/v1/partner_event_service.pb.h"

#include <optional>
#include <utility>

namespace dm::partner_feed {
namespace {

constexpr char kStartAnew[] = "take a position with from_end, export, and follow from there";

}  // namespace

std::string FingerprintOf(const EventFilter& filter) {
  // The sets are in order, and a stream and a long poll of one filter share their positions.
  destinationmetier::gateway::v1::SubscribeRequest asked;
  for (const std::string& type : filter.types) asked.add_types(type);
  for (const std::string& department : filter.departments) asked.add_departments(department);
  // No département has this name.
  if (filter.everywhere) asked.add_departments("*");
  return rpc::QueryFingerprint(asked);
}

std::string WritePosition(const rpc::PageTokens& tokens, absl::string_view fingerprint,
                          const Positions& positions) {
  std::vector<std::string> parts;
  for (const int64_t position : positions) parts.push_back(absl::StrCat(position));
  return tokens.Make(fingerprint, parts);
}

absl::StatusOr<Positions> ReadPosition(const rpc::PageTokens& tokens, absl::string_view fingerprint,
                                       absl::string_view text, size_t sources) {
  const auto parts = tokens.ReadLasting(text, fingerprint);
  if (!parts.has_value() || parts->size() != sources) return PositionInvalid();
  Positions positions;
  for (const std::string& part : *parts) {
    int64_t position = 0;
    if (!absl::SimpleAtoi(part, &position) || position < 0) return PositionInvalid();
    positions.push_back(position);
  }
  return positions;
}

absl::Status PositionInvalid(absl::string_view field) {
  return MakeError(
      absl::StatusCode::kInvalidArgument,
      absl::StrCat("one cannot go on from this position: ", kStartAnew),
      {.reason = "POSITION_INVALID",
       .fields = {{std::string(field),
                   "is not a position of this feed, filter and territory, or the feed was reset"}},
       .message_fr = "La reprise n'est pas possible à cet endroit. Exportez de nouveau les offres, "
                     "puis suivez le flux depuis sa fin.",
       .message_en = "This position cannot be resumed from. Export again, then follow from the "
                     "end."});
}

absl::Status AsReaderError(const absl::Status& status) {
  if (absl::IsInvalidArgument(status)) return PositionInvalid();
  if (!absl::IsOutOfRange(status)) return status;
  return MakeError(
      absl::StatusCode::kOutOfRange,
      absl::StrCat("events behind this position were deleted: ", kStartAnew),
      {.reason = "EVENTS_EXPIRED",
       .message_fr =
           "Les événements de cette période ne sont plus disponibles. Exportez de nouveau "
           "les offres, puis suivez le flux depuis sa fin.",
       .message_en = "The events of that time are no longer available. Export again, then follow "
                     "from the end."});
}

}  // namespace dm::partner_feed
