#pragma once

#include "absl/status/statusor.h"
#include "services/catalogue/imports/source_table.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// The communes in their two official layouts. INSEE's says what a commune is; La Poste's knows all
// of France but names in capitals, and writes one row for each postal code and locality.
namespace dm::catalogue {

struct CommuneRow {
  Origin origin;
  std::string code;
  std::string name;
  std::string department;
  // In ascending order, each once.
  std::vector<std::string> postal_codes;
  int population = 0;
  double latitude = 0;
  double longitude = 0;
};

// A commune as La Poste has it: its rows made one.
struct PostalCommuneRow {
  Origin origin;
  std::string code;
  // As NameFromCapitals writes it.
  std::string name;
  std::string department;
  // In ascending order, each once.
  std::vector<std::string> postal_codes;
  // Latitude and longitude; absent for places that La Poste does not locate.
  struct Point {
    double latitude = 0;
    double longitude = 0;
  };
  std::optional<Point> point;
};

struct CommuneLists {
  std::vector<CommuneRow> communes;
  std::vector<PostalCommuneRow> postal;
  // Rows of La Poste's file, several of which may be of one commune.
  int64_t postal_rows = 0;
  // Places of La Poste that are in no département.
  std::vector<std::string> warnings;
};

// Either layout or both. Refused when no row is left: every commune would become obsolete.
absl::StatusOr<CommuneLists> ParseCommunes(const std::vector<SourceFile>& files);

// "L ABERGEMENT DE VAREY" as people write it, as far as capitals tell: "L Abergement de Varey".
std::string NameFromCapitals(absl::string_view name);

}  // namespace dm::catalogue
