#pragma once

#include "absl/strings/string_view.h"

namespace dm {

// Whether `text` is a SIRET that INSEE could have given: 14 digits whose first nine (the SIREN) and
// whose whole pass Luhn's check. The establishments of La Poste, head office apart, follow a rule
// of their own: the sum of the digits is a multiple of 5.
bool IsSiret(absl::string_view text);

}  // namespace dm
