#pragma once

#include "services/booking/domain/booking.h"

#include <pqxx/pqxx>

namespace dm::booking {

// The columns that ToSession and ToBooking read, for SELECT lists.
#define DM_SESSION_COLUMNS                                                                  \
  "id, name, host, title, department, dm_micros(start_time) AS start_time, "                \
  "dm_micros(end_time) AS end_time, announced_capacity, held, instant_confirmation, open, " \
  "cancelled, kind, on_site, chamber, profession, waitlisted, next_line_number, "           \
  "monthly_request_quota, array_to_string(reserved_schools, ',') AS reserved_schools, "     \
  "priority_areas_only"
#define DM_BOOKING_COLUMNS                                                                     \
  "id, session_id, session_name, session_title, applicant, host, department, state, version, " \
  "dm_micros(start_time) AS start_time, dm_micros(end_time) AS end_time, "                     \
  "dm_micros(create_time) AS create_time, dm_micros(update_time) AS update_time, reason, "     \
  "why, scheme, profession, line_number, dm_micros(expire_time) AS expire_time, "              \
  "dm_micros(review_time) AS review_time, agreement_needed, agreement_validated, "             \
  "rescheduled_from, counted"

Session ToSession(const pqxx::row& row);
Booking ToBooking(const pqxx::row& row);

}  // namespace dm::booking
