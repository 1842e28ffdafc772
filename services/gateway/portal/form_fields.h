#pragma once

#include "absl/strings/string_view.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace dm::gateway {

// Fields as a form sends them and a query holds them (application/x-www-form-urlencoded).
using FormFields = std::vector<std::pair<std::string, std::string>>;

std::string EncodeFields(const FormFields& fields);
// Of a name that comes twice, the first counts. What is not percent-encoded well stays as it is.
std::map<std::string, std::string> DecodeFields(absl::string_view text);
// The fields of a target's query.
std::map<std::string, std::string> QueryOf(absl::string_view target);

}  // namespace dm::gateway
