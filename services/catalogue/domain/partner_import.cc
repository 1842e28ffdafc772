#include "services/catalogue/domain/partner_import.h"

#include "absl/strings/ascii.h"
#include "common/errors/error.h"

#include <algorithm>

namespace dm::catalogue {

bool PartnerSender::AnswersFor(const std::string& department) const {
  return everywhere ||
         std::find(departments.begin(), departments.end(), department) != departments.end();
}

void RunCounts::Count(ItemOutcome outcome) {
  switch (outcome) {
    case ItemOutcome::kAdded:
      ++added;
      break;
    case ItemOutcome::kChanged:
      ++changed;
      break;
    case ItemOutcome::kUnchanged:
      ++unchanged;
      break;
    case ItemOutcome::kWithdrawn:
      ++withdrawn;
      break;
    case ItemOutcome::kRefused:
      ++refused;
      break;
  }
}

bool IsPartnerSource(absl::string_view source) {
  return !source.empty() && source.size() <= kLongestPartnerSource &&
         std::all_of(source.begin(), source.end(), [](char c) {
           return absl::ascii_islower(static_cast<unsigned char>(c)) ||
                  absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '-';
         });
}

absl::Status CheckComplete(const RunCounts& counts) {
  if (counts.items() > 0 && counts.refused * 10 < counts.items()) return absl::OkStatus();
  constexpr char kWhy[] = "an empty run, or one of which a tenth was refused, archives nothing";
  return MakeError(absl::StatusCode::kFailedPrecondition, kWhy,
                   {.reason = "INVALID_FIELDS",
                    .preconditions = {{"IMPORT_COMPLETE", "start.complete", kWhy}},
                    .message_fr = "Rien n'a été archivé : l'envoi est vide, ou un dixième au moins "
                                  "en a été refusé.",
                    .message_en = "Nothing was archived: the run is empty, or a tenth or more of "
                                  "it was refused."});
}

std::vector<OfferStep> StepsAfterImport(std::optional<OfferState> state, bool publishes,
                                        bool changes_what_was_read) {
  std::vector<OfferStep> steps;
  if (!state.has_value()) steps.push_back(OfferStep::kCreate);
  if (!state.has_value() || state == OfferState::kDraft) steps.push_back(OfferStep::kSubmit);
  if (publishes && (!steps.empty() || state == OfferState::kSubmitted)) {
    steps.push_back(OfferStep::kApprove);
  }
  const bool was_read = state == OfferState::kPublished || state == OfferState::kSuspended;
  if (was_read && changes_what_was_read && !publishes) {
    steps.push_back(OfferStep::kEdit);
  }
  return steps;
}

}  // namespace dm::catalogue
