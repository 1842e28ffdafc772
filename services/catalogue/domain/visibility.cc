#include "services/catalogue/domain/visibility.h"

#include <algorithm>
#include <utility>

namespace dm::catalogue {
namespace {

using Code = VisibilityCode;
using Reasons = std::vector<VisibilityReason>;

VisibilityReason Suspended(OfferParty by) {
  switch (by) {
    case OfferParty::kHost:
      return {Code::kSuspendedByHost, "Vous avez suspendu cette offre.", "Reprenez-la."};
    case OfferParty::kSystem:
      return {Code::kSuspendedBySystem, "La plateforme a suspendu cette offre.",
              "Une fois la cause levée, adressez-vous à l'agence."};
    default:
      return {Code::kSuspendedByAgency, "L'agence a suspendu cette offre.",
              "Lisez son motif, puis adressez-vous à elle."};
  }
}

void AddState(const VisibilityFacts& facts, Reasons* reasons) {
  std::optional<VisibilityReason> reason;
  switch (facts.state) {
    case OfferState::kDraft:
      reason = facts.rejected
                   ? VisibilityReason{Code::kRejected, "L'agence vous a rendu cette offre.",
                                      "Lisez son motif, corrigez l'offre et soumettez-la."}
                   : VisibilityReason{Code::kDraft, "Cette offre est un brouillon.",
                                      "Soumettez-la à l'agence."};
      break;
    case OfferState::kSubmitted:
      reason = VisibilityReason{Code::kSubmitted, "Cette offre attend la réponse de l'agence.", ""};
      break;
    case OfferState::kPublished:
      return;
    case OfferState::kSuspended:
      reason = Suspended(facts.decided_by);
      break;
    case OfferState::kArchived:
      reason = VisibilityReason{Code::kArchived, "Cette offre est archivée.",
                                "Dupliquez-la vers de nouvelles dates."};
      break;
  }
  reason->since = facts.state_since;
  reasons->push_back(*std::move(reason));
}

void AddCompany(const VisibilityFacts& facts, Reasons* reasons) {
  if (facts.company_banned) {
    reasons->push_back({Code::kCompanyBanned, "L'agence a suspendu votre entreprise.",
                        "Lisez sa justification, puis adressez-vous à elle."});
  }
  if (facts.company_closed_since.has_value()) {
    reasons->push_back(
        {Code::kCompanyClosed, "Votre établissement est fermé selon le répertoire SIRENE.",
         "Si c'est une erreur, faites-la corriger auprès de l'INSEE.", facts.company_closed_since});
  }
}

template <typename Condition>
bool All(const std::vector<const Session*>& sessions, Condition condition) {
  return std::all_of(sessions.begin(), sessions.end(),
                     [&](const Session* session) { return condition(*session); });
}

void AddSessions(const VisibilityFacts& facts, absl::Time now, Reasons* reasons) {
  if (facts.sessions.empty()) {
    reasons->push_back({Code::kNoSession, "Cette offre n'a aucune date.", "Ajoutez une date."});
    return;
  }
  std::vector<const Session*> to_come;
  absl::Time last = absl::InfinitePast();
  for (const Session& session : facts.sessions) {
    last = std::max(last, session.start);
    if (session.start > now) to_come.push_back(&session);
  }
  if (to_come.empty()) {
    reasons->push_back({Code::kAllSessionsPast, "Toutes les dates sont passées.",
                        "Ajoutez une date à venir.", last});
    return;
  }
  const auto cancelled = [](const Session& one) { return one.cancel_time.has_value(); };
  const auto shut = [&](const Session& one) { return one.closed || cancelled(one); };
  if (All(to_come, cancelled)) {
    reasons->push_back({Code::kAllSessionsCancelled, "Toutes les dates à venir sont annulées.",
                        "Ajoutez une date à venir."});
  } else if (All(to_come, shut)) {
    reasons->push_back({Code::kAllSessionsClosed, "Toutes les dates à venir sont fermées.",
                        "Rouvrez une date, ou ajoutez-en une."});
  } else if (All(to_come, [&](const Session& one) { return shut(one) || one.available == 0; })) {
    reasons->push_back({Code::kFull, "Toutes les places sont prises.",
                        "Augmentez le nombre de places, ou ajoutez une date.", std::nullopt,
                        false});
  }
}

void AddHints(const VisibilityFacts& facts, Reasons* reasons) {
  const auto hint = [reasons](Code code, const char* text, const char* fix) {
    reasons->push_back({code, text, fix, std::nullopt, false});
  };
  if (facts.monthly_request_quota > 0 && facts.requests_this_month >= facts.monthly_request_quota) {
    hint(Code::kQuotaReached, "Vous avez reçu toutes les demandes que vous acceptez ce mois-ci.",
         "Augmentez votre nombre de demandes par mois.");
  }
  if (facts.profession_obsolete) {
    hint(Code::kProfessionObsolete, "Ce métier n'est plus dans le ROME.",
         "Choisissez un métier actuel.");
  }
  if (!facts.has_audiences) {
    hint(Code::kAudiencesEmpty, "Cette offre ne dit pas à quel public elle s'adresse.",
         "Choisissez au moins un public.");
  }
  if (facts.reserved) {
    hint(Code::kReserved, "Cette offre est réservée à certains publics.",
         "Retirez la réserve pour l'ouvrir à tous.");
  }
}

}  // namespace

std::vector<VisibilityReason> ExplainVisibility(const VisibilityFacts& facts, absl::Time now) {
  Reasons reasons;
  AddState(facts, &reasons);
  AddCompany(facts, &reasons);
  AddSessions(facts, now, &reasons);
  const bool hidden = std::any_of(reasons.begin(), reasons.end(),
                                  [](const VisibilityReason& reason) { return reason.hides; });
  if (!hidden && !(facts.searchable && facts.searched_as_it_is)) {
    reasons.push_back({Code::kNotIndexedYet, "Cette offre vient de changer.",
                       "Dans une seconde, les recherches la montreront telle qu'elle est.",
                       std::nullopt, !facts.searchable});
  }
  AddHints(facts, &reasons);
  return reasons;
}

}  // namespace dm::catalogue
