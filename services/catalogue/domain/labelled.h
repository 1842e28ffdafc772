#pragma once

#include <string>

namespace dm::catalogue {

// A code and its French label: a sector or an interest.
struct Labelled {
  std::string code;
  std::string label;

  friend bool operator==(const Labelled&, const Labelled&) = default;
};

// How many offers, or companies, have one value of a facet.
struct ValueCount {
  std::string value;
  // Empty where the value's label is not in the database.
  std::string label;
  int count = 0;
};

}  // namespace dm::catalogue
