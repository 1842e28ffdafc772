#pragma once

#include "absl/strings/string_view.h"

#include <string>
#include <vector>

namespace dm::model {

// What checks found wrong. Each check has a name, and keeps its first few findings.
class Report {
 public:
  struct Finding {
    std::string check;
    std::string what;
  };

  void Add(absl::string_view check, std::string what);
  bool empty() const { return findings_.empty(); }
  // Whether the check of that name found something.
  bool Has(absl::string_view check) const;
  const std::vector<Finding>& findings() const { return findings_; }
  // One finding a line.
  std::string ToText() const;

 private:
  std::vector<Finding> findings_;
};

}  // namespace dm::model
