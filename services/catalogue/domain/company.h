#pragma once

#include "services/catalogue/domain/labelled.h"

#include <string>
#include <vector>

namespace dm::catalogue {

struct Place {
  std::string street;
  std::string postal_code;
  std::string commune;
  std::string commune_code;
  std::string department;
  double latitude = 0;
  double longitude = 0;
};

// A place of a company without a SIRET of its own.
struct Site {
  // 1 to 40 characters of a-z, 0-9 and dashes.
  std::string key;
  std::string display_name;
  Place place;
};

struct Company {
  std::string siret;
  std::string display_name;
  std::string description;
  std::string naf_code;
  // "NAFRev2" or "NAF2025".
  std::string naf_nomenclature;
  // Empty where the nomenclature was not imported.
  std::string naf_label;
  std::vector<Labelled> sectors;
  Place place;
  std::string website;
  int offer_count = 0;
  bool demonstration = false;
  // In the order of their keys; read with one company alone.
  std::vector<Site> sites;
};

}  // namespace dm::catalogue
