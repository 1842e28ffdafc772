#pragma once

#include "absl/strings/string_view.h"

#include <string>

// How texts are made comparable for searching. Both sides of every comparison, what is stored and
// what is asked, go through the same functions, so that a rule only has to treat the two alike, not
// to be grammar. A change here calls for an import of everything that is stored folded.
namespace dm::catalogue {

// Lower case without accents; letters and digits alone, in words that one space separates. What
// alphabetical orders compare.
std::string PlainText(absl::string_view text);

// PlainText with plural, gender, doubled letters and little words taken away: "Les développeuses
// web" is "developeu web".
std::string FoldWords(absl::string_view text);

}  // namespace dm::catalogue
