#pragma once

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "services/catalogue/imports/source_table.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dm::catalogue {

struct SchoolRow {
  Origin origin;
  std::string uai;
  std::string display_name;
  // French, for people: "Lycée professionnel".
  std::string kind;
  bool is_public = false;
  std::string street;
  std::string postal_code;
  std::string commune_code;
  // Its name, as the directory writes it. May be empty.
  std::string commune;
  std::string department;
  // Empty where the file has none or only a SIREN.
  std::string siret;
};

struct SchoolList {
  std::vector<SchoolRow> schools;
  // Rows of the files, of which some may be of one school.
  int64_t rows = 0;
  // The newest day on which a row was brought up to date.
  std::optional<absl::CivilDay> published;
  std::vector<std::string> warnings;
};

// The ministry's directory, or a part of it. Of a school with several sites, each of which has a
// row under the same UAI, the first counts.
absl::StatusOr<SchoolList> ParseSchools(const std::vector<SourceFile>& files);

}  // namespace dm::catalogue
