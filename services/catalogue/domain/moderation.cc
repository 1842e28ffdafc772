#include "services/catalogue/domain/moderation.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/errors/error.h"

#include <algorithm>

namespace dm::catalogue {

bool IsSiteKey(absl::string_view text) {
  return !text.empty() && text.size() <= kLongestSiteKey &&
         std::all_of(text.begin(), text.end(), [](char letter) {
           return absl::ascii_islower(letter) || absl::ascii_isdigit(letter) || letter == '-';
         });
}

bool Moderates(std::optional<OfferParty> party) {
  return party == OfferParty::kAgency || party == OfferParty::kOperator;
}

absl::Status OfferReported(absl::string_view offer_name) {
  return MakeError(absl::StatusCode::kAlreadyExists,
                   absl::StrCat("the person has an open report of this offer: ", offer_name),
                   {.reason = "OFFER_REPORTED",
                    .metadata = {{"resource", std::string(offer_name)}},
                    .message_fr = "Vous avez déjà signalé cette offre : l'agence l'examine.",
                    .message_en = "You have reported this offer already: the agency looks at it."});
}

absl::Status ReportResolved(absl::string_view report_name) {
  const std::string name(report_name);
  return MakeError(absl::StatusCode::kFailedPrecondition,
                   absl::StrCat("the report was answered: ", name),
                   {.reason = "REPORT_RESOLVED",
                    .metadata = {{"resource", name}},
                    .preconditions = {{"REPORT_RESOLVED", name, "a report is answered once"}},
                    .message_fr = "Quelqu'un a déjà répondu à ce signalement.",
                    .message_en = "Somebody has answered this report already."});
}

absl::Status SettingsChanged(absl::string_view settings_name) {
  return MakeError(absl::StatusCode::kAborted,
                   absl::StrCat("the etag is not the current one: ", settings_name),
                   {.reason = "ETAG_MISMATCH",
                    .metadata = {{"resource", std::string(settings_name)}},
                    .message_fr = "Quelqu'un vient de modifier ces réglages. Relisez-les, puis "
                                  "recommencez.",
                    .message_en = "Somebody has just changed these settings. Read them again and "
                                  "retry."});
}

absl::Status SiteInUse(absl::string_view site_name) {
  const std::string name(site_name);
  return MakeError(absl::StatusCode::kFailedPrecondition,
                   absl::StrCat("an offer names the site: ", name),
                   {.reason = "SITE_IN_USE",
                    .metadata = {{"resource", name}},
                    .preconditions = {{"SITE_IN_USE", name, "an offer names it"}},
                    .message_fr = "Une offre a lieu sur ce site : choisissez d'abord un autre lieu "
                                  "pour elle.",
                    .message_en = "An offer takes place at this site: move the offer first."});
}

}  // namespace dm::catalogue
