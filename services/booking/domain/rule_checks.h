#pragma once

#include "services/booking/domain/rule.h"

#include <string>

namespace dm::booking {

// What is wrong with a set of rules.
struct RuleMistake {
  // The id of the rule, or the name of the scheme or académie.
  std::string about;
  // For developers; empty when nothing is wrong.
  std::string cause;
};

// The first mistake in one rule, one scheme's terms or one académie, whatever the others are.
RuleMistake MistakeIn(const Rule& rule);
RuleMistake MistakeIn(const SchemeTerms& terms);
RuleMistake MistakeIn(const Academy& academy);

// The first mistake in the whole: in any of its parts, or what is there twice or missing.
RuleMistake MistakeIn(const RuleSet& set);

}  // namespace dm::booking
