#pragma once

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "services/catalogue/imports/source_table.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// INSEE's stock of establishments, and of the legal units that they belong to. Nothing of a natural
// person leaves this file: names of people are read to be left out.
namespace dm::catalogue {

struct EstablishmentRow {
  Origin origin;
  std::string siret;
  // What stands over its door, else the name of its company; empty where that would be somebody's
  // name, or is not known.
  std::string display_name;
  // The activity in the nomenclature that counts today; both empty in one that is long past.
  std::string naf_nomenclature;
  std::string naf_code;
  // The same in NAF 2025, as far as the file tells.
  std::string naf25_code;
  std::string street;
  std::string postal_code;
  std::string commune_code;
  // INSEE's code of a range of the number of people.
  std::string workforce;
  bool closed = false;
  // Not public: that it is closed is all that is read of it.
  bool hidden = false;
  // The first day of what it is now; where it is closed, the day on which it was.
  std::optional<absl::CivilDay> since;
};

struct SireneStock {
  std::vector<EstablishmentRow> establishments;
  // Rows of the stock of establishments.
  int64_t rows = 0;
  // Rows passed over: what must not be shown (but for its closing), and what lies abroad.
  int64_t not_public = 0;
  int64_t elsewhere = 0;
  // Activities told in a nomenclature that is long past.
  int64_t old_activities = 0;
  // The newest day on which INSEE worked on a row.
  std::optional<absl::CivilDay> published;
  std::vector<std::string> warnings;
};

// Establishments, with or without legal units, in any order; columns are found by their names,
// which INSEE keeps where it inserts new ones.
absl::StatusOr<SireneStock> ParseSirene(const std::vector<SourceFile>& files);

}  // namespace dm::catalogue
