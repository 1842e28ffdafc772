#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "services/catalogue/domain/offer_state.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// The life of an offer as one table: state, step and party make the next state, and why.
namespace dm::catalogue {

// What can be asked of an offer. kEdit is a change of what the agency has read; what changes else
// is no step. The last four follow from what happened elsewhere.
enum class OfferStep : uint8_t {
  kCreate,
  kSubmit,
  kApprove,
  kReject,
  kSuspend,
  kResume,
  kArchive,
  kEdit,
  kCompanyBanned,
  kCompanyClosed,
  kSessionsPast,
  kVanished,
};

enum class OfferGuard : uint8_t {
  kAlways,
  // The company may offer something: it is neither banned nor closed.
  kCompanyInGoodStanding,
  // That, and the offer says all that it must.
  kComplete,
  // That of the company, and the host itself suspended the offer.
  kOwnSuspension,
};

// What is known of an offer and its company when a step is asked.
struct OfferFacts {
  bool company_banned = false;
  bool company_closed = false;
  // Who decided the state that it is in.
  OfferParty decided_by = OfferParty::kHost;
  // What is missing, as fields of the proto's Offer with a French sentence each.
  struct Lack {
    std::string field;
    std::string text;
  };
  std::vector<Lack> lacks;
};

// One row of the table.
struct OfferTransition {
  // Absent for an offer that is begun.
  std::optional<OfferState> from;
  OfferStep step;
  OfferParty party;
  OfferGuard guard;
  OfferState to;
  // The name of OfferRecord.Cause without its prefix, as stored and told; empty for nothing to say.
  absl::string_view why;
};

absl::Span<const OfferStep> AllOfferSteps();
absl::Span<const OfferState> AllOfferStates();
absl::Span<const OfferParty> AllOfferParties();

// "HOST", "PUBLISHED", "APPROVE": the first two are stored and travel in events.
absl::string_view OfferPartyName(OfferParty party);
absl::string_view OfferStateName(OfferState state);
absl::string_view OfferStepName(OfferStep step);
// kSystem for a name that is none.
OfferParty ParseOfferParty(absl::string_view name);

// The whole table. Code, tests and the picture in the README are made from it.
absl::Span<const OfferTransition> AllOfferTransitions();

// The row for a step; null when the state does not allow it to this party.
const OfferTransition* FindOfferTransition(std::optional<OfferState> from, OfferStep step,
                                           OfferParty party);

// The row that is taken. NOT_FOUND for a step that is never this party's; FAILED_PRECONDITION with
// reason OFFER_STATE_CONFLICT, COMPANY_BANNED, COMPANY_CLOSED or OFFER_INCOMPLETE.
absl::StatusOr<OfferTransition> DecideOfferStep(absl::string_view offer_name,
                                                std::optional<OfferState> from, OfferStep step,
                                                OfferParty party, const OfferFacts& facts);

// COMPANY_BANNED or COMPANY_CLOSED, else OK.
absl::Status CheckStanding(absl::string_view subject, const OfferFacts& facts);

// OFFER_STATE_CONFLICT for what is over: nothing of it changes any more.
absl::Status CheckEditable(absl::string_view offer_name, OfferState state);

// OFFER_INCOMPLETE, which names them all.
absl::Status IncompleteOffer(absl::string_view offer_name,
                             const std::vector<OfferFacts::Lack>& lacks);

// As a Mermaid diagram, a line an edge.
std::string OfferTransitionsPicture();

}  // namespace dm::catalogue
