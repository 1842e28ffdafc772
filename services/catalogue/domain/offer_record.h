#pragma once

#include "absl/time/time.h"
#include "services/catalogue/domain/offer.h"

#include <cstdint>
#include <optional>
#include <string>

namespace dm::catalogue {

// What of a company decides on its offers.
struct CompanyStanding {
  std::string siret;
  // The agency of this département answers for it, wherever its sites lie.
  std::string department;
  bool banned = false;
  std::optional<absl::Time> closed_since;
  // Requests a month at most; 0 for no limit.
  int monthly_request_quota = 0;
};

// An offer as its company and its agency see it.
struct OfferRecord {
  // With all sessions that it ever had, latest first and at most kMostRecordSessions; in lists
  // without them.
  Offer offer;
  CompanyStanding company;
  std::string key;
  int64_t version = 0;
  // Why the state is what it is, who decided that, and what they wrote.
  std::string why;
  std::string why_text;
  OfferParty decided_by = OfferParty::kHost;
  absl::Time create_time;
  absl::Time update_time;
  std::optional<absl::Time> publish_time;
  bool profession_obsolete = false;
  int open_reports = 0;

  std::string Name() const { return "offers/" + offer.id; }
};

constexpr int kMostRecordSessions = 200;

}  // namespace dm::catalogue
