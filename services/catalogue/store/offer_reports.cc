#include "services/catalogue/store/offer_reports.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace dm::catalogue {
namespace {

using database::FromMicros;
using database::Statement;
using database::ToMicros;
using database::Transaction;

// The agency of the company answers for its offers, wherever their sites lie.
constexpr Statement kReportable{"reportable_offer", R"sql(
SELECT o.siret, c.department FROM offers o JOIN companies c USING (siret)
WHERE o.id = $1::uuid AND o.published
)sql"};

constexpr Statement kAdd{"add_report", R"sql(
INSERT INTO offer_reports (id, offer_id, reporter, ground, text, create_time)
VALUES ($1::uuid, $2::uuid, $3, $4, $5, dm_time($6))
ON CONFLICT (offer_id, reporter) WHERE resolve_time IS NULL DO NOTHING
RETURNING 1
)sql"};

#define DM_REPORT                                                                        \
  "SELECT r.id, r.offer_id, o.siret, c.department, r.ground, r.text, r.reporter, "       \
  "dm_micros(r.create_time) AS create_time, dm_micros(r.resolve_time) AS resolve_time, " \
  "r.outcome, coalesce(r.note, '') AS note "                                             \
  "FROM offer_reports r JOIN offers o ON o.id = r.offer_id JOIN companies c ON c.siret = o.siret "

constexpr Statement kRead{"report", DM_REPORT "WHERE r.id = $1::uuid"};
constexpr Statement kLock{"lock_report", DM_REPORT "WHERE r.id = $1::uuid FOR UPDATE OF r"};

constexpr Statement kResolve{"resolve_report", R"sql(
UPDATE offer_reports SET resolve_time = dm_time($2), resolved_by = $3, outcome = $4, note = $5
WHERE id = $1::uuid
)sql"};

#define DM_REPORT_PAGE                                                                  \
  "AND ($1 OR c.department = ANY ($2::text[])) AND ($3 = '' OR r.offer_id::text = $3) " \
  "AND (r.create_time, r.id) > (dm_time($4), $5::uuid) ORDER BY r.create_time, r.id LIMIT $6"

constexpr Statement kOpen{"open_reports", DM_REPORT "WHERE r.resolve_time IS NULL " DM_REPORT_PAGE};
constexpr Statement kAnswered{"answered_reports",
                              DM_REPORT "WHERE r.resolve_time IS NOT NULL " DM_REPORT_PAGE};

constexpr Statement kRecordReads{"record_report_reads", R"sql(
INSERT INTO offer_report_reads (report_id, reader, at)
SELECT id, $2, dm_time($3) FROM unnest($1::uuid[]) AS id
ON CONFLICT DO NOTHING
)sql"};

OfferReport ToReport(const pqxx::row& row) {
  OfferReport report{.id = row["id"].c_str(),
                     .offer = row["offer_id"].c_str(),
                     .siret = row["siret"].c_str(),
                     .department = row["department"].c_str(),
                     .ground = static_cast<ReportGround>(row["ground"].as<int>()),
                     .text = row["text"].c_str(),
                     .reporter = row["reporter"].c_str(),
                     .create_time = FromMicros(row["create_time"].as<int64_t>()),
                     .note = row["note"].c_str()};
  if (!row["resolve_time"].is_null()) {
    report.resolve_time = FromMicros(row["resolve_time"].as<int64_t>());
    report.outcome = static_cast<ReportOutcome>(row["outcome"].as<int>());
  }
  return report;
}

std::optional<OfferReport> ToOne(const pqxx::result& rows) {
  if (rows.empty()) return std::nullopt;
  return ToReport(rows[0]);
}

// Before every row.
constexpr char kLeastId[] = "00000000-0000-0000-0000-000000000000";

// A key is [answered, creation, id]. Our tokens are signed: whatever is in them was once written
// by us.
struct Position {
  bool answered = false;
  int64_t create_micros = 0;
  std::string id = kLeastId;
};

Position PositionOf(const PageKey& key) {
  Position position;
  if (key.size() != 3 || !absl::SimpleAtoi(key[1], &position.create_micros)) return position;
  position.answered = key[0] == "1";
  position.id = key[2];
  return position;
}

}  // namespace

std::optional<ReportedOffer> FindReportable(Transaction& transaction, const std::string& offer_id) {
  const pqxx::result rows = transaction.Exec(kReportable, offer_id);
  if (rows.empty()) return std::nullopt;
  return ReportedOffer{rows[0]["siret"].c_str(), rows[0]["department"].c_str()};
}

bool AddReport(Transaction& transaction, const OfferReport& report) {
  return !transaction
              .Exec(kAdd, report.id, report.offer, report.reporter, static_cast<int>(report.ground),
                    report.text, ToMicros(report.create_time))
              .empty();
}

std::optional<OfferReport> ReadReport(Transaction& transaction, const std::string& id) {
  return ToOne(transaction.Exec(kRead, id));
}

std::optional<OfferReport> LockReport(Transaction& transaction, const std::string& id) {
  return ToOne(transaction.Exec(kLock, id));
}

void ResolveReport(Transaction& transaction, const OfferReport& report, const std::string& by) {
  transaction.Exec(kResolve, report.id, ToMicros(*report.resolve_time), by,
                   static_cast<int>(*report.outcome), report.note);
}

ReportPage ListReports(Transaction& transaction, const ReportCriteria& criteria) {
  Position position = PositionOf(criteria.after);
  ReportPage page;
  const auto read = [&](const Statement& statement, const Position& after) {
    const auto left =
        static_cast<int64_t>(criteria.limit) + 1 - static_cast<int64_t>(page.reports.size());
    if (left <= 0) return;
    for (const pqxx::row& row :
         transaction.Exec(statement, criteria.who.everywhere, criteria.who.departments,
                          criteria.offer, after.create_micros, after.id, left)) {
      page.reports.push_back(ToReport(row));
    }
  };
  if (!position.answered) {
    read(kOpen, position);
    position = {.answered = true};
  }
  if (!criteria.open_only) read(kAnswered, position);
  if (page.reports.size() > static_cast<size_t>(criteria.limit)) {
    page.reports.resize(static_cast<size_t>(criteria.limit));
    const OfferReport& last = page.reports.back();
    page.next = PageKey{last.resolve_time.has_value() ? "1" : "0",
                        absl::StrCat(ToMicros(last.create_time)), last.id};
  }
  return page;
}

void RecordReportReads(Transaction& transaction, const std::vector<std::string>& ids,
                       const std::string& reader, absl::Time now) {
  if (!ids.empty()) transaction.Exec(kRecordReads, ids, reader, ToMicros(now));
}

}  // namespace dm::catalogue
