#include "services/booking/domain/consent_text.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/time/clock.h"
#include "common/time/french_date.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <utility>

namespace dm::booking {
namespace {

constexpr absl::string_view kLead =
    "En tant que responsable légal·e, j'autorise mon enfant à participer ";
constexpr absl::string_view kTail =
    " Je peux retirer cet accord à tout moment avec le lien que j'ai reçu.";

absl::string_view ActivitiesOf(Scheme scheme) {
  switch (scheme) {
    case Scheme::kMiniStageCci:
      return "aux mini-stages en entreprise suivis par une chambre de commerce et d'industrie";
    case Scheme::kMiniStageCma:
      return "aux mini-stages en entreprise suivis par une chambre de métiers et de l'artisanat";
    case Scheme::kMiniStageAgriculture:
      return "aux mini-stages en entreprise suivis par une chambre d'agriculture";
    case Scheme::kSchoolObservation:
      return "aux séquences d'observation en milieu professionnel";
    case Scheme::kAdultImmersion:
      return "aux immersions professionnelles";
    case Scheme::kInformationVisit:
      return "aux visites d'information en entreprise";
    case Scheme::kMeeting:
      return "aux échanges à distance avec des ambassadeurs et ambassadrices métier";
  }
  return "";
}

std::string Hash(const std::string& text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> hash;
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), hash.data());
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(hash.data()), hash.size()));
}

ConsentChoice Choice(ConsentTerms terms, const std::string& what) {
  std::string text = absl::StrCat(kLead, what, kTail);
  std::string hash = Hash(text);
  return {std::move(terms), std::move(text), std::move(hash)};
}

}  // namespace

absl::CivilDay EndOfSchoolYear(absl::CivilDay day) {
  const absl::CivilDay end(day.year(), 8, 31);
  return day <= end ? end : absl::CivilDay(day.year() + 1, 8, 31);
}

std::vector<ConsentChoice> ConsentChoices(const ConsentSubject& subject, absl::CivilDay today) {
  // The end is the instant after.
  const absl::CivilDay last_day =
      absl::ToCivilDay(subject.end_time - absl::Nanoseconds(1), ParisTimeZone());
  const absl::CivilDay until = EndOfSchoolYear(last_day);
  const std::string until_then = absl::StrCat(" jusqu'au ", FrenchDay(until), " inclus.");
  std::vector<ConsentChoice> choices = {
      Choice({.scope = Consent::Scope::kBooking,
              .booking_id = subject.booking_id,
              .scheme = std::nullopt,
              .until = std::nullopt},
             absl::StrCat("à « ", subject.session_title, " », ",
                          FrenchPeriod(subject.start_time, subject.end_time), ".")),
      Choice({.scope = Consent::Scope::kScheme,
              .booking_id = "",
              .scheme = subject.scheme,
              .until = until},
             absl::StrCat(ActivitiesOf(subject.scheme), until_then)),
      Choice(
          {.scope = Consent::Scope::kAll, .booking_id = "", .scheme = std::nullopt, .until = until},
          absl::StrCat("à toutes les rencontres et à tous les mini-stages", until_then)),
  };
  choices.erase(std::remove_if(choices.begin(), choices.end(),
                               [today](const ConsentChoice& choice) {
                                 return !UntilFault(choice.terms, today).empty();
                               }),
                choices.end());
  return choices;
}

}  // namespace dm::booking
