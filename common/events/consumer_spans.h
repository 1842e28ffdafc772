#pragma once

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/telemetry/span.h"
#include "destinationmetier/event/v1/event_feed_service.pb.h"

#include <deque>
#include <string>

namespace dm::events {

// The spans of events that are applied together: a child of each event's own context, from its
// making to its end. The events themselves then name these spans, so that what follows from them
// does. What happened long ago leaves none: a feed that is read again from its beginning is
// nobody's call.
class ConsumerSpans {
 public:
  // `events` outlive this.
  ConsumerSpans(const std::string& feed, absl::Span<destinationmetier::event::v1::Event> events);

  // For the thread that applies them; empty where nothing is recorded.
  std::string first() const;
  void End(absl::StatusCode code);

 private:
  // Spans stay where they are made.
  std::deque<telemetry::Span> spans_;
};

}  // namespace dm::events
