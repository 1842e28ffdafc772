#pragma once

#include "absl/strings/string_view.h"

#include <cstdint>

namespace dm::catalogue {

// The consular chambers: of commerce and industry, of trades and crafts, of agriculture.
enum class Chamber : uint8_t { kCci, kCma, kAgriculture };

// The chamber that a company of this NAF code (rév. 2, "10.71C") belongs to, as far as the code can
// tell. CCI for a code that is empty or none; codes of NAF 2025 name other things and are not to be
// asked with.
//
// Agriculture: divisions 01 to 03 where they are farming, forestry or fish farming in the sense of
// articles L. 311-1 and L. 510-1 of the Code rural: neither hunting nor fishing.
//
// Crafts: the list of the annex to décret n° 98-247 of 2 April 1998 ("Liste des activités relevant
// de l'artisanat"), which names codes of NAF rév. 2. Where it takes a part of a sub-class only, the
// sub-class counts when its own title names that part: 47.23Z (fishmongers) does, 96.09Z, in which
// pets are groomed, does not. The list means companies of up to about ten people, and a code tells
// no size: so the industries in which work is done by larger ones stay with CCI (paper,
// nonwovens, chemistry, plastics, metallurgy, electronics, machines, vehicles, industrial bread).
Chamber ChamberOf(absl::string_view naf_code);

}  // namespace dm::catalogue
