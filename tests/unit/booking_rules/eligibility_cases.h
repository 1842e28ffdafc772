#pragma once

#include "services/booking/domain/eligibility.h"

#include <ostream>
#include <string>
#include <vector>

// The table of cases in eligibility_cases.txt.
namespace dm::booking {

struct EligibilityCase {
  int line = 0;
  std::string name;
  EligibilityQuestion question;
  bool allowed = true;
  // "mini-stage.levels@2": the rules that the case names.
  std::vector<std::string> rules;
};

// How gtest shows one.
void PrintTo(const EligibilityCase& one, std::ostream* out);

struct EligibilityTable {
  std::vector<EligibilityCase> cases;
  SchoolCalendar calendar;
  // The first line that cannot be read, and why; empty when there is none.
  std::string mistake;
};

EligibilityTable ReadEligibilityTable(const std::string& path);

}  // namespace dm::booking
