#include "services/gateway/store/partner_usage_store.h"

#include "absl/strings/str_join.h"

#include <algorithm>
#include <array>
#include <utility>

namespace dm::gateway {
namespace {

using database::Statement;
using database::Transaction;

// No row when the writer's batch, or a later one, is there. One whose COMMIT is still under way is
// waited for.
constexpr Statement kClaim{"claim_usage_batch", R"sql(
    INSERT INTO usage_writers AS known (writer, batch, day) VALUES ($1::uuid, $2, $3::date)
    ON CONFLICT ON CONSTRAINT usage_writers_key DO UPDATE
      SET batch = EXCLUDED.batch, day = EXCLUDED.day
      WHERE known.batch < EXCLUDED.batch
    RETURNING batch)sql"};

// Writes a row a day, not a row a batch.
constexpr Statement kAddPartners{"add_usage_partners", R"sql(
    INSERT INTO partners AS known (partner, departments, last_day)
    SELECT partner, string_to_array(departments, ','), $3::date
    FROM unnest($1::text[], $2::text[]) AS seen (partner, departments)
    ON CONFLICT ON CONSTRAINT partners_key DO UPDATE
      SET departments = ARRAY(SELECT DISTINCT code
                              FROM unnest(known.departments || EXCLUDED.departments) AS code
                              ORDER BY code),
          last_day = greatest(known.last_day, EXCLUDED.last_day)
      WHERE known.last_day < EXCLUDED.last_day OR NOT known.departments @> EXCLUDED.departments
    )sql"};

constexpr Statement kAdd{"add_partner_usage", R"sql(
    INSERT INTO partner_usage AS known
      (partner, day, method, ok, limited, client_errors, server_errors, events)
    SELECT partner, day, method, ok, limited, client_errors, server_errors, events
    FROM unnest($1::text[], $2::date[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[],
                $7::bigint[], $8::bigint[])
      AS counted (partner, day, method, ok, limited, client_errors, server_errors, events)
    ON CONFLICT ON CONSTRAINT partner_usage_key DO UPDATE
      SET ok = known.ok + EXCLUDED.ok,
          limited = known.limited + EXCLUDED.limited,
          client_errors = known.client_errors + EXCLUDED.client_errors,
          server_errors = known.server_errors + EXCLUDED.server_errors,
          events = known.events + EXCLUDED.events)sql"};

constexpr Statement kForgetUsage{"forget_partner_usage",
                                 "DELETE FROM partner_usage WHERE day < $1::date"};
constexpr Statement kForgetPartners{"forget_usage_partners",
                                    "DELETE FROM partners WHERE last_day < $1::date"};
constexpr Statement kForgetWriters{"forget_usage_writers",
                                   "DELETE FROM usage_writers WHERE day < $1::date"};

constexpr Statement kVisible{"visible_usage_partners", R"sql(
    SELECT partner FROM partners
    WHERE partner = coalesce($1, partner) AND ($2 OR departments && $3::text[]))sql"};

constexpr Statement kList{"list_partner_usage", R"sql(
    SELECT partner, to_char(day, 'YYYY-MM-DD') AS day_text, method, ok, limited, client_errors,
           server_errors, events
    FROM partner_usage
    WHERE partner = ANY ($1::text[]) AND day BETWEEN $2::date AND $3::date
      AND (day, partner, method) > ($4::date, $5, $6)
    ORDER BY day, partner, method
    LIMIT $7)sql"};

constexpr Statement kSum{"sum_partner_usage", R"sql(
    SELECT coalesce(sum(ok), 0) AS ok, coalesce(sum(limited), 0) AS limited,
           coalesce(sum(client_errors), 0) AS client_errors,
           coalesce(sum(server_errors), 0) AS server_errors, coalesce(sum(events), 0) AS events
    FROM partner_usage
    WHERE partner = ANY ($1::text[]) AND day BETWEEN $2::date AND $3::date)sql"};

constexpr size_t kPositionSize = 3;
// By CallOutcome.
constexpr std::array<const char*, kCallOutcomes> kCallColumns = {"ok", "limited", "client_errors",
                                                                 "server_errors"};

void AddPartners(Transaction& transaction, const UsageBatch& batch) {
  std::vector<std::string> partners;
  std::vector<std::string> departments;
  for (const auto& [partner, codes] : batch.counted.departments) {
    partners.push_back(partner);
    departments.push_back(absl::StrJoin(codes, ","));
  }
  transaction.Exec(kAddPartners, partners, departments, absl::FormatCivilTime(batch.day));
}

void AddCounts(Transaction& transaction, const std::vector<UsageCount>& counts) {
  std::vector<std::string> partners;
  std::vector<std::string> days;
  std::vector<std::string> methods;
  std::array<std::vector<int64_t>, kCallOutcomes> calls;
  std::vector<int64_t> events;
  for (const UsageCount& count : counts) {
    partners.push_back(count.partner);
    days.push_back(absl::FormatCivilTime(count.day));
    methods.push_back(count.method);
    for (size_t outcome = 0; outcome < kCallOutcomes; ++outcome) {
      calls[outcome].push_back(count.calls[outcome]);
    }
    events.push_back(count.events);
  }
  transaction.Exec(kAdd, partners, days, methods, calls[0], calls[1], calls[2], calls[3], events);
}

void ReadNumbers(const pqxx::row& row, UsageCount* count) {
  for (size_t outcome = 0; outcome < kCallOutcomes; ++outcome) {
    count->calls[outcome] = row[kCallColumns[outcome]].as<int64_t>();
  }
  count->events = row["events"].as<int64_t>();
}

std::vector<std::string> VisiblePartners(Transaction& transaction, const UsageQuery& query) {
  const UsageSight& sight = query.sight;
  std::vector<std::string> visible;
  for (const pqxx::row& row :
       transaction.Exec(kVisible, query.partner, sight.everything, sight.departments)) {
    visible.emplace_back(row[0].c_str());
  }
  // Who was not counted yet is there all the same.
  const bool asked_for = !sight.self.empty() && query.partner.value_or(sight.self) == sight.self;
  if (asked_for && std::find(visible.begin(), visible.end(), sight.self) == visible.end()) {
    visible.push_back(sight.self);
  }
  return visible;
}

}  // namespace

absl::Status PartnerUsageStore::Add(const UsageBatch& batch, absl::Time deadline) {
  return database_->Write(deadline, [&](Transaction& transaction) {
    const pqxx::result claimed =
        transaction.Exec(kClaim, batch.writer, batch.number, absl::FormatCivilTime(batch.day));
    if (claimed.empty()) return absl::OkStatus();
    // Both in the order of their keys, as the other replicas write them.
    AddPartners(transaction, batch);
    AddCounts(transaction, batch.counted.counts);
    return absl::OkStatus();
  });
}

absl::Status PartnerUsageStore::Forget(absl::CivilDay first_kept, absl::Time deadline) {
  const std::string day = absl::FormatCivilTime(first_kept);
  return database_->Write(deadline, [&](Transaction& transaction) {
    for (const Statement& statement : {kForgetPartners, kForgetUsage, kForgetWriters}) {
      transaction.Exec(statement, day);
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<UsagePage> PartnerUsageStore::List(const UsageQuery& query,
                                                  absl::Time deadline) const {
  const std::string first = absl::FormatCivilTime(query.first);
  const std::string last = absl::FormatCivilTime(query.last);
  std::vector<std::string> after = query.after;
  if (after.size() != kPositionSize) after = {first, "", ""};
  return database_->Read(deadline, [&](Transaction& transaction) -> absl::StatusOr<UsagePage> {
    const std::vector<std::string> partners = VisiblePartners(transaction, query);
    if (partners.empty() && query.partner.has_value()) return absl::NotFoundError("");
    UsagePage page;
    for (const pqxx::row& row : transaction.Exec(kList, partners, first, last, after[0], after[1],
                                                 after[2], query.limit + 1)) {
      if (page.counts.size() == static_cast<size_t>(query.limit)) {
        page.more = true;
        break;
      }
      UsageCount& count = page.counts.emplace_back();
      count.partner = row["partner"].c_str();
      count.day = ParseCivilDay(row["day_text"].c_str()).value_or(query.first);
      count.method = row["method"].c_str();
      ReadNumbers(row, &count);
    }
    ReadNumbers(transaction.Exec(kSum, partners, first, last).at(0), &page.total);
    return page;
  });
}

}  // namespace dm::gateway
