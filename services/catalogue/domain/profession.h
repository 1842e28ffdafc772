#pragma once

#include "services/catalogue/domain/labelled.h"

#include <string>
#include <vector>

namespace dm::catalogue {

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
};

}  // namespace dm::catalogue
