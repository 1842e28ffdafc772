#pragma once

#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/events/event.h"

#include <string>
#include <vector>

namespace dm::catalogue {

// What one transaction tells of sessions: whoever writes sessions, or what is told of them with
// their offers and companies, notes here which, and announces them as they are in the end.
// Throws pqxx exceptions, like Transaction::Exec.
class SessionEvents {
 public:
  // At most one in a transaction, which outlives it: its notes are the temporary table
  // touched_sessions (id), into which statements may also write by themselves.
  SessionEvents(database::Transaction* transaction, absl::Time now);

  // Sessions that are new, or that the caller changed and raised the version of.
  void Note(const std::vector<std::string>& session_ids);

  // Raises the version of the sessions to come of some offers, because what is told of them with
  // the offer or its company changed, and notes them; those that are noted already and cancelled
  // ones stay as they are. `offer_ids` and `sirets` are arrays as PostgreSQL writes them.
  void Touch(const std::string& offer_ids, const std::string& sirets);
  void TouchOffers(const std::vector<std::string>& offer_ids);
  void TouchCompanies(const std::vector<std::string>& sirets);

  // The offers of what is noted, as an array: for TouchOffers of search_changes.h.
  std::string NotedOffers() const;

  // The noted sessions as they now are: scheduled, or closed. Nothing may be noted after this.
  std::vector<events::NewEvent> Announce() const;

 private:
  database::Transaction* const transaction_;
  const absl::Time now_;
};

}  // namespace dm::catalogue
