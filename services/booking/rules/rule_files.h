#pragma once

#include "absl/status/statusor.h"
#include "services/booking/domain/eligibility.h"

#include <memory>
#include <string>
#include <vector>

// Legal rules from files: services/booking/rules/*.textproto, put into the binary when it is built.
namespace dm::booking {

struct RuleFile {
  // "mini_stage.textproto".
  std::string name;
  // A textproto of booking.rules.v1.RuleFile.
  std::string text;
};

// Those of the binary, by name.
std::vector<RuleFile> EmbeddedRuleFiles();

// The *.textproto of a folder, by name. FAILED_PRECONDITION when it cannot be read or has none.
absl::StatusOr<std::vector<RuleFile>> ReadRuleFolder(const std::string& folder);

// INVALID_ARGUMENT (no details) with "file:line: cause" for what is no rule file, what a RuleBook
// refuses, and dates, durations, schemes, levels and kinds that are missing or unknown.
absl::StatusOr<RuleBook> ParseRuleFiles(const std::vector<RuleFile>& files);

// The rules that the process lives by: of that folder, or the binary's own when it is empty.
absl::StatusOr<std::shared_ptr<const RuleBook>> LoadRuleBook(const std::string& folder);

}  // namespace dm::booking
