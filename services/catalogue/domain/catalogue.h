#pragma once

#include "absl/time/time.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What the catalogue knows, as the layers hand it to each other.
namespace dm::catalogue {

// A code and its French label: a sector or an interest.
struct Labelled {
  std::string code;
  std::string label;

  friend bool operator==(const Labelled&, const Labelled&) = default;
};

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

struct Place {
  std::string street;
  std::string postal_code;
  std::string commune;
  std::string commune_code;
  std::string department;
  double latitude = 0;
  double longitude = 0;
};

struct Company {
  std::string siret;
  std::string display_name;
  std::string description;
  std::string naf_code;
  std::vector<Labelled> sectors;
  Place place;
  std::string website;
  int offer_count = 0;
  bool demonstration = false;
};

struct Session {
  std::string id;
  absl::Time start;
  absl::Time end;
  int capacity = 0;
  // Never negative, also when a capacity was lowered below what is held; 0 when it is cancelled.
  int available = 0;
  std::optional<absl::Time> cancel_time;
};

struct Offer {
  std::string id;
  std::string siret;
  std::string company_display_name;
  std::string rome_code;
  std::string profession_title;
  std::string title;
  std::string description;
  // Numbers of destinationmetier.type.v1.Audience.
  std::vector<int> audiences;
  Place place;
  std::vector<Labelled> sectors;
  bool accessible = false;
  bool instant_confirmation = false;
  bool demonstration = false;
  std::vector<Session> sessions;
  std::optional<double> distance_km;
};

// How many offers have one value of a facet.
struct ValueCount {
  std::string value;
  // Empty where the value's label is not in the database.
  std::string label;
  int count = 0;
};

}  // namespace dm::catalogue
