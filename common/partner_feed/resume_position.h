#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/partner_feed/merged_feed.h"
#include "common/partner_feed/shown_event.h"
#include "common/rpc/page_token.h"

#include <string>

namespace dm::partner_feed {

// What a filter asks for, as a hash that a position is bound to.
std::string FingerprintOf(const EventFilter& filter);

// The one position of a reader of several feeds: opaque, signed, bound to the filter.
std::string WritePosition(const rpc::PageTokens& tokens, absl::string_view fingerprint,
                          const Positions& positions);
// INVALID_ARGUMENT with reason POSITION_INVALID for what is not ours, was changed or belongs to
// another filter.
absl::StatusOr<Positions> ReadPosition(const rpc::PageTokens& tokens, absl::string_view fingerprint,
                                       absl::string_view text, size_t sources);

// What a reader is told who can only start anew. `field` is where the position was given.
absl::Status PositionInvalid(absl::string_view field = "after");
// What a source's error is to a reader: its position does not help any more, or the error itself.
absl::Status AsReaderError(const absl::Status& status);

}  // namespace dm::partner_feed
