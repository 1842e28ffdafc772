#pragma once

#include "common/config/options.h"

#include <string>

namespace dm::config {

// All options in force for operators' eyes, a line each. Secrets belong into files, whose names are
// shown; one that somebody wrote into an option all the same is not: neither what stands before the
// @ of a URL, nor a password, secret, token or key among settings.
std::string ShownOptions(const Values& values);

// The value of one option as it may be shown.
std::string ShownValue(absl::string_view name, absl::string_view value);

}  // namespace dm::config
