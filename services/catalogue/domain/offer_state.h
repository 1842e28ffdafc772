#pragma once

#include <cstdint>

namespace dm::catalogue {

// Where an offer is in its life. The numbers are stored and are those of the proto's Offer.State.
// offers.published says the same as kPublished and is always written with it.
enum class OfferState : uint8_t {
  kDraft = 1,
  kSubmitted = 2,
  kPublished = 3,
  kSuspended = 4,
  kArchived = 5,
};

// Who takes steps. Their names are stored, so they are never changed.
enum class OfferParty : uint8_t { kHost, kAgency, kOperator, kPartner, kSystem };

}  // namespace dm::catalogue
