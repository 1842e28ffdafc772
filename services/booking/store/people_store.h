#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/booking/domain/profile.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// The rows of applicants and guardians. Everything throws as Transaction::Exec does; what changes a
// person runs under LockPeople.
namespace dm::booking {

std::optional<Profile> FindProfile(database::Transaction& transaction, const std::string& person);
// Of these people, in no order.
std::vector<Profile> FindProfiles(database::Transaction& transaction,
                                  const std::vector<std::string>& people);
// Adds profiles or replaces them with all that they hold.
void PutProfiles(database::Transaction& transaction, const std::vector<Profile>& profiles,
                 absl::Time now);

// Those of these people who ever had a booking.
std::vector<std::string> WhoHasBooked(database::Transaction& transaction,
                                      const std::vector<std::string>& people);

// The present guardian.
std::optional<Guardian> FindGuardian(database::Transaction& transaction, const std::string& person);
std::vector<Guardian> FindGuardians(database::Transaction& transaction,
                                    const std::vector<std::string>& people);
// How often the person has set their guardian since then.
int CountGuardianChanges(database::Transaction& transaction, const std::string& person,
                         absl::Time since);
// Makes these the guardians of their applicants. Those before stay where a consent or a question
// refers to them, and go otherwise; what they were asked and have not answered is closed, and so
// are their links to agreements that they have not signed.
void PutGuardians(database::Transaction& transaction, const std::vector<Guardian>& guardians,
                  absl::Time now);
// The guardian has answered.
void BindGuardian(database::Transaction& transaction, const std::string& guardian_id);
// Who the guardian of the person was goes, with all that they agreed to, were asked and have not
// signed yet. Runs under LockPeople, before RequestReview.
void ForgetGuardian(database::Transaction& transaction, const std::string& person,
                    const std::string& guardian_id, absl::Time now);

// What is kept of who saw and changed what. The words are stored.
enum class PersonAction : uint8_t {
  kProfileSeen,
  kProfileChanged,
  kBirthDateChanged,
  kGuardianSeen,
  kGuardianChanged,
  kGuardianErased,
  kConsentsSeen,
  kConsentAsked,
  kConsentGiven,
  kConsentRefused,
  kConsentWithdrawn,
  kExported,
};
absl::string_view PersonActionName(PersonAction action);

// Who acts when nobody has signed in.
inline constexpr char kGuardianActor[] = "guardian";
inline constexpr char kSystemActor[] = "system";

// `actor` is "people/{subject}" or one of the above.
void RecordPersonAction(database::Transaction& transaction, const std::string& person,
                        const std::string& actor, PersonAction action, absl::Time now);
void RecordPersonActions(database::Transaction& transaction, const std::vector<std::string>& people,
                         const std::string& actor, PersonAction action, absl::Time now);

}  // namespace dm::booking
