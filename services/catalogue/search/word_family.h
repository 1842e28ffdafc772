#pragma once

#include "absl/strings/string_view.h"

#include <string>

namespace dm::catalogue::search {

// What a folded word has in common with those that are made of the same root: "repar" of "reparer",
// "reparation" and "reparateu". Empty for a word that is too short to have one. Not grammar: what
// only looks like a family is told apart by weighing its words less than the word itself.
std::string FamilyOf(absl::string_view folded);

// What words that sound alike in French have in common, for those who write as they speak:
// "psicologue" and "psychologue". Takes a folded word.
std::string SoundOf(absl::string_view folded);

}  // namespace dm::catalogue::search
