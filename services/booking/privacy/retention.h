#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/execution/recurring_task.h"
#include "common/time/clock.h"
#include "services/booking/domain/eligibility.h"

#include <cstdint>
#include <memory>

namespace dm::booking {

// Keeps what is kept of people no longer than it may be: bookings lose the name of their applicant
// when the time of their scheme is over (the rule files say how long), people whom nobody has
// touched for long are erased, answers to repeated requests go after two days, records of an
// agency's looks after a year, proofs that are nobody's once nobody can dispute them any more.
// Works in small transactions; rows that another replica is at are left to it. Thread-safe.
class Retention {
 public:
  // Database and clock outlive this. `people_kept`: how long somebody without a booking is kept;
  // `proofs_kept`: how long a consent, an agreement or an erasure can be shown to have been.
  Retention(database::Database* database, const Clock* clock, std::shared_ptr<const RuleBook> rules,
            absl::Duration people_kept, absl::Duration proofs_kept);

  // Runs at once and every hour. Nothing runs before.
  void Start() { task_.Start(); }

  struct Report {
    int64_t bookings = 0;
    // Whose erasure was asked for; Erasures does it.
    int64_t people = 0;
    int64_t guardians = 0;
    int64_t answers = 0;
    int64_t looks = 0;
    int64_t proofs = 0;
  };
  // Does all that is due now.
  absl::StatusOr<Report> RunOnce();

 private:
  absl::Status AnonymizeScheme(Scheme scheme, Report* report);
  absl::Status LetPeopleGo(Report* report);

  database::Database* const database_;
  const Clock* const clock_;
  const std::shared_ptr<const RuleBook> rules_;
  const absl::Duration people_kept_;
  const absl::Duration proofs_kept_;
  RecurringTask task_;
};

}  // namespace dm::booking
