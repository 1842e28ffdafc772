#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

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

// The most frequent first.
inline void SortByCount(std::vector<ValueCount>* counts) {
  std::sort(counts->begin(), counts->end(), [](const ValueCount& a, const ValueCount& b) {
    return std::pair(-a.count, a.value) < std::pair(-b.count, b.value);
  });
}

}  // namespace dm::catalogue
