#pragma once

#include "absl/strings/string_view.h"
#include "services/booking/domain/measure.h"
#include "services/booking/domain/rule.h"

#include <string>
#include <vector>

// What rules say, in French.
namespace dm::booking {

// "7 h", "7 h 30", "45 min".
std::string FrenchMinutes(int minutes);

// What was found ("8 h") and what is allowed ("7 h"), for RuleFinding.
std::string ValueText(const Demand& demand, const Measured& measured, const StayFacts& facts);
std::string LimitText(const Demand& demand, const Measured& measured, const StayFacts& facts);

// The sentence for what was measured, its words in braces filled in.
std::string SentenceText(const RuleSentences& sentences, const Demand& demand,
                         const Measured& measured, const StayFacts& facts);

// "Code du travail, article L3164-1 (1er mai 2008) ; …".
std::string SourceText(const std::vector<RuleSource>& sources);

// The words in braces of a sentence, without the braces; a brace that is left open counts as the
// word
// "{".
std::vector<std::string> WordsToFillIn(absl::string_view sentence);

// Whether SentenceText fills the word in.
bool IsWordToFillIn(absl::string_view word);

}  // namespace dm::booking
