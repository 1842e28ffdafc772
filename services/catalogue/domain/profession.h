#pragma once

#include "services/catalogue/domain/labelled.h"

#include <optional>
#include <string>
#include <vector>

namespace dm::catalogue {

struct ProfessionalDomain {
  Labelled domain;
  Labelled grand_domain;
};

struct Theme {
  std::string code;
  std::string label;
  std::string description;
};

// A skill or a knowledge. Numbers are those of the proto's enums.
struct Skill {
  std::string code;
  std::string label;
  int kind = 0;
  int core = 0;
  std::string category;
};

struct WorkContext {
  std::string code;
  std::string label;
  std::string kind;
};

struct RelatedProfession {
  std::string rome_code;
  std::string title;
  int rank = 0;
};

// Flags that are absent are not stated.
struct Profession {
  std::string rome_code;
  std::string title;
  std::string definition;
  std::string access;
  // Major letter, then the minor one.
  std::string riasec;
  bool obsolete = false;
  std::vector<Labelled> appellations;
  std::vector<Labelled> sectors;
  std::vector<Labelled> interests;
  std::optional<ProfessionalDomain> domain;
  std::vector<Labelled> sub_sectors;
  std::vector<Theme> themes;
  // 0 not stated, 1 green, 2 strategic, 3 white, 4 brown.
  int ecological_transition = 0;
  std::optional<bool> digital_transition;
  std::optional<bool> demographic_transition;
  std::optional<bool> regulated;
  std::optional<bool> executive;

  // Of the sheet alone, empty elsewhere.
  std::vector<Skill> skills;
  std::vector<Skill> knowledge;
  std::vector<WorkContext> work_contexts;
  std::vector<RelatedProfession> related;
  std::string source;
};

// A sector of activity with its parts.
struct Sector {
  std::string code;
  std::string label;
  std::string description;
  std::vector<Labelled> sub_sectors;
};

// A centre of interest.
struct Interest {
  std::string code;
  std::string label;
  std::string description;
};

}  // namespace dm::catalogue
