#include "services/notification/store/webhook_store.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "services/notification/store/message_plan.h"

#include <utility>

namespace dm::notification {
namespace {

using database::FromMicros;
using database::Statement;
using database::ToMicros;

constexpr absl::Duration kDatabaseTime = absl::Seconds(5);

#define DM_WEBHOOK_COLUMNS                                                                \
  "id, owner, display_name, url, array_to_string(types, ',') AS types, everywhere, "      \
  "array_to_string(departments, ',') AS departments, state, secret, secret_number, "      \
  "previous_secret, dm_micros(previous_secret_until) AS previous_secret_until, version, " \
  "dm_micros(create_time) AS create_time, dm_micros(update_time) AS update_time, "        \
  "array_to_string(positions, ',') AS positions, fence, failures, "                       \
  "dm_micros(failing_since) AS failing_since, dm_micros(last_success) AS last_success, "  \
  "CASE WHEN isfinite(next_attempt) THEN dm_micros(next_attempt) END AS next_attempt"

constexpr Statement kLockOwner{
    "lock_webhook_owner", "SELECT pg_advisory_xact_lock(hashtextextended('webhooks ' || $1, 0))"};

constexpr Statement kAdd{"add_webhook", R"sql(
  INSERT INTO webhooks (id, owner, display_name, url, types, everywhere, departments, state, secret,
                        create_time, update_time, positions)
  SELECT $1::uuid, $2, $3, $4, $5::text[], $6, $7::text[], $8, $9, dm_time($10), dm_time($10),
         $11::bigint[]
  WHERE (SELECT count(*) FROM webhooks WHERE owner = $2) < $12
)sql"};

constexpr Statement kFind{"find_webhook",
                          "SELECT " DM_WEBHOOK_COLUMNS " FROM webhooks WHERE id = $1::uuid"};

constexpr Statement kLock{
    "lock_webhook", "SELECT " DM_WEBHOOK_COLUMNS " FROM webhooks WHERE id = $1::uuid FOR UPDATE"};

constexpr Statement kList{"list_webhooks",
                          "SELECT " DM_WEBHOOK_COLUMNS
                          " FROM webhooks WHERE ($1::text IS NULL OR owner = $1) "
                          "AND ($2::bigint IS NULL OR (create_time, id) > (dm_time($2), $3::uuid)) "
                          "ORDER BY create_time, id LIMIT $4"};

constexpr Statement kChange{"change_webhook", R"sql(
  UPDATE webhooks
  SET display_name = $2, url = $3, types = $4::text[], everywhere = $5, departments = $6::text[],
      state = $7, secret = $8, secret_number = $9, previous_secret = $10,
      previous_secret_until = dm_time($11), positions = $12::bigint[], failures = $13,
      failing_since = dm_time($14), next_attempt = coalesce(dm_time($15), '-infinity'),
      update_time = dm_time($16), version = version + 1, fence = fence + 1
  WHERE id = $1::uuid
)sql"};

constexpr Statement kDelete{"delete_webhook", "DELETE FROM webhooks WHERE id = $1::uuid"};

constexpr Statement kAttempts{"list_webhook_attempts", R"sql(
  SELECT id, webhook_id, event_id, type, dm_micros(at) AS at, http_status, failure, milliseconds,
         array_to_string(positions, ',') AS positions
  FROM webhook_deliveries
  WHERE webhook_id = $1::uuid AND ($2::text = '' OR id < nullif($2, '')::uuid)
  ORDER BY id DESC LIMIT $3
)sql"};

// Those of whoever is gone are taken in one go: a replica alone delivers to all.
constexpr Statement kHold{"hold_webhooks", R"sql(
  WITH mine AS (
    SELECT id FROM webhooks
    WHERE state = 'ACTIVE' AND (holder = $1 OR lease_until < dm_time($2))
    ORDER BY id FOR UPDATE SKIP LOCKED
  )
  UPDATE webhooks
  SET lease_until = dm_time($3), holder = $1, fence = fence + (holder <> $1)::int
  WHERE id IN (SELECT id FROM mine)
  RETURNING )sql" DM_WEBHOOK_COLUMNS};

constexpr Statement kRelease{
    "release_webhooks",
    "UPDATE webhooks SET lease_until = '-infinity', holder = '' WHERE holder = $1"};

constexpr Statement kAdvance{"advance_webhook", R"sql(
  UPDATE webhooks
  SET positions = $3::bigint[], failures = 0, failing_since = NULL, next_attempt = '-infinity',
      last_success = CASE WHEN $4 THEN dm_time($5) ELSE last_success END
  WHERE id = $1::uuid AND fence = $2 AND state = 'ACTIVE'
)sql"};

constexpr Statement kFail{"fail_webhook", R"sql(
  UPDATE webhooks
  SET failures = failures + 1, failing_since = coalesce(failing_since, dm_time($3)),
      next_attempt = coalesce(dm_time($4), '-infinity'),
      state = CASE WHEN $4::bigint IS NULL THEN 'DISABLED' ELSE state END,
      version = version + ($4::bigint IS NULL)::int,
      update_time = CASE WHEN $4::bigint IS NULL THEN dm_time($3) ELSE update_time END
  WHERE id = $1::uuid AND fence = $2 AND state = 'ACTIVE'
)sql"};

constexpr Statement kKeepAttempt{"keep_webhook_attempt", R"sql(
  INSERT INTO webhook_deliveries (id, webhook_id, event_id, type, at, http_status, failure,
                                  milliseconds, positions)
  SELECT $1::uuid, id, $3, $4, dm_time($5), $6, $7, $8, $9::bigint[]
  FROM webhooks WHERE id = $2::uuid
)sql"};

constexpr Statement kDropAttempts{"drop_webhook_attempts",
                                  "DELETE FROM webhook_deliveries WHERE at < dm_time($1)"};

std::vector<int64_t> NumbersIn(absl::string_view text) {
  std::vector<int64_t> numbers;
  for (const absl::string_view part : absl::StrSplit(text, ',', absl::SkipEmpty())) {
    int64_t number = 0;
    if (absl::SimpleAtoi(part, &number)) numbers.push_back(number);
  }
  return numbers;
}

std::optional<absl::Time> TimeIn(const pqxx::field& micros) {
  if (micros.is_null()) return std::nullopt;
  return FromMicros(micros.as<int64_t>());
}

std::optional<int64_t> MicrosOf(const std::optional<absl::Time>& time) {
  if (!time.has_value()) return std::nullopt;
  return ToMicros(*time);
}

Webhook ToWebhook(const pqxx::row& row) {
  Webhook webhook{.id = row["id"].c_str(), .owner = row["owner"].c_str()};
  webhook.terms = {
      .display_name = row["display_name"].c_str(),
      .url = row["url"].c_str(),
      .types = absl::StrSplit(row["types"].c_str(), ',', absl::SkipEmpty()),
      .everywhere = row["everywhere"].as<bool>(),
      .departments = absl::StrSplit(row["departments"].c_str(), ',', absl::SkipEmpty())};
  webhook.state = WebhookStateOf(row["state"].c_str()).value_or(WebhookState::kDisabled);
  webhook.secret = row["secret"].c_str();
  webhook.secret_number = row["secret_number"].as<int>();
  webhook.previous_secret = row["previous_secret"].c_str();
  webhook.previous_secret_until = TimeIn(row["previous_secret_until"]);
  webhook.version = row["version"].as<int64_t>();
  webhook.create_time = FromMicros(row["create_time"].as<int64_t>());
  webhook.update_time = FromMicros(row["update_time"].as<int64_t>());
  webhook.positions = NumbersIn(row["positions"].c_str());
  webhook.fence = row["fence"].as<int64_t>();
  webhook.failures = row["failures"].as<int>();
  webhook.failing_since = TimeIn(row["failing_since"]);
  webhook.last_success = TimeIn(row["last_success"]);
  webhook.next_attempt = TimeIn(row["next_attempt"]).value_or(absl::InfinitePast());
  return webhook;
}

void KeepAttempt(database::Transaction& transaction, const WebhookAttempt& attempt) {
  transaction.Exec(kKeepAttempt, attempt.id, attempt.webhook, attempt.event, attempt.type,
                   ToMicros(attempt.at), attempt.http_status, attempt.failure,
                   absl::ToInt64Milliseconds(attempt.took), attempt.positions);
}

}  // namespace

bool AddWebhook(database::Transaction& transaction, const Webhook& webhook, int most) {
  transaction.Exec(kLockOwner, webhook.owner);
  const WebhookTerms& terms = webhook.terms;
  return transaction
             .Exec(kAdd, webhook.id, webhook.owner, terms.display_name, terms.url, terms.types,
                   terms.everywhere, terms.departments, WebhookStateName(webhook.state),
                   webhook.secret, ToMicros(webhook.create_time), webhook.positions, most)
             .affected_rows() == 1;
}

std::optional<Webhook> LockWebhook(database::Transaction& transaction, const std::string& id) {
  const pqxx::result rows = transaction.Exec(kLock, id);
  if (rows.empty()) return std::nullopt;
  return ToWebhook(rows[0]);
}

std::optional<Webhook> FindWebhook(database::Transaction& transaction, const std::string& id) {
  const pqxx::result rows = transaction.Exec(kFind, id);
  if (rows.empty()) return std::nullopt;
  return ToWebhook(rows[0]);
}

void ChangeWebhook(database::Transaction& transaction, Webhook* webhook, absl::Time now) {
  const WebhookTerms& terms = webhook->terms;
  std::optional<std::string> previous;
  if (webhook->previous_secret_until.has_value()) previous = webhook->previous_secret;
  std::optional<int64_t> next;
  if (webhook->next_attempt != absl::InfinitePast()) next = ToMicros(webhook->next_attempt);
  transaction.Exec(kChange, webhook->id, terms.display_name, terms.url, terms.types,
                   terms.everywhere, terms.departments, WebhookStateName(webhook->state),
                   webhook->secret, webhook->secret_number, previous,
                   MicrosOf(webhook->previous_secret_until), webhook->positions, webhook->failures,
                   MicrosOf(webhook->failing_since), next, ToMicros(now));
  webhook->update_time = now;
  ++webhook->version;
  ++webhook->fence;
}

void DeleteWebhook(database::Transaction& transaction, const std::string& id) {
  transaction.Exec(kDelete, id);
}

std::vector<Webhook> ListWebhooks(database::Transaction& transaction,
                                  const std::optional<std::string>& owner,
                                  const std::optional<WebhookPosition>& after, int limit) {
  std::optional<int64_t> micros;
  std::optional<std::string> id;
  if (after.has_value()) {
    micros = after->create_micros;
    id = after->id;
  }
  std::vector<Webhook> webhooks;
  for (const pqxx::row& row : transaction.Exec(kList, owner, micros, id, limit)) {
    webhooks.push_back(ToWebhook(row));
  }
  return webhooks;
}

std::vector<WebhookAttempt> ListAttempts(database::Transaction& transaction,
                                         const std::string& webhook, const std::string& before_id,
                                         int limit) {
  std::vector<WebhookAttempt> attempts;
  for (const pqxx::row& row : transaction.Exec(kAttempts, webhook, before_id, limit)) {
    attempts.push_back({.id = row["id"].c_str(),
                        .webhook = row["webhook_id"].c_str(),
                        .event = row["event_id"].c_str(),
                        .type = row["type"].c_str(),
                        .at = FromMicros(row["at"].as<int64_t>()),
                        .http_status = row["http_status"].as<int>(),
                        .failure = row["failure"].c_str(),
                        .took = absl::Milliseconds(row["milliseconds"].as<int>()),
                        .positions = NumbersIn(row["positions"].c_str())});
  }
  return attempts;
}

absl::StatusOr<std::vector<Webhook>> WebhookLeases::Hold(absl::Time now, absl::Duration lease) {
  return database_->Write(
      absl::Now() + kDatabaseTime,
      [&](database::Transaction& transaction) -> absl::StatusOr<std::vector<Webhook>> {
        std::vector<Webhook> webhooks;
        for (const pqxx::row& row :
             transaction.Exec(kHold, holder_, ToMicros(now), ToMicros(now + lease))) {
          webhooks.push_back(ToWebhook(row));
        }
        return webhooks;
      });
}

absl::Status WebhookLeases::Release() {
  return database_->Write(absl::Now() + kDatabaseTime, [&](database::Transaction& transaction) {
    transaction.Exec(kRelease, holder_);
    return absl::OkStatus();
  });
}

absl::StatusOr<bool> WebhookLeases::Advance(const Webhook& webhook,
                                            const std::vector<int64_t>& positions,
                                            const std::optional<WebhookAttempt>& attempt,
                                            absl::Time now) {
  return database_->Write(
      absl::Now() + kDatabaseTime, [&](database::Transaction& transaction) -> absl::StatusOr<bool> {
        const bool moved = transaction
                               .Exec(kAdvance, webhook.id, webhook.fence, positions,
                                     attempt.has_value(), ToMicros(now))
                               .affected_rows() == 1;
        if (attempt.has_value()) KeepAttempt(transaction, *attempt);
        return moved;
      });
}

absl::StatusOr<bool> WebhookLeases::Fail(const Webhook& webhook, const WebhookAttempt& attempt,
                                         std::optional<absl::Time> next, absl::Time now) {
  return database_->Write(
      absl::Now() + kDatabaseTime, [&](database::Transaction& transaction) -> absl::StatusOr<bool> {
        const bool noted =
            transaction.Exec(kFail, webhook.id, webhook.fence, ToMicros(now), MicrosOf(next))
                .affected_rows() == 1;
        KeepAttempt(transaction, attempt);
        if (noted && !next.has_value()) {
          const std::string& title = webhook.terms.display_name;
          PlanWebhookDisabled(transaction, webhook.Name(), webhook.owner,
                              title.empty() ? webhook.Name() : title, now);
        }
        return noted;
      });
}

absl::StatusOr<int64_t> WebhookLeases::DropAttempts(absl::Time before) {
  return database_->Write(absl::Now() + kDatabaseTime,
                          [&](database::Transaction& transaction) -> absl::StatusOr<int64_t> {
                            return static_cast<int64_t>(
                                transaction.Exec(kDropAttempts, ToMicros(before)).affected_rows());
                          });
}

}  // namespace dm::notification
