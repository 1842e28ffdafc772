#pragma once

#include "absl/time/time.h"
#include "services/catalogue/domain/offer.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Why people do not find an offer.
namespace dm::catalogue {

// The numbers are those of the proto's Visibility.Code.
enum class VisibilityCode : uint8_t {
  kDraft = 1,
  kSubmitted = 2,
  kRejected = 3,
  kSuspendedByHost = 4,
  kSuspendedByAgency = 5,
  kSuspendedBySystem = 6,
  kArchived = 7,
  kCompanyBanned = 8,
  kCompanyClosed = 9,
  kNoSession = 10,
  kAllSessionsPast = 11,
  kAllSessionsClosed = 12,
  kAllSessionsCancelled = 13,
  kFull = 14,
  kQuotaReached = 15,
  kProfessionObsolete = 16,
  kAudiencesEmpty = 17,
  kReserved = 18,
  kNotIndexedYet = 19,
};

struct VisibilityFacts {
  OfferState state = OfferState::kDraft;
  OfferParty decided_by = OfferParty::kHost;
  bool rejected = false;
  absl::Time state_since;
  bool company_banned = false;
  std::optional<absl::Time> company_closed_since;
  // All that it ever had; `available` counts booked seats.
  std::vector<Session> sessions;
  int monthly_request_quota = 0;
  int requests_this_month = 0;
  bool profession_obsolete = false;
  bool has_audiences = true;
  bool reserved = false;
  // What searches look at in memory: nothing of it yet, or something that is no longer so.
  bool searchable = true;
  bool searched_as_it_is = true;
};

struct VisibilityReason {
  VisibilityCode code;
  // In plain French.
  std::string text;
  // What can be done about it; empty when nothing can.
  std::string fix;
  std::optional<absl::Time> since;
  // Whether it hides the offer from everybody.
  bool hides = true;
};

// All reasons at once; a search without conditions shows the offer when none of them hides it.
std::vector<VisibilityReason> ExplainVisibility(const VisibilityFacts& facts, absl::Time now);

}  // namespace dm::catalogue
