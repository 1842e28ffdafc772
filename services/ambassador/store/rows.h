#pragma once

#include "services/ambassador/domain/ambassador.h"

#include <pqxx/pqxx>

// Rows of this service's tables as what the domain knows. For store/ alone.
namespace dm::ambassador::store {

// The columns that ReadAmbassador and ReadSession read, of tables called `a` and `s`. Lists travel
// as text joined by "|", which no code contains.
#define AMBASSADOR_COLUMNS                                                                         \
  "a.id, a.display_name, a.job_title, a.siret, a.company_display_name, "                           \
  "array_to_string(a.rome_codes, '|') AS rome_codes, array_to_string(a.sectors, '|') AS sectors, " \
  "a.presentation, array_to_string(a.formats, '|') AS formats, "                                   \
  "array_to_string(a.audiences, '|') AS audiences, a.street, a.postal_code, a.commune, "           \
  "a.commune_code, a.department, a.latitude, a.longitude, a.demonstration"
#define SESSION_COLUMNS                                                                       \
  "s.id AS session_id, s.ambassador, dm_micros(s.start_time) AS start_time, "                 \
  "dm_micros(s.end_time) AS end_time, s.capacity, s.format, s.instant_confirmation, s.held, " \
  "s.version, dm_micros(s.cancel_time) AS cancel_time"

// Start of an ambassador's next session with a seat left, seen at the time that `now` stands for.
#define NEXT_SESSION_OF_A(now)                                                      \
  "(SELECT dm_micros(min(n.start_time)) FROM sessions n WHERE n.ambassador = a.id " \
  "AND n.start_time > dm_time(" now                                                 \
  ") AND n.held < n.capacity AND n.cancel_time IS NULL) "                           \
  "AS next_session"

std::string Text(const pqxx::row& row, const char* column);
Ambassador ReadAmbassador(const pqxx::row& row);
Profile ReadProfile(const pqxx::row& row);
Session ReadSession(const pqxx::row& row);

}  // namespace dm::ambassador::store
