#pragma once

#include "absl/types/span.h"
#include "common/privacy/personal_data.h"

// What the catalogue keeps of people: those who reported an offer, and those who work with offers.
// A test holds it against the schema; store/person_erasure.h drops the same.
namespace dm::catalogue {

const privacy::Register& CatalogueRegister();

}  // namespace dm::catalogue
