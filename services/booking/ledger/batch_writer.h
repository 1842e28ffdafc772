#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/database/database.h"
#include "common/time/clock.h"
#include "services/booking/domain/decision.h"
#include "services/booking/ledger/ledger.h"

#include <functional>
#include <string>
#include <vector>

namespace dm::booking {

// Decides a batch of commands and commits what follows, one answer a command. Thread-safe.
class BatchWriter {
 public:
  BatchWriter(database::Database* database, const Clock* clock, Ledger::TermsSource terms,
              Ledger::Serialize serialize, std::function<void()> after_commit);

  using Answers = std::vector<absl::StatusOr<std::string>>;

  // In the commands' order. `traces` are the trace contexts of the commands' callers, in the same
  // order. `try_reading_first` decides on unlocked rows and ends there when
  // nothing would be written: right for refusals, a detour for all else.
  Answers Write(const std::vector<Command>& commands, absl::Span<const std::string> traces,
                bool try_reading_first) const;

 private:
  absl::StatusOr<Answers> Read(const std::vector<Command>& commands) const;
  absl::StatusOr<Answers> Commit(const std::vector<Command>& commands,
                                 absl::Span<const std::string> traces) const;
  absl::StatusOr<std::string> CommitAlone(const Command& command, const std::string& trace) const;
  Answers ToAnswers(const Decision& decision) const;

  database::Database* const database_;
  const Clock* const clock_;
  const Ledger::TermsSource terms_;
  const Ledger::Serialize serialize_;
  const std::function<void()> after_commit_;
};

}  // namespace dm::booking
