#pragma once

#include "absl/time/time.h"
#include "services/catalogue/domain/company.h"
#include "services/catalogue/domain/labelled.h"
#include "services/catalogue/domain/offer_content.h"
#include "services/catalogue/domain/offer_state.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dm::catalogue {

struct Session {
  std::string id;
  absl::Time start;
  absl::Time end;
  int capacity = 0;
  // Never negative, also when a capacity was lowered below what is held; 0 when it is cancelled.
  int available = 0;
  std::optional<absl::Time> cancel_time;
  bool closed = false;
  // 0 where it was not read: in public reads.
  int64_t version = 0;
};

struct Offer {
  std::string id;
  std::string siret;
  std::string company_display_name;
  std::string rome_code;
  std::string profession_title;
  std::string title;
  std::string description;
  // Numbers of destinationmetier.type.v1.Audience.
  std::vector<int> audiences;
  Place place;
  std::vector<Labelled> sectors;
  Accessibility accessibility = Accessibility::kUnstated;
  bool instant_confirmation = false;
  bool demonstration = false;
  std::vector<Session> sessions;
  std::optional<double> distance_km;
  // ROME's OGR code; empty when there is none.
  std::string appellation;
  WorkMode work_mode = WorkMode::kOnSite;
  std::vector<std::string> languages;
  std::vector<DayHours> hours;
  std::string supervision;
  std::string to_bring;
  std::vector<std::string> reserved_schools;
  bool priority_areas_only = false;
  // The key of one of the company's sites, where `place` then is; empty for its own address.
  std::string site;
  OfferState state = OfferState::kPublished;
};

}  // namespace dm::catalogue
