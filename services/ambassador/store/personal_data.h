#pragma once

#include "absl/types/span.h"
#include "common/privacy/personal_data.h"

// What ambassador keeps of people: ambassadors, and who called a meeting off. A test holds it
// against the schema; store/person_erasure.h drops the same.
namespace dm::ambassador::store {

const privacy::Register& AmbassadorRegister();

// The tables that hold nothing personal.
absl::Span<const char* const> ImpersonalTables();

}  // namespace dm::ambassador::store
