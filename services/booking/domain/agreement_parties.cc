#include "services/booking/domain/agreement_parties.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace dm::booking {
namespace {

using P = AgreementParty;

constexpr std::array kParties = {P::kApplicant, P::kGuardian, P::kTutor,
                                 P::kSchool,    P::kChamber,  P::kSystem};
constexpr std::array<absl::string_view, kParties.size()> kNames = {
    "APPLICANT", "GUARDIAN", "TUTOR", "SCHOOL", "CHAMBER", "SYSTEM"};

constexpr absl::string_view kMiniStage = "Convention de mini-stage de découverte professionnelle";
constexpr absl::string_view kAgency = "Agence régionale de l'orientation et des métiers";
constexpr absl::string_view kSchool = "Établissement scolaire";

// In the order of the schemes.
constexpr std::array<AgreementKind, 7> kKinds = {{
    {Scheme::kMiniStageCci, kMiniStage, "Chambre de commerce et d'industrie", kSchool,
     SchoolPart::kSignsIfNamed},
    {Scheme::kMiniStageCma, kMiniStage, "Chambre de métiers et de l'artisanat", kSchool,
     SchoolPart::kSignsIfNamed},
    {Scheme::kMiniStageAgriculture, kMiniStage, "Chambre d'agriculture", kSchool,
     SchoolPart::kSignsIfNamed},
    {Scheme::kSchoolObservation, "Convention de séquence d'observation en milieu professionnel",
     kAgency, kSchool, SchoolPart::kSigns},
    {Scheme::kAdultImmersion, "Convention d'immersion professionnelle", kAgency,
     "Organisme prescripteur", SchoolPart::kSigns},
    {Scheme::kInformationVisit, "Convention de visite d'information en entreprise", kAgency,
     kSchool, SchoolPart::kSignsIfNamed},
    {Scheme::kMeeting, "Convention de rencontre", kAgency, kSchool, SchoolPart::kNone},
}};

bool Has(const std::vector<std::string>& values, const std::string& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

}  // namespace

absl::Span<const AgreementParty> AllAgreementParties() { return kParties; }

absl::string_view AgreementPartyName(AgreementParty party) {
  return kNames[static_cast<size_t>(party)];
}

std::optional<AgreementParty> ParseAgreementParty(absl::string_view name) {
  for (const AgreementParty party : kParties) {
    if (AgreementPartyName(party) == name) return party;
  }
  return std::nullopt;
}

absl::Span<const AgreementKind> AllAgreementKinds() { return kKinds; }

const AgreementKind& AgreementKindOf(Scheme scheme) { return kKinds[static_cast<size_t>(scheme)]; }

std::vector<AgreementParty> SignatoriesFor(Scheme scheme, bool minor, bool school_named) {
  std::vector<AgreementParty> parties = {P::kApplicant};
  if (minor) parties.push_back(P::kGuardian);
  parties.push_back(P::kTutor);
  const SchoolPart school = AgreementKindOf(scheme).school;
  if (school == SchoolPart::kSigns || (school == SchoolPart::kSignsIfNamed && school_named)) {
    parties.push_back(P::kSchool);
  }
  return parties;
}

std::vector<AgreementParty> AgreementPartiesOf(const Actor& actor, const Booking& booking) {
  std::vector<AgreementParty> parties;
  if (actor.applicant && actor.person == booking.applicant) parties.push_back(P::kApplicant);
  if (Has(actor.hosts, booking.host)) parties.push_back(P::kTutor);
  if (Has(actor.departments, booking.department)) parties.push_back(P::kChamber);
  return parties;
}

}  // namespace dm::booking
