#pragma once

#include "absl/time/time.h"
#include "services/catalogue/domain/day_hours.h"

#include <cstdint>
#include <string>
#include <vector>

namespace dm::catalogue {

// The numbers are stored and are those of the protos. offers.accessible says the same as kFull and
// is always written with it.
enum class Accessibility : uint8_t { kUnstated = 0, kNone = 1, kPartial = 2, kFull = 3 };
enum class WorkMode : uint8_t { kOnSite = 1, kRemote = 2, kHybrid = 3 };

constexpr size_t kMostReservedSchools = 50;
constexpr size_t kMostLanguages = 10;
constexpr size_t kMostDayHours = 14;
constexpr size_t kLongestOfferNote = 1000;

// What somebody writes in an offer, whichever way it comes in: through OfferService, by a list of
// the agency or from a partner.
struct OfferContent {
  std::string rome_code;
  // ROME's OGR code; empty when there is none.
  std::string appellation;
  std::string title;
  std::string description;
  // Numbers of destinationmetier.type.v1.Audience, in ascending order.
  std::vector<int> audiences;
  bool instant_confirmation = false;
  bool demonstration = false;
  Accessibility accessibility = Accessibility::kUnstated;
  WorkMode work_mode = WorkMode::kOnSite;
  // ISO 639-1, never empty.
  std::vector<std::string> languages = {"fr"};
  std::vector<DayHours> hours;
  std::string supervision;
  std::string to_bring;
  // UAI codes; empty for everybody.
  std::vector<std::string> reserved_schools;
  bool priority_areas_only = false;
  // The key of one of the company's sites; empty for its own address.
  std::string site;

  friend bool operator==(const OfferContent&, const OfferContent&) = default;
};

// A session as somebody writes it.
struct SessionContent {
  absl::Time start;
  absl::Time end;
  int capacity = 1;
  bool closed = false;

  friend bool operator==(const SessionContent&, const SessionContent&) = default;
};

}  // namespace dm::catalogue
