#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/time/clock.h"
#include "services/booking/domain/command.h"
#include "services/booking/domain/profile.h"
#include "services/booking/store/answer_store.h"

#include <functional>
#include <optional>
#include <string>

namespace dm::booking {

// In which capacity somebody acts on a person.
enum class Access : uint8_t { kNone, kSelf, kAgency };

// The person themself, or an agency that looks after the département; absent when none is known
// yet. Nobody is their own agency.
Access AccessTo(const Actor& actor, const std::string& person,
                const std::optional<std::string>& department);

// What the people who ask for seats say of themselves, and who their guardians are. A change makes
// the ledger look at the person's bookings again. What an agency sees or changes is kept.
// Thread-safe.
class Profiles {
 public:
  // `after_change` runs after each commit that changed something. Database and clock outlive this.
  Profiles(database::Database* database, const Clock* clock, std::function<void()> after_change);

  // NOT_FOUND for a person without a profile, and for all whom the actor has no access to.
  absl::StatusOr<Profile> Get(absl::Time deadline, const Actor& actor, const std::string& person);

  struct ProfileWrite {
    // With the person.
    Applicant applicant;
    // Replaces the applicant's; absent for "as it is".
    std::optional<bool> priority_area;
    // The version that the caller saw; absent for "whatever it is now".
    std::optional<int64_t> expected_version;
    WriteRequest request;
  };
  // Sets or replaces a profile; the same content again changes nothing.
  absl::StatusOr<Profile> Update(absl::Time deadline, const Actor& actor,
                                 const ProfileWrite& write);

  absl::StatusOr<Guardian> GetGuardian(absl::Time deadline, const Actor& actor,
                                       const std::string& person);

  struct GuardianWrite {
    std::string person;
    std::string display_name;
    std::string email;
    std::optional<int64_t> expected_version;
    WriteRequest request;
  };
  // Sets or replaces the guardian. What a guardian before was asked and has not answered is closed.
  absl::StatusOr<Guardian> UpdateGuardian(absl::Time deadline, const Actor& actor,
                                          const GuardianWrite& write);

 private:
  database::Database* const database_;
  const Clock* const clock_;
  const std::function<void()> after_change_;
};

}  // namespace dm::booking
