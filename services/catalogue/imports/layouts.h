#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "services/catalogue/imports/source_table.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

// What files there are, told apart by the columns of their headers alone: people rename files.
namespace dm::catalogue {

enum class Layout : uint8_t {
  kCommunes,
  kPostalCodes,
  kNaf,
  kEstablishments,
  kLegalUnits,
  kSchools,
  kEverydayWords,
  kCompanies,
  kOffers,
  kSessions,
};

struct LayoutRule {
  Layout layout;
  // The kinds of import that take such files.
  std::vector<absl::string_view> kinds;
  // In French, for people.
  absl::string_view what;
  // A file whose header has all of these is one, whatever else it has.
  std::vector<absl::string_view> required;
};

absl::Span<const LayoutRule> AllLayouts();

// What a file of an upload of that kind is. Refused: one that is no layout of the kind, telling
// which other import takes it if any does, and one that is several, naming them.
absl::StatusOr<Layout> RecogniseLayout(const SourceTable& table, absl::string_view kind);

// Reads every row of every file; `take` gives the function that takes the rows of a layout, null to
// pass over the file. What a clerk should know goes into `warnings`, unless null.
using TakeRow = std::function<absl::Status(const SourceTable&)>;
absl::Status ReadFiles(const std::vector<SourceFile>& files, absl::string_view kind,
                       const std::function<TakeRow(Layout)>& take,
                       std::vector<std::string>* warnings);

}  // namespace dm::catalogue
