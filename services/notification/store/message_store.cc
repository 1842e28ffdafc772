#include "services/notification/store/message_store.h"

#include "common/auth/link_token.h"
#include "services/notification/store/mail_choice_store.h"

#include <map>
#include <utility>

namespace dm::notification {
namespace {

using database::FromMicros;
using database::Statement;
using database::ToMicros;
using database::Transaction;

// Whoever stops mails of a kind is sent none that is planned; before they go, it can be taken back.
constexpr Statement kDropStopped{"drop_stopped_messages", R"sql(
    UPDATE messages SET state = 'dropped', failure = 'STOPPED'
    WHERE id IN (
      SELECT m.id FROM messages AS m
      JOIN stopped_mails AS s ON s.party = m.recipient AND s.kind = m.kind
      WHERE m.state IN ('ready', 'sending') AND m.next_attempt <= dm_time($1)
      FOR UPDATE OF m SKIP LOCKED))sql"};

// Leasing moves `next_attempt` to the end of the lease. The inner rows are locked before they are
// changed, so that two replicas never take the same one.
constexpr Statement kLease{"lease_messages", R"sql(
    WITH due AS (
      SELECT m.id, m.recipient, m.session, m.email FROM messages AS m
      WHERE m.state IN ('ready', 'sending') AND m.next_attempt <= dm_time($1)
        AND NOT EXISTS (
          SELECT FROM messages AS earlier
          WHERE earlier.booking = m.booking AND earlier.recipient = m.recipient
            AND earlier.booking_version < m.booking_version
            AND earlier.not_before <= dm_time($1)
            AND earlier.state IN ('waiting', 'ready', 'sending'))
        AND NOT EXISTS (
          SELECT FROM stopped_mails AS s WHERE s.party = m.recipient AND s.kind = m.kind)
      ORDER BY m.next_attempt, m.id
      LIMIT $3
      FOR UPDATE OF m SKIP LOCKED)
    UPDATE messages AS m
    SET state = 'sending', attempts = m.attempts + 1, fence = m.fence + 1,
        next_attempt = dm_time($2)
    FROM due
    LEFT JOIN contacts AS c ON c.party = due.recipient
    LEFT JOIN sessions AS s ON s.name = due.session
    WHERE m.id = due.id AND (due.email IS NOT NULL OR c.party IS NOT NULL)
      AND (due.session = '' OR s.name IS NOT NULL)
    RETURNING m.id, m.kind, m.recipient, m.booking, m.booking_version, m.from_state, m.actor,
              m.offer_title,
              dm_micros(m.created) AS created, dm_micros(m.deadline) AS deadline, m.secret,
              CASE WHEN isfinite(m.useless_after) THEN dm_micros(m.useless_after) END
                AS useless_after,
              m.attempts, m.fence, m.traceparent, coalesce(m.display_name, c.display_name) AS display_name,
              coalesce(m.email, c.email) AS email,
              s.name AS session, s.host, s.title, s.company_display_name, s.street, s.postal_code,
              s.commune, s.profession, s.department, s.format,
              dm_micros(s.start_time) AS start_time, dm_micros(s.end_time) AS end_time,
              s.version AS session_version,
              cardinality(m.similar_sessions) > 0 AS has_similar)sql"};

// What is offered beside a message, as far as it can still be booked.
constexpr Statement kReadSimilar{"read_similar_sessions", R"sql(
    SELECT m.id, s.name AS session, s.host, s.title, s.company_display_name, s.street,
           s.postal_code, s.commune, s.profession, s.department, s.format,
           dm_micros(s.start_time) AS start_time, dm_micros(s.end_time) AS end_time,
           s.version AS session_version
    FROM messages AS m
    CROSS JOIN LATERAL unnest(m.similar_sessions) WITH ORDINALITY AS offered (name, place)
    JOIN sessions AS s ON s.name = offered.name
    WHERE m.id = ANY ($1::uuid[]) AND s.open AND s.start_time > dm_time($2)
    ORDER BY m.id, offered.place)sql"};

// Without a name for a message that is about none.
Session ReadSession(const pqxx::row& row) {
  if (row["session"].is_null()) return {};
  return {.name = row["session"].as<std::string>(),
          .host = row["host"].as<std::string>(),
          .title = row["title"].as<std::string>(),
          .company_display_name = row["company_display_name"].as<std::string>(),
          .street = row["street"].as<std::string>(),
          .postal_code = row["postal_code"].as<std::string>(),
          .commune = row["commune"].as<std::string>(),
          .profession = row["profession"].as<std::string>(),
          .department = row["department"].as<std::string>(),
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
                   .resource = row["booking"].as<std::string>(),
                   .booking_version = row["booking_version"].as<int64_t>(0),
                   .from_state = row["from_state"].as<std::string>(),
                   .actor = ParseActor(row["actor"].as<std::string>()).value(),
                   .time = FromMicros(row["created"].as<int64_t>()),
                   .deadline = row["deadline"].is_null()
                                   ? std::nullopt
                                   : std::optional(FromMicros(row["deadline"].as<int64_t>())),
                   .secret = row["secret"].as<std::string>(""),
                   .offer_title = row["offer_title"].as<std::string>(),
                   .session = ReadSession(row)};
  message.email = row["email"].as<std::string>();
  message.attempts = row["attempts"].as<int>();
  message.fence = row["fence"].as<int64_t>();
  message.traceparent = row["traceparent"].as<std::string>();
  message.lease_end = lease_end;
  if (!message.facts.session.name.empty()) message.session_end = message.facts.session.end_time;
  if (!row["useless_after"].is_null()) {
    message.useless_after = FromMicros(row["useless_after"].as<int64_t>());
  }
  return message;
}

// Gives each mail that its reader may stop a link of its own. One that is sent again has another:
// the token before is not kept, and its link stays good, since that mail may have arrived.
void AddChoices(Transaction& transaction, absl::Time now, std::vector<LeasedMessage>* messages) {
  std::vector<MailChoiceLink> links;
  for (LeasedMessage& message : *messages) {
    MessageFacts& facts = message.facts;
    if (!IsOptional(facts.kind)) continue;
    facts.choice_token = auth::NewLinkToken();
    links.push_back({auth::HashOfLinkToken(facts.choice_token), facts.recipient, facts.kind});
  }
  AddMailChoiceLinks(transaction, links, now);
}

void ReadSimilar(Transaction& transaction, const std::vector<std::string>& ids, absl::Time now,
                 std::vector<LeasedMessage>* messages) {
  if (ids.empty()) return;
  std::map<std::string, std::vector<Session>> similar;
  for (const pqxx::row& row : transaction.Exec(kReadSimilar, ids, ToMicros(now))) {
    similar[row["id"].as<std::string>()].push_back(ReadSession(row));
  }
  for (LeasedMessage& message : *messages) {
    const auto offered = similar.find(message.id);
    if (offered != similar.end()) message.facts.similar = std::move(offered->second);
  }
}

// Whoever is done with a message forgets what it carried.
constexpr Statement kMarkSent{"mark_message_sent", R"sql(
    UPDATE messages
    SET state = 'sent', sent_at = dm_time($3), secret = NULL, display_name = NULL, email = NULL
    WHERE id = $1 AND fence = $2 AND state = 'sending')sql"};
constexpr Statement kMarkFailed{"mark_message_failed", R"sql(
    UPDATE messages
    SET state = 'failed', failure = $3, secret = NULL, display_name = NULL, email = NULL
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
    UPDATE messages
    SET state = 'failed', failure = 'TOO_LATE', secret = NULL, display_name = NULL, email = NULL
    WHERE state = 'waiting' AND (end_time < dm_time($1) OR useless_after <= dm_time($2)))sql"};

constexpr Statement kCount{"count_messages", R"sql(
    SELECT count(*) FILTER (WHERE state = 'waiting') AS waiting,
           count(*) FILTER (WHERE state <> 'waiting') AS ready,
           dm_micros(min(next_attempt) FILTER (WHERE state = 'ready')) AS oldest_due
    FROM messages WHERE state IN ('waiting', 'ready', 'sending'))sql"};

}  // namespace

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
    std::vector<std::string> with_similar;
    transaction.Exec(kDropStopped, ToMicros(now));
    for (const pqxx::row& row :
         transaction.Exec(kLease, ToMicros(now), ToMicros(lease_end), limit)) {
      messages.push_back(ReadMessage(row, lease_end));
      if (row["has_similar"].as<bool>()) with_similar.push_back(messages.back().id);
    }
    ReadSimilar(transaction, with_similar, now, &messages);
    AddChoices(transaction, now, &messages);
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
        transaction.Exec(kExpireWaiting, ToMicros(too_late), ToMicros(now)).affected_rows());
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
