#pragma once

#include "absl/status/statusor.h"
#include "services/catalogue/imports/source_table.h"

#include <string>
#include <vector>

namespace dm::catalogue {

// What people call professions who do not know their titles, beside what is built in
// (search/everyday_words.csv, which has the same columns).
struct EverydayWordsRow {
  Origin origin;
  std::string words;
  // The likeliest first; empty to take the words back.
  std::vector<std::string> professions;
};

absl::StatusOr<std::vector<EverydayWordsRow>> ParseEverydayWordsList(
    const std::vector<SourceFile>& files, std::vector<std::string>* warnings);

}  // namespace dm::catalogue
