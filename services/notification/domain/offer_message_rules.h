#pragma once

#include "absl/time/time.h"
#include "services/notification/domain/message.h"

#include <cstdint>
#include <optional>
#include <string>

// Which message follows from what happens to an offer.
namespace dm::notification {

enum class OfferActor : uint8_t { kHost, kAgency, kOperator, kPartner, kSystem };

// A step of an offer's life, as the feed of catalogue tells it.
struct OfferStep {
  // UUID.
  std::string event_id;
  // "offers/{offer}".
  std::string offer;
  // "companies/{siret}".
  std::string company;
  // Code of the département whose agency it belongs to.
  std::string department;
  // As named in catalogue.v1.Offer.State; `from_state` is empty for a new offer.
  std::string from_state;
  std::string to_state;
  // Why, a fixed word: "EDITED".
  std::string reason;
  int64_t version = 1;
  OfferActor actor = OfferActor::kSystem;
  // When it was taken.
  absl::Time time;
  std::string title;
};

// An offer that somebody reported.
struct ReportedOffer {
  // UUID.
  std::string event_id;
  // "offerReports/{report}".
  std::string report;
  std::string department;
  // When.
  absl::Time time;
};

struct OfferMessage {
  // UUID: the event's, or what several events have in common. One message a cause, recipient and
  // kind.
  std::string cause;
  PlannedMessage planned;
  // What its link leads to, "offers/{offer}" or "offerReports/{report}"; empty for a message about
  // many.
  std::string resource;
  // The step that it is about, so that those of one offer go in their order.
  std::optional<int64_t> version;
  // The offer's; may be empty.
  std::string title;
  absl::Time time;
  // W3C trace context of the cause; of the first where there are several.
  std::string traceparent = "";
};

// The party that stands for the agency of a département.
std::string AgencyOf(const std::string& department);

// The agency is told of what waits for it and did not come from itself, the company of what
// somebody else decided about its offer. Steps of lists, and states and reasons that are not known,
// give none.
std::optional<OfferMessage> MessageFor(const OfferStep& step);
OfferMessage MessageFor(const ReportedOffer& reported);

}  // namespace dm::notification
