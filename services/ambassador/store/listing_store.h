#pragma once

#include "common/database/database.h"
#include "services/ambassador/domain/ambassador.h"

#include <map>
#include <string>
#include <vector>

// What an import writes and what booking's feed changes. All of these run inside a transaction and
// throw pqxx exceptions.
namespace dm::ambassador::store {

// Ids of rows that a statement wrote.
struct Written {
  std::vector<std::string> added;
  std::vector<std::string> changed;
};

// The département of each of these ambassadors that is known.
std::map<std::string, std::string> DepartmentsOf(database::Transaction& transaction,
                                                 const std::vector<std::string>& ambassador_ids);

// Each id at most once in `ambassadors`.
Written PutAmbassadors(database::Transaction& transaction,
                       const std::vector<Ambassador>& ambassadors);

// Each (ambassador, start) at most once in `sessions`. A changed session's version is raised; one
// that was cancelled is passed over. `now` goes into the ids of new ones.
Written PutSessions(database::Transaction& transaction, const std::vector<Session>& sessions,
                    absl::Time now);

// The places in `sessions` of those to come that were cancelled.
std::vector<size_t> CancelledAmong(database::Transaction& transaction,
                                   const std::vector<Session>& sessions, absl::Time now);

// Raises the version of these ambassadors' sessions that take place, except those in `already`:
// what is told of a session tells of its ambassador too. The ids of those raised.
std::vector<std::string> RaiseVersions(database::Transaction& transaction,
                                       const std::vector<std::string>& ambassador_ids,
                                       const std::vector<std::string>& already, absl::Time now);

// By start.
std::vector<ScheduledSession> LoadScheduled(database::Transaction& transaction,
                                            const std::vector<std::string>& session_ids);

struct SeatsHeld {
  std::string session_id;
  int held = 0;
};

// Stores how many seats are held; each session at most once, an unknown one is passed over. The ids
// of the ambassadors whose sessions changed, each once.
std::vector<std::string> PutSeatsHeld(database::Transaction& transaction,
                                      const std::vector<SeatsHeld>& seats);

}  // namespace dm::ambassador::store
