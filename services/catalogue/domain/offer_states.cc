#include "services/catalogue/domain/offer_states.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/errors/error.h"

#include <algorithm>
#include <array>
#include <utility>

namespace dm::catalogue {
namespace {

using S = OfferState;
using P = OfferParty;
using T = OfferStep;
using G = OfferGuard;

constexpr std::array kSteps = {
    T::kCreate,  T::kSubmit, T::kApprove,       T::kReject,        T::kSuspend,      T::kResume,
    T::kArchive, T::kEdit,   T::kCompanyBanned, T::kCompanyClosed, T::kSessionsPast, T::kVanished};
constexpr std::array kStates = {S::kDraft, S::kSubmitted, S::kPublished, S::kSuspended,
                                S::kArchived};
constexpr std::array kParties = {P::kHost, P::kAgency, P::kOperator, P::kPartner, P::kSystem};

// A partner takes the steps of a host for what it pushed, and may approve where its token says so:
// whoever asks for it has seen that.
// clang-format off
constexpr OfferTransition kTransitions[] = {
    {std::nullopt, T::kCreate, P::kHost, G::kCompanyInGoodStanding, S::kDraft, ""},
    {std::nullopt, T::kCreate, P::kAgency, G::kCompanyInGoodStanding, S::kDraft, ""},
    {std::nullopt, T::kCreate, P::kOperator, G::kCompanyInGoodStanding, S::kDraft, ""},
    {std::nullopt, T::kCreate, P::kPartner, G::kCompanyInGoodStanding, S::kDraft, "IMPORTED"},

    {S::kDraft, T::kSubmit, P::kHost, G::kComplete, S::kSubmitted, ""},
    {S::kDraft, T::kSubmit, P::kAgency, G::kComplete, S::kSubmitted, ""},
    {S::kDraft, T::kSubmit, P::kOperator, G::kComplete, S::kSubmitted, ""},
    {S::kDraft, T::kSubmit, P::kPartner, G::kComplete, S::kSubmitted, "IMPORTED"},
    {S::kDraft, T::kArchive, P::kHost, G::kAlways, S::kArchived, "HOST_DECISION"},
    {S::kDraft, T::kArchive, P::kAgency, G::kAlways, S::kArchived, "AGENCY_DECISION"},
    {S::kDraft, T::kArchive, P::kOperator, G::kAlways, S::kArchived, "AGENCY_DECISION"},
    {S::kDraft, T::kArchive, P::kPartner, G::kAlways, S::kArchived, "IMPORTED"},
    {S::kDraft, T::kVanished, P::kSystem, G::kAlways, S::kArchived, "VANISHED"},

    {S::kSubmitted, T::kApprove, P::kAgency, G::kCompanyInGoodStanding, S::kPublished, ""},
    {S::kSubmitted, T::kApprove, P::kOperator, G::kCompanyInGoodStanding, S::kPublished, ""},
    {S::kSubmitted, T::kApprove, P::kPartner, G::kCompanyInGoodStanding, S::kPublished, "IMPORTED"},
    {S::kSubmitted, T::kReject, P::kAgency, G::kAlways, S::kDraft, "REJECTED"},
    {S::kSubmitted, T::kReject, P::kOperator, G::kAlways, S::kDraft, "REJECTED"},
    {S::kSubmitted, T::kArchive, P::kHost, G::kAlways, S::kArchived, "HOST_DECISION"},
    {S::kSubmitted, T::kArchive, P::kPartner, G::kAlways, S::kArchived, "IMPORTED"},
    {S::kSubmitted, T::kVanished, P::kSystem, G::kAlways, S::kArchived, "VANISHED"},

    {S::kPublished, T::kSuspend, P::kHost, G::kAlways, S::kSuspended, "HOST_DECISION"},
    {S::kPublished, T::kSuspend, P::kAgency, G::kAlways, S::kSuspended, "AGENCY_DECISION"},
    {S::kPublished, T::kSuspend, P::kOperator, G::kAlways, S::kSuspended, "AGENCY_DECISION"},
    {S::kPublished, T::kEdit, P::kHost, G::kAlways, S::kSubmitted, "EDITED"},
    {S::kPublished, T::kEdit, P::kPartner, G::kAlways, S::kSubmitted, "EDITED"},
    {S::kPublished, T::kCompanyBanned, P::kSystem, G::kAlways, S::kSuspended, "COMPANY_BANNED"},
    {S::kPublished, T::kCompanyClosed, P::kSystem, G::kAlways, S::kSuspended, "COMPANY_CLOSED"},
    {S::kPublished, T::kArchive, P::kHost, G::kAlways, S::kArchived, "HOST_DECISION"},
    {S::kPublished, T::kArchive, P::kAgency, G::kAlways, S::kArchived, "AGENCY_DECISION"},
    {S::kPublished, T::kArchive, P::kOperator, G::kAlways, S::kArchived, "AGENCY_DECISION"},
    {S::kPublished, T::kArchive, P::kPartner, G::kAlways, S::kArchived, "IMPORTED"},
    {S::kPublished, T::kSessionsPast, P::kSystem, G::kAlways, S::kArchived, "SESSIONS_PAST"},
    {S::kPublished, T::kVanished, P::kSystem, G::kAlways, S::kArchived, "VANISHED"},

    {S::kSuspended, T::kResume, P::kHost, G::kOwnSuspension, S::kPublished, ""},
    {S::kSuspended, T::kResume, P::kAgency, G::kCompanyInGoodStanding, S::kPublished, ""},
    {S::kSuspended, T::kResume, P::kOperator, G::kCompanyInGoodStanding, S::kPublished, ""},
    {S::kSuspended, T::kEdit, P::kHost, G::kAlways, S::kSubmitted, "EDITED"},
    {S::kSuspended, T::kEdit, P::kPartner, G::kAlways, S::kSubmitted, "EDITED"},
    {S::kSuspended, T::kArchive, P::kHost, G::kAlways, S::kArchived, "HOST_DECISION"},
    {S::kSuspended, T::kArchive, P::kAgency, G::kAlways, S::kArchived, "AGENCY_DECISION"},
    {S::kSuspended, T::kArchive, P::kOperator, G::kAlways, S::kArchived, "AGENCY_DECISION"},
    {S::kSuspended, T::kArchive, P::kPartner, G::kAlways, S::kArchived, "IMPORTED"},
    {S::kSuspended, T::kVanished, P::kSystem, G::kAlways, S::kArchived, "VANISHED"},
};
// clang-format on

bool MayTake(OfferParty party, OfferStep step) {
  return std::any_of(std::begin(kTransitions), std::end(kTransitions),
                     [&](const auto& row) { return row.party == party && row.step == step; });
}

absl::Status Refused(absl::string_view reason, absl::string_view subject, absl::string_view why,
                     absl::string_view french, std::map<std::string, std::string> metadata = {}) {
  metadata["resource"] = std::string(subject);
  return MakeError(
      absl::StatusCode::kFailedPrecondition, absl::StrCat(why, ": ", subject),
      {.reason = std::string(reason),
       .metadata = std::move(metadata),
       .preconditions = {{std::string(reason), std::string(subject), std::string(why)}},
       .message_fr = std::string(french),
       .message_en = absl::StrCat("Not possible: ", why, ".")});
}

absl::Status StateConflict(absl::string_view name, std::optional<OfferState> from,
                           absl::string_view why, absl::string_view french) {
  return Refused("OFFER_STATE_CONFLICT", name, why, french,
                 {{"state", std::string(from.has_value() ? OfferStateName(*from) : "")}});
}

absl::Status Incomplete(absl::string_view name, const std::vector<OfferFacts::Lack>& lacks) {
  std::vector<std::string> texts;
  ErrorDetails details{.reason = "OFFER_INCOMPLETE",
                       .metadata = {{"resource", std::string(name)}},
                       .message_en = "The offer does not say all that it must yet."};
  for (const OfferFacts::Lack& lack : lacks) {
    details.fields.push_back({absl::StrCat("offer.", lack.field), lack.text});
    details.preconditions.push_back({"OFFER_INCOMPLETE", std::string(name), lack.field});
    texts.push_back(lack.text);
  }
  details.message_fr = absl::StrCat("Il manque : ", absl::StrJoin(texts, " ; "), ".");
  return MakeError(absl::StatusCode::kFailedPrecondition,
                   absl::StrCat("the offer is incomplete: ", name), std::move(details));
}

absl::Status CheckGuard(absl::string_view name, const OfferTransition& row,
                        const OfferFacts& facts) {
  if (row.guard == G::kAlways) return absl::OkStatus();
  if (row.guard == G::kOwnSuspension && facts.decided_by != P::kHost) {
    return StateConflict(name, row.from, "somebody else than the host suspended it",
                         "Ce n'est pas vous qui avez suspendu cette offre : adressez-vous à "
                         "l'agence.");
  }
  if (absl::Status standing = CheckStanding(name, facts); !standing.ok()) return standing;
  if (row.guard == G::kComplete && !facts.lacks.empty()) return Incomplete(name, facts.lacks);
  return absl::OkStatus();
}

}  // namespace

absl::Span<const OfferStep> AllOfferSteps() { return kSteps; }
absl::Span<const OfferState> AllOfferStates() { return kStates; }
absl::Span<const OfferParty> AllOfferParties() { return kParties; }

absl::string_view OfferPartyName(OfferParty party) {
  constexpr absl::string_view kNames[] = {"HOST", "AGENCY", "OPERATOR", "PARTNER", "SYSTEM"};
  return kNames[static_cast<size_t>(party)];
}

OfferParty ParseOfferParty(absl::string_view name) {
  for (const OfferParty party : kParties) {
    if (OfferPartyName(party) == name) return party;
  }
  return OfferParty::kSystem;
}

absl::string_view OfferStateName(OfferState state) {
  constexpr absl::string_view kNames[] = {"DRAFT", "SUBMITTED", "PUBLISHED", "SUSPENDED",
                                          "ARCHIVED"};
  return kNames[static_cast<size_t>(state) - 1];
}

absl::string_view OfferStepName(OfferStep step) {
  constexpr absl::string_view kNames[] = {
      "CREATE",  "SUBMIT", "APPROVE",        "REJECT",         "SUSPEND",       "RESUME",
      "ARCHIVE", "EDIT",   "COMPANY_BANNED", "COMPANY_CLOSED", "SESSIONS_PAST", "VANISHED"};
  return kNames[static_cast<size_t>(step)];
}

absl::Span<const OfferTransition> AllOfferTransitions() { return kTransitions; }

const OfferTransition* FindOfferTransition(std::optional<OfferState> from, OfferStep step,
                                           OfferParty party) {
  for (const OfferTransition& row : kTransitions) {
    if (row.from == from && row.step == step && row.party == party) return &row;
  }
  return nullptr;
}

absl::Status CheckStanding(absl::string_view subject, const OfferFacts& facts) {
  if (facts.company_banned) {
    return Refused("COMPANY_BANNED", subject, "the company is banned",
                   "L'agence a suspendu cette entreprise : elle ne peut rien publier.");
  }
  if (facts.company_closed) {
    return Refused("COMPANY_CLOSED", subject, "the company is closed",
                   "Cet établissement est fermé selon le répertoire SIRENE.");
  }
  return absl::OkStatus();
}

absl::StatusOr<OfferTransition> DecideOfferStep(absl::string_view offer_name,
                                                std::optional<OfferState> from, OfferStep step,
                                                OfferParty party, const OfferFacts& facts) {
  if (!MayTake(party, step)) return dm::NotFoundError(offer_name);
  const OfferTransition* const row = FindOfferTransition(from, step, party);
  if (row == nullptr) {
    return StateConflict(offer_name, from, "its state does not allow that",
                         "L'état de cette offre ne le permet pas. Relisez-la.");
  }
  if (absl::Status status = CheckGuard(offer_name, *row, facts); !status.ok()) return status;
  return *row;
}

absl::Status CheckEditable(absl::string_view offer_name, OfferState state) {
  if (state != S::kArchived) return absl::OkStatus();
  return StateConflict(offer_name, state, "it is archived",
                       "Cette offre est archivée : dupliquez-la vers de nouvelles dates.");
}

absl::Status IncompleteOffer(absl::string_view offer_name,
                             const std::vector<OfferFacts::Lack>& lacks) {
  return Incomplete(offer_name, lacks);
}

std::string OfferTransitionsPicture() {
  // Edges between the same two states share a line.
  std::vector<std::pair<std::string, std::vector<std::string>>> edges;
  for (const OfferTransition& row : kTransitions) {
    const std::string edge = absl::StrCat(row.from.has_value() ? OfferStateName(*row.from) : "[*]",
                                          " --> ", OfferStateName(row.to));
    auto found = std::find_if(edges.begin(), edges.end(),
                              [&](const auto& known) { return known.first == edge; });
    if (found == edges.end()) found = edges.insert(edges.end(), {edge, {}});
    const std::string step(OfferStepName(row.step));
    if (std::find(found->second.begin(), found->second.end(), step) == found->second.end()) {
      found->second.push_back(step);
    }
  }
  std::string picture = "stateDiagram-v2\n";
  for (const auto& [edge, steps] : edges) {
    absl::StrAppend(&picture, "  ", edge, ": ", absl::StrJoin(steps, ", "), "\n");
  }
  return picture;
}

}  // namespace dm::catalogue
