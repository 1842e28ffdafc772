#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/catalogue/domain/company.h"

#include <optional>
#include <string>
#include <vector>

// The official lists that people choose from.
namespace dm::catalogue {

struct Commune {
  std::string code;
  std::string name;
  std::string department;
  // In ascending order.
  std::vector<std::string> postal_codes;
  // 0 when not known.
  int population = 0;
  double latitude = 0;
  double longitude = 0;
};

struct School {
  std::string uai;
  std::string display_name;
  std::string kind;
  bool is_public = false;
  Place place;
};

// Where a list is from, by one of the names of ReferenceService.
struct Source {
  std::string name;
  // The publisher's; may be empty.
  std::string version;
  std::optional<absl::CivilDay> published;
  absl::Time imported;
};

// The line that a licence wants to be shown: who published it, what, and of which day; where the
// files do not tell the day, that of the import. Empty for a name that is none.
std::string AttributionOf(const Source& source);

// A query's words as lists of communes are searched with: plain, "st" and "ste" written out, which
// INSEE does and people do not.
std::vector<std::string> CommuneWords(absl::string_view query);

}  // namespace dm::catalogue
