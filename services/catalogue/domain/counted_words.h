#pragma once

#include "absl/strings/string_view.h"

#include <cstddef>
#include <string>

// What is kept of what people search for, so that agencies learn what is missing and nobody learns
// who looked for whom. Somebody may type a name, a mail or a number; so
// - what holds a digit or an @, or more words than people search a profession with, is not counted;
// - what is counted is folded: it loses its spelling, its accents and its endings;
// - only words that were searched for often on one day are shown, and all others are deleted when
//   their day is over. Whom many look for on one day is a company or somebody in the news.
namespace dm::catalogue {

constexpr size_t kMostCountedWords = 4;
constexpr size_t kLongestCountedWords = 80;
// Searches on one day that make words be shown and kept.
constexpr int kFewestShownSearches = 5;

// The folded words of a query as it was typed; empty for one that is not counted.
std::string CountedWords(absl::string_view query);

}  // namespace dm::catalogue
