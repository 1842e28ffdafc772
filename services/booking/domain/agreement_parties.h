#pragma once

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "services/booking/domain/booking.h"
#include "services/booking/domain/command.h"
#include "services/booking/domain/scheme.h"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

namespace dm::booking {

// Who has a part in an agreement. The names are stored and sent, so they are never changed.
enum class AgreementParty : uint8_t {
  // The young person, or the adult, who comes.
  kApplicant,
  // Holds parental authority over a minor.
  kGuardian,
  // The host, by the person who will look after the applicant.
  kTutor,
  // The school, or the body that sends an adult.
  kSchool,
  // Reviews and validates: the chamber, or the agency where no chamber is concerned.
  kChamber,
  // The suite itself: what follows from time and from the booking.
  kSystem,
};

absl::Span<const AgreementParty> AllAgreementParties();

// "TUTOR": the name of booking.v1.AgreementParty without its prefix.
absl::string_view AgreementPartyName(AgreementParty party);
std::optional<AgreementParty> ParseAgreementParty(absl::string_view name);

// A set of parties, for tables.
class AgreementParties {
 public:
  constexpr AgreementParties(std::initializer_list<AgreementParty> parties) {
    for (const AgreementParty party : parties) bits_ |= Bit(party);
  }
  constexpr bool Contains(AgreementParty party) const { return (bits_ & Bit(party)) != 0; }

 private:
  static constexpr uint32_t Bit(AgreementParty party) { return 1u << static_cast<uint32_t>(party); }
  uint32_t bits_ = 0;
};

// Whether the school, or the body that sends an adult, signs.
enum class SchoolPart : uint8_t { kSigns, kSignsIfNamed, kNone };

// What differs between the agreements of the schemes.
struct AgreementKind {
  Scheme scheme;
  // "Convention de mini-stage".
  absl::string_view title_fr;
  // Who visas it: "Chambre de commerce et d'industrie".
  absl::string_view visa_fr;
  // What the school is called: "Établissement scolaire".
  absl::string_view school_fr;
  SchoolPart school;
};

absl::Span<const AgreementKind> AllAgreementKinds();
const AgreementKind& AgreementKindOf(Scheme scheme);

// Who must sign, in the order in which they stand on the paper. `minor`: under 18 on the first day.
std::vector<AgreementParty> SignatoriesFor(Scheme scheme, bool minor, bool school_named);

// As which parties a caller may act on the agreement of a booking; empty for whom it does not
// exist.
std::vector<AgreementParty> AgreementPartiesOf(const Actor& actor, const Booking& booking);

}  // namespace dm::booking
