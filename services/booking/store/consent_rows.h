#pragma once

#include "services/booking/domain/consent_record.h"
#include "services/booking/store/consent_store.h"

#include <pqxx/pqxx>

namespace dm::booking {

// The columns that ToConsentRecord reads of a consent `c`, for SELECT lists.
#define DM_CONSENT_COLUMNS                                                                   \
  "c.id, c.person, c.decision, c.scope, c.booking_id, c.scheme, c.until, "                   \
  "dm_micros(c.decided) AS decided, c.method, c.guardian_id, c.request_id, c.text_version, " \
  "encode(c.text_hash, 'hex') AS text_hash, c.recorded_by, c.signed, "                       \
  "dm_micros(c.withdrawn) AS withdrawn, dm_micros(c.start_time) AS start_time, "             \
  "dm_micros(c.end_time) AS end_time"

ConsentRecord ToConsentRecord(const pqxx::row& row);

// Reads booking_id, applicant, session_name, session_title, department, state, scheme, start_time
// and end_time.
BookingForConsent ToBookingForConsent(const pqxx::row& row);

}  // namespace dm::booking
