#pragma once

#include "absl/types/span.h"
#include "common/database/database.h"

// The register of what booking keeps of people: every table that names a person or holds what a
// person wrote, what it is for, how it is exported and how a person goes out of it. A test holds it
// against the schema, so that no table with personal data is ever forgotten.
namespace dm::booking {

struct PersonalTable {
  const char* table;
  // In French, for the person who reads the export.
  const char* purpose;
  // The rows of a person, as JSON objects without secrets: $1 is "people/{subject}".
  database::Statement export_rows;
  // Makes them nobody's: $1 as above, $2 the name that takes its place, "people/erased-{uuid}".
  database::Statement erase;
};

// In an order in which the erasures may run.
absl::Span<const PersonalTable> PersonalTables();

// The tables that hold nothing personal.
absl::Span<const char* const> ImpersonalTables();

}  // namespace dm::booking
