#include "absl/strings/str_replace.h"
#include "tests/model/zoo/faults.h"
#include "tests/model/zoo/tapped_database.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>

namespace dm::model {
namespace {

// In the statement of that name, one piece of text is another.
struct Edit {
  std::string statement;
  std::string from;
  std::string to;
};

class EditedDatabase final : public TappedDatabase {
 public:
  EditedDatabase(std::unique_ptr<database::Database> inner, std::vector<Edit> edits)
      : TappedDatabase(std::move(inner)), edits_(std::move(edits)) {}

 private:
  pqxx::result Execute(pqxx::transaction_base& raw, const database::Statement& statement,
                       const Parameters& parameters) override {
    std::string sql = statement.sql;
    for (const Edit& edit : edits_) {
      if (edit.statement != statement.name) continue;
      EXPECT_GT(absl::StrReplaceAll({{edit.from, edit.to}}, &sql), 0)
          << statement.name << " does not say " << edit.from << " any more";
    }
    return TappedDatabase::Execute(raw, {statement.name, sql.c_str()}, parameters);
  }

  const std::vector<Edit> edits_;
};

Setting::WrapDatabase Edited(std::vector<Edit> edits) {
  return [edits = std::move(edits)](std::unique_ptr<database::Database> inner) {
    return std::make_unique<EditedDatabase>(std::move(inner), edits);
  };
}

SeededFault InLedger(std::string name, std::string check, std::vector<Edit> edits,
                     std::string sql = "") {
  SeededFault fault = {std::move(name), std::move(check), {}};
  fault.setting.wrap_database = Edited(std::move(edits));
  fault.setting.sql = std::move(sql);
  return fault;
}

SeededFault InFeedOfHosts(std::string name, std::string check, std::vector<Edit> edits) {
  SeededFault fault = {std::move(name), std::move(check), {}};
  fault.setting.wrap_hosts = Edited(std::move(edits));
  return fault;
}

constexpr char kNoSeatConstraint[] =
    "ALTER TABLE sessions DROP CONSTRAINT sessions_held_within_capacity";

// Several decide about one person at a time: a few people are everywhere.
SeededFault PeopleNotLocked() {
  SeededFault fault =
      InLedger("PeopleNotLocked", "overlap",
               {{"lock_people", "pg_advisory_xact_lock(hashtextextended(person, 0))", "1"}},
               "ALTER TABLE bookings DROP CONSTRAINT bookings_no_overlap");
  fault.setting.people = 20;
  return fault;
}

// The server takes a second to find out.
SeededFault LocksInNoOrder() {
  SeededFault fault =
      InLedger("LocksInNoOrder", "deadlock",
               {{"lock_sessions", "ORDER BY id FOR UPDATE", "ORDER BY random() FOR UPDATE"}});
  fault.setting.commands = 500;
  return fault;
}

}  // namespace

std::vector<SeededFault> StatementFaults() {
  return {
      // What is read may be old when it is written.
      InLedger("SeatsReadWithoutALock", "capacity", {{"lock_sessions", "FOR UPDATE", ""}},
               kNoSeatConstraint),
      InLedger("SeatsOfABatchCountOnce", "counters",
               {{"change_sessions", "held = sessions.held + change.held",
                 "held = sessions.held + least(change.held, 1)"}}),
      PeopleNotLocked(),
      LocksInNoOrder(),
      InLedger("LastComeFirstServed", "line",
               {{"add_bookings", "profession, line_number, dm_time(expire_time)",
                 "profession, 1000000 - line_number, dm_time(expire_time)"}}),
      InLedger("NewcomersTakeFreedSeats", "line",
               {{"lock_sessions", "waitlisted", "0 AS waitlisted"},
                {"read_sessions", "waitlisted", "0 AS waitlisted"}}),
      InLedger("AnAuditRowIsDropped", "audit",
               {{"add_transitions",
                 "AS taken (booking_id, version, person, party, from_state, "
                 "to_state, why)",
                 "AS taken (booking_id, version, person, party, from_state, to_state, why) "
                 "WHERE why <> 'SEAT_FREED'"}}),
      // Transactions do not commit in the order in which they begin.
      InLedger("EventsNumberedByTime", "reader",
               {{"append_to_outbox",
                 "UPDATE outbox_counter SET seq = seq + cardinality($1::uuid[]) RETURNING seq",
                 "SELECT (extract(epoch FROM now()) * 1000000)::bigint AS seq"}}),
      // As by a cache of answers that is filled a moment after the commit.
      InLedger("AnswersSeenLate", "replay",
               {{"read_answered_requests", "USING (person, request_id)",
                 "USING (person, request_id) WHERE answered < (SELECT max(answered) FROM "
                 "answered_requests) - interval '1 second'"}}),
      InFeedOfHosts(
          "SeatsTakenAwayFromTheCounter", "counters",
          {{"store_sessions", "capacity = greatest(excluded.announced_capacity, sessions.held)",
            "capacity = excluded.announced_capacity, "
            "held = least(excluded.announced_capacity, sessions.held)"}}),
      InLedger("TimersThatNeverRing", "settled",
               {{"read_due", "WHERE review_time IS NOT NULL", "WHERE false"}}),
  };
}

}  // namespace dm::model
