#pragma once

#include "absl/strings/string_view.h"
#include "destinationmetier/event/v1/event_feed_service.pb.h"
#include "destinationmetier/event/v1/person_events.pb.h"
#include "destinationmetier/gateway/v1/partner_event_service.pb.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

// What of the suite's events its partners see. Pure.
namespace dm::partner_feed {

// Full names of the types that partners may follow, as PartnerEventService says.
const std::vector<std::string>& SharedTypes();

// The full name of a shared type that is named with its package or without; absent for any other.
std::optional<std::string> SharedTypeOf(absl::string_view name);

// What a reader follows.
struct EventFilter {
  // Full names; never empty.
  std::set<std::string> types;
  // Every département, else those.
  bool everywhere = false;
  std::set<std::string> departments;

  bool Covers(const std::string& department) const {
    return everywhere || departments.contains(department);
  }
};

// An event as partners see it.
struct ShownEvent {
  // In the feed of its source.
  int64_t sequence = 0;
  // Whole, but for the data of a tombstone, which depends on who reads.
  destinationmetier::gateway::v1::PartnerEvent event;
  // For everybody, whatever their territory.
  bool for_everybody = false;
  // Of a person's tombstone.
  destinationmetier::event::v1::PersonErased erased;
};

// Absent for what no partner sees.
std::optional<ShownEvent> Show(const destinationmetier::event::v1::Event& event);

// The event as this reader gets it; absent when it is not meant for them.
std::optional<destinationmetier::gateway::v1::PartnerEvent> ShowTo(const EventFilter& reader,
                                                                   const ShownEvent& shown);

}  // namespace dm::partner_feed
