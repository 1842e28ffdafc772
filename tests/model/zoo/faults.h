#pragma once

#include "tests/model/run.h"

#include <ostream>
#include <string>
#include <vector>

namespace dm::model {

// A way to build the ledger wrongly, as people have built such things, and the check that has to
// find it.
struct SeededFault {
  std::string name;
  // As in checks.h.
  std::string check;
  // What makes a run a run with the fault.
  Setting setting;
};
inline void PrintTo(const SeededFault& fault, std::ostream* out) { *out << fault.name; }

// Statements of the real code that are wrong in one place, and what lies between service and
// database: commits, events, requests.
std::vector<SeededFault> StatementFaults();
std::vector<SeededFault> CommitFaults();
std::vector<SeededFault> RequestFaults();

}  // namespace dm::model
