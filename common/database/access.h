#pragma once

#include <string>
#include <utility>

namespace dm::database {

// On whose behalf statements run. Row-level security holds it against the rows of the tables with
// personal data: whoever forgets to declare one sees none of them, and whoever acts for a person
// sees that person's alone. A second line: what a caller may do is decided by the code before.
class Access {
 public:
  // Rows of tables without personal data, and no others.
  static Access OfNobody() { return Access(""); }
  // All rows: for jobs, feeds, and calls that concern more than one person.
  static Access OfService() { return Access("service"); }
  // The rows of one party, for instance "people/{subject}". No party has the empty name, nor that
  // of the service.
  static Access Of(std::string party) { return Access(std::move(party)); }

  // What the setting dm.access is for the time of a transaction; empty for nobody.
  const std::string& text() const { return text_; }

 private:
  explicit Access(std::string text) : text_(std::move(text)) {}

  std::string text_;
};

}  // namespace dm::database
