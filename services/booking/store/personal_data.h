#pragma once

#include "absl/types/span.h"
#include "common/database/database.h"
#include "common/privacy/personal_data.h"

// The register of what booking keeps of people: every table that names a person or holds what a
// person wrote, what it is for and how long it is kept, how it is exported and how a person goes
// out of it. A test holds it against the schema, so that no table with personal data is ever
// forgotten.
namespace dm::booking {

// How a person goes out of a table: $1 is "people/{subject}", $2 the name that takes its place,
// "people/erased-{uuid}".
struct PersonalTable {
  const char* table;
  database::Statement erase;
};

// In an order in which the erasures may run.
absl::Span<const PersonalTable> PersonalTables();

// The tables that hold nothing personal.
absl::Span<const char* const> ImpersonalTables();

// The same tables as people see them, the most telling first.
const privacy::Register& BookingRegister();

}  // namespace dm::booking
