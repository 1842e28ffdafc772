#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/time/clock.h"
#include "services/booking/imports/applicant_list.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace dm::booking {

// Takes over what a school or the agency knows of many people. Thread-safe.
class Registration {
 public:
  // As in Profiles.
  Registration(database::Database* database, const Clock* clock,
               std::function<void()> after_change);

  // Who brings the list.
  struct Clerk {
    // "people/{subject}".
    std::string person;
    // Of every département; else of these.
    bool everywhere = false;
    std::vector<std::string> departments;
  };

  struct Counts {
    struct Table {
      int64_t read = 0;
      int64_t added = 0;
      int64_t changed = 0;
    };
    Table applicants;
    Table guardians;
    Table consents;
  };

  // All of it in one transaction, or nothing; nothing with `validate_only` and when `cancelled`
  // answers true (CANCELLED). Birth dates are proven by it, guardians bound. IMPORT_REFUSED for
  // somebody who is, or would be, outside the clerk's territory, and for the clerk themself.
  absl::StatusOr<Counts> Import(absl::Time deadline, const Clerk& clerk,
                                const std::vector<ListedApplicant>& listed, bool validate_only,
                                const std::function<bool()>& cancelled);

 private:
  database::Database* const database_;
  const Clock* const clock_;
  const std::function<void()> after_change_;
};

}  // namespace dm::booking
