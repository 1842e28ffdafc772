#include "services/notification/store/message_store.h"

#include "services/notification/store/release_gate.h"

namespace dm::notification {
namespace {

using database::FromMicros;
using database::Statement;
using database::ToMicros;
using database::Transaction;

constexpr Statement kStoreMessages{"store_messages", R"sql(
    INSERT INTO messages
      (id, event_id, recipient, kind, booking, booking_version, session, actor, end_time, created,
       state, next_attempt)
    SELECT new.id, new.event_id, new.recipient, new.kind, new.booking, new.booking_version,
           new.session, new.actor, dm_time(new.end_time), dm_time(new.created),
           CASE WHEN EXISTS (SELECT FROM contacts AS c WHERE c.party = new.recipient)
                 AND EXISTS (SELECT FROM sessions AS s WHERE s.name = new.session)
             THEN 'ready' ELSE 'waiting' END,
           dm_time($11)
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::bigint[],
                $7::text[], $8::text[], $9::bigint[], $10::bigint[])
      AS new (id, event_id, recipient, kind, booking, booking_version, session, actor, end_time,
              created)
    ON CONFLICT DO NOTHING)sql"};

// Leasing moves `next_attempt` to the end of the lease. The inner rows are locked before they are
// changed, so that two replicas never take the same one.
constexpr Statement kLease{"lease_messages", R"sql(
    WITH due AS (
      SELECT m.id FROM messages AS m
      WHERE m.state IN ('ready', 'sending') AND m.next_attempt <= dm_time($1)
        AND NOT EXISTS (
          SELECT FROM messages AS earlier
          WHERE earlier.booking = m.booking AND earlier.recipient = m.recipient
            AND earlier.booking_version < m.booking_version
            AND earlier.state IN ('waiting', 'ready', 'sending'))
      ORDER BY m.next_attempt, m.id
      LIMIT $3
      FOR UPDATE OF m SKIP LOCKED)
    UPDATE messages AS m
    SET state = 'sending', attempts = m.attempts + 1, fence = m.fence + 1,
        next_attempt = dm_time($2)
    FROM due, contacts AS c, sessions AS s
    WHERE m.id = due.id AND c.party = m.recipient AND s.name = m.session
    RETURNING m.id, m.kind, m.recipient, m.booking, m.booking_version, m.actor,
              dm_micros(m.created) AS created, m.attempts, m.fence, c.display_name, c.email,
              s.name AS session, s.host, s.title, s.company_display_name, s.street, s.postal_code,
              s.commune, s.format, dm_micros(s.start_time) AS start_time,
              dm_micros(s.end_time) AS end_time, s.version AS session_version)sql"};

Session ReadSession(const pqxx::row& row) {
  return {.name = row["session"].as<std::string>(),
          .host = row["host"].as<std::string>(),
          .title = row["title"].as<std::string>(),
          .company_display_name = row["company_display_name"].as<std::string>(),
          .street = row["street"].as<std::string>(),
          .postal_code = row["postal_code"].as<std::string>(),
          .commune = row["commune"].as<std::string>(),
          .format = ParseSessionFormat(row["format"].as<std::string>()),
          .start_time = FromMicros(row["start_time"].as<int64_t>()),
          .end_time = FromMicros(row["end_time"].as<int64_t>()),
          .version = row["session_version"].as<int64_t>()};
}

// Kind and actor are known: the table's constraints say so.
LeasedMessage ReadMessage(const pqxx::row& row, absl::Time lease_end) {
  LeasedMessage message;
  message.id = row["id"].as<std::string>();
  message.facts = {.kind = ParseMessageKind(row["kind"].as<std::string>()).value(),
                   .recipient = row["recipient"].as<std::string>(),
                   .display_name = row["display_name"].as<std::string>(),
                   .booking = row["booking"].as<std::string>(),
                   .booking_version = row["booking_version"].as<int64_t>(),
                   .actor = ParseActor(row["actor"].as<std::string>()).value(),
                   .time = FromMicros(row["created"].as<int64_t>()),
                   .session = ReadSession(row)};
  message.email = row["email"].as<std::string>();
  message.attempts = row["attempts"].as<int>();
  message.fence = row["fence"].as<int64_t>();
  message.lease_end = lease_end;
  message.session_end = message.facts.session.end_time;
  return message;
}

constexpr Statement kMarkSent{"mark_message_sent", R"sql(
    UPDATE messages SET state = 'sent', sent_at = dm_time($3)
    WHERE id = $1 AND fence = $2 AND state = 'sending')sql"};
constexpr Statement kMarkFailed{"mark_message_failed", R"sql(
    UPDATE messages SET state = 'failed', failure = $3
    WHERE id = $1 AND fence = $2 AND state = 'sending')sql"};
constexpr Statement kRetryAt{"retry_message", R"sql(
    UPDATE messages SET state = 'ready', next_attempt = dm_time($3)
    WHERE id = $1 AND fence = $2 AND state = 'sending')sql"};
constexpr Statement kGiveBack{"give_message_back", R"sql(
    UPDATE messages SET state = 'ready', next_attempt = dm_time($3), attempts = attempts - 1
    WHERE id = $1 AND fence = $2 AND state = 'sending')sql"};

template <typename Value>
absl::StatusOr<bool> ChangeLeased(database::Database* database, absl::Time deadline,
                                  const Statement& statement, const LeasedMessage& message,
                                  const Value& value) {
  return database->Write(deadline, [&](Transaction& transaction) -> absl::StatusOr<bool> {
    return transaction.Exec(statement, message.id, message.fence, value).affected_rows() == 1;
  });
}

constexpr Statement kExpireWaiting{"expire_waiting_messages", R"sql(
    UPDATE messages SET state = 'failed', failure = 'TOO_LATE'
    WHERE state = 'waiting' AND end_time < dm_time($1))sql"};

constexpr Statement kCount{"count_messages", R"sql(
    SELECT count(*) FILTER (WHERE state = 'waiting') AS waiting,
           count(*) FILTER (WHERE state <> 'waiting') AS ready,
           dm_micros(min(next_attempt) FILTER (WHERE state = 'ready')) AS oldest_due
    FROM messages WHERE state IN ('waiting', 'ready', 'sending'))sql"};

}  // namespace

void StoreMessages(Transaction& transaction, const std::vector<BookingStep>& steps,
                   absl::Time now) {
  std::vector<std::string> ids, events, recipients, kinds, bookings, sessions, actors;
  std::vector<int64_t> versions, ends, times;
  for (const BookingStep& step : steps) {
    if (IsTooLate(step.end_time, now)) continue;
    for (const PlannedMessage& message : MessagesFor(step)) {
      ids.push_back(MessageUuid(step.event_id, message.recipient, message.kind));
      events.push_back(step.event_id);
      recipients.push_back(message.recipient);
      kinds.emplace_back(MessageKindName(message.kind));
      bookings.push_back(step.booking);
      versions.push_back(step.version);
      sessions.push_back(step.session);
      actors.emplace_back(ActorName(step.actor));
      ends.push_back(ToMicros(step.end_time));
      times.push_back(ToMicros(step.time));
    }
  }
  if (ids.empty()) return;
  EnterAsWaiter(transaction);
  transaction.Exec(kStoreMessages, ids, events, recipients, kinds, bookings, versions, sessions,
                   actors, ends, times, ToMicros(now));
}

absl::string_view FailureCauseName(FailureCause cause) {
  switch (cause) {
    case FailureCause::kRefused:
      return "REFUSED";
    case FailureCause::kGaveUp:
      return "GAVE_UP";
    case FailureCause::kTooLate:
      return "TOO_LATE";
    case FailureCause::kInvalid:
      return "INVALID";
  }
  return "";
}

absl::StatusOr<std::vector<LeasedMessage>> MessageStore::Lease(absl::Time deadline, absl::Time now,
                                                               absl::Duration lease, int limit) {
  using Leased = absl::StatusOr<std::vector<LeasedMessage>>;
  const absl::Time lease_end = now + lease;
  return database_->Write(deadline, [&](Transaction& transaction) -> Leased {
    std::vector<LeasedMessage> messages;
    for (const pqxx::row& row :
         transaction.Exec(kLease, ToMicros(now), ToMicros(lease_end), limit)) {
      messages.push_back(ReadMessage(row, lease_end));
    }
    return messages;
  });
}

absl::StatusOr<bool> MessageStore::MarkSent(absl::Time deadline, const LeasedMessage& message,
                                            absl::Time now) {
  return ChangeLeased(database_, deadline, kMarkSent, message, ToMicros(now));
}

absl::StatusOr<bool> MessageStore::MarkFailed(absl::Time deadline, const LeasedMessage& message,
                                              FailureCause cause) {
  return ChangeLeased(database_, deadline, kMarkFailed, message, FailureCauseName(cause));
}

absl::StatusOr<bool> MessageStore::RetryAt(absl::Time deadline, const LeasedMessage& message,
                                           absl::Time time) {
  return ChangeLeased(database_, deadline, kRetryAt, message, ToMicros(time));
}

absl::StatusOr<bool> MessageStore::GiveBack(absl::Time deadline, const LeasedMessage& message,
                                            absl::Time now) {
  return ChangeLeased(database_, deadline, kGiveBack, message, ToMicros(now));
}

absl::StatusOr<int64_t> MessageStore::ExpireWaiting(absl::Time deadline, absl::Time now) {
  return database_->Write(deadline, [&](Transaction& transaction) -> absl::StatusOr<int64_t> {
    const absl::Time too_late = LatestTooLateEnd(now);
    return static_cast<int64_t>(
        transaction.Exec(kExpireWaiting, ToMicros(too_late)).affected_rows());
  });
}

absl::StatusOr<MessageCounts> MessageStore::Count(absl::Time deadline) {
  const absl::StatusOr<pqxx::result> rows = database_->Query(deadline, kCount);
  if (!rows.ok()) return rows.status();
  const pqxx::row row = (*rows)[0];
  MessageCounts counts{row["waiting"].as<int64_t>(), row["ready"].as<int64_t>()};
  if (!row["oldest_due"].is_null()) {
    counts.oldest_due = FromMicros(row["oldest_due"].as<int64_t>());
  }
  return counts;
}

}  // namespace dm::notification
