#pragma once

#include "absl/strings/string_view.h"

namespace dm::ambassador {

// Whether `text` can be a SIRET: 14 digits whose first 9 (the SIREN) and whose whole pass Luhn's
// check. The establishments of La Poste (SIREN 356000000) other than its head office do not follow
// Luhn: the sum of their digits is a multiple of 5.
bool IsSiret(absl::string_view text);

}  // namespace dm::ambassador
