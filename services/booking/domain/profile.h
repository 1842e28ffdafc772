#pragma once

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/errors/error.h"
#include "services/booking/domain/person.h"

#include <cstdint>
#include <optional>
#include <string>

// What may be said of a person, and by whom: a minor must not make themself an adult, nor their own
// guardian.
namespace dm::booking {

// Until this birthday a guardian has to agree.
inline constexpr int kAgeOfMajority = 18;

// A profile as it is kept.
struct Profile {
  Applicant applicant;
  // The agency vouches for the birth date.
  bool birth_date_proven = false;
  // 1 when made, raised by 1 at each change.
  int64_t version = 1;
};

// Who agrees for a minor: no user of the platform, reached by mail alone.
struct Guardian {
  // UUIDv7; another one each time the guardian is replaced.
  std::string id;
  // The applicant, "people/{subject}".
  std::string person;
  std::string display_name;
  std::string email;
  // Raised by 1 at each change, from guardian to guardian.
  int64_t version = 1;
  // Has answered by a link, or was named by the agency.
  bool bound = false;
};

// Who changes it.
enum class Author : uint8_t { kApplicant, kAgency };

// Adds a violation for every field, as UpdateApplicantRequest spells it, that cannot be true on
// that day: an age at which nobody is at that level, a school or a département that does not exist.
void CheckApplicant(const Applicant& applicant, absl::CivilDay today, Violations& violations);

// What a birth date was good for before, beside the profile.
struct PersonPast {
  bool has_booked = false;
  // What was known of the person then is not known any more, a proven birth date included.
  bool was_erased = false;
};

// Whether the change may be made on that day. Who has asked for a seat, or whose birth date the
// agency knows, can no longer choose it; who was erased can, but not so as to be an adult:
// FAILED_PRECONDITION with reason BIRTH_DATE_FIXED.
absl::Status CheckProfileChange(const std::optional<Profile>& before, const Applicant& after,
                                Author author, const PersonPast& past, absl::CivilDay today);

// Whether the guardian may be changed. One who has answered, or whom the agency named, only the
// agency replaces: FAILED_PRECONDITION with reason GUARDIAN_BOUND. `changes` were made by the
// applicant within a day: at most kGuardianChangesADay, so that nobody's mailbox is filled by
// somebody else's hand; else RESOURCE_EXHAUSTED with reason GUARDIAN_CHANGED_TOO_OFTEN.
absl::Status CheckGuardianChange(const std::optional<Guardian>& before, Author author, int changes);

inline constexpr int kGuardianChangesADay = 5;

}  // namespace dm::booking
