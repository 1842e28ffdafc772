#pragma once

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/database/database.h"
#include "destinationmetier/privacy/v1/personal_data_service.pb.h"

#include <string>

// What a service shows people of what it keeps of them. A register is data: each service states its
// own in store/, and a test of it holds the register against the schema.
namespace dm::privacy {

// One table, as a person gets to see it.
struct ExportedTable {
  const char* table;
  // In French: a heading, and how long it is kept and why.
  const char* title;
  const char* retention;
  // The rows of a party as JSON objects, without secrets and without names and ids of others: $1 is
  // "people/{subject}" or "ambassadors/{ambassador}".
  database::Statement rows;
};

// What a field's name or a fixed word in it means, in French.
struct Meaning {
  const char* code;
  const char* text;
};

struct Register {
  const char* service;
  // In French, a heading.
  const char* title;
  absl::Span<const ExportedTable> tables;
  absl::Span<const Meaning> fields;
  absl::Span<const Meaning> words;
};

// Reads the party's rows. RESOURCE_EXHAUSTED with reason EXPORT_TOO_LARGE beyond 3 MiB; INTERNAL
// where a row has a field that the register does not explain. Throws as Transaction::Exec does.
absl::StatusOr<destinationmetier::privacy::v1::PersonalData> ReadPersonalData(
    database::Transaction& transaction, const Register& shown, const std::string& party);

}  // namespace dm::privacy
