#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

// Options from flags (`--name=value` or `--name value`) and from the environment (DM_NAME, dashes
// as underscores); a flag wins. Unknown flags, unknown DM_ variables and bad values are refused,
// all of them in one message.
namespace dm::config {

enum class Type { kText, kInteger, kDuration, kSwitch, kAddress };

struct Option {
  // Lower case with dashes: "listen".
  std::string name;
  Type type = Type::kText;
  // One line for --help.
  std::string help;
  // Text of the default. Absent: the option is required.
  std::optional<std::string> default_value = std::nullopt;
  // Least and greatest value of an integer.
  int64_t min = 0;
  int64_t max = 1'000'000'000;
};

// Values of known options; asking for a name that was not defined ends the process (a defect).
class Values {
 public:
  std::string Text(absl::string_view name) const;
  int64_t Integer(absl::string_view name) const;
  absl::Duration Duration(absl::string_view name) const;
  bool Switch(absl::string_view name) const;
  // All values by name, for /configz and the log at start. Secrets are not among them: they are in
  // files, and only the files' names are options.
  const std::map<std::string, std::string>& all() const { return values_; }

 private:
  friend absl::StatusOr<Values> Read(const std::vector<Option>&, const std::vector<std::string>&,
                                     const std::map<std::string, std::string>&);
  std::map<std::string, std::string> values_;
};

// `arguments` without the program's name; `environment` may hold variables that are not ours.
// INVALID_ARGUMENT lists every mistake, a line each.
absl::StatusOr<Values> Read(const std::vector<Option>& options,
                            const std::vector<std::string>& arguments,
                            const std::map<std::string, std::string>& environment);

// The text of --help.
std::string Help(absl::string_view program, const std::vector<Option>& options);

// The trimmed content of a secret's file; FAILED_PRECONDITION names the file when it cannot be
// read.
absl::StatusOr<std::string> ReadSecret(const std::string& path);

}  // namespace dm::config
