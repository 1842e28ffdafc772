// The plan of a prepared statement is kept: one that is made before a rush must be good in it.
#include "tests/integration/booking/booking_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pqxx/pqxx>

namespace dm::booking {
namespace {

TEST(PlansTest, AStatementThatIsPlannedOnEmptyTablesStillUsesTheirKeys) {
  BookingWorld world;
  // An empty table that was vacuumed is taken for one that stays empty.
  world.VacuumAsAdministrator();
  for (const char* sql : {
           "SELECT * FROM sessions WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE",
           "SELECT * FROM bookings WHERE applicant = ANY ($1::text[]) AND state IN ('CONFIRMED')",
           "SELECT * FROM bookings WHERE session_id = ANY ($1::uuid[]) AND state = 'WAITLISTED'",
           "SELECT * FROM sessions WHERE kind = 'MEETING' AND profession = ANY ($1::text[]) "
           "AND open AND NOT cancelled AND start_time > now()",
           "SELECT * FROM applicants WHERE person = ANY ($1::text[])",
           "SELECT * FROM answered_requests JOIN unnest($1::text[], '{}'::uuid[]) AS asked "
           "(person, request_id) USING (person, request_id)",
           "UPDATE bookings SET reason = '' FROM unnest($1::uuid[]) AS changed (id) "
           "WHERE bookings.id = changed.id",
       }) {
    EXPECT_THAT(world.GenericPlanOf(sql), ::testing::Not(::testing::HasSubstr("Seq Scan"))) << sql;
  }
}

}  // namespace
}  // namespace dm::booking
