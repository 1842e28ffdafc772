#include "services/booking/privacy/retention.h"

#include "absl/strings/str_cat.h"
#include "common/telemetry/log.h"
#include "common/text/uuid.h"
#include "services/booking/domain/scheme.h"
#include "services/booking/privacy/feed_names.h"
#include "services/booking/store/erasure_store.h"
#include "services/booking/store/people_lock.h"

#include <utility>
#include <vector>

namespace dm::booking {
namespace {

constexpr absl::Duration kInterval = absl::Hours(1);
constexpr absl::Duration kPause = absl::Minutes(1);
constexpr absl::Duration kPatience = absl::Seconds(30);
// Twice what callers are promised.
constexpr absl::Duration kAnswersKept = absl::Hours(48);
// Of access logs: six months to a year (CNIL, délibération 2021-122).
constexpr absl::Duration kLooksKept = absl::Hours(24 * 365);
constexpr int kRowsAtOnce = 500;

absl::CivilDay ParisDay(absl::Time time) { return absl::ToCivilDay(time, ParisTimeZone()); }

// Deletes in small transactions until nothing is left to delete.
template <typename Drop>
absl::Status DropAll(database::Database& database, int64_t* dropped, Drop drop) {
  while (true) {
    const absl::StatusOr<int64_t> rows =
        database.Write(absl::Now() + kPatience,
                       [&](database::Transaction& transaction) -> absl::StatusOr<int64_t> {
                         return drop(transaction);
                       });
    if (!rows.ok()) return rows.status();
    *dropped += *rows;
    if (*rows < kRowsAtOnce) return absl::OkStatus();
  }
}

absl::StatusOr<int64_t> AnonymizeSome(database::Transaction& transaction, Scheme scheme,
                                      absl::Time ended_before, absl::Time now) {
  std::vector<NamelessBooking> aged =
      TakeAged(transaction, scheme, ended_before, ParisDay(now), kRowsAtOnce);
  for (NamelessBooking& booking : aged) {
    booking.pseudonym = absl::StrCat("people/erased-", NewUuid(now));
  }
  if (!aged.empty()) Anonymize(transaction, aged);
  absl::Status retold = TakeNamesOutOfFeed(transaction, aged);
  if (!retold.ok()) return retold;
  return static_cast<int64_t>(aged.size());
}

}  // namespace

Retention::Retention(database::Database* database, const Clock* clock,
                     std::shared_ptr<const RuleBook> rules, absl::Duration people_kept,
                     absl::Duration proofs_kept)
    : database_(database),
      clock_(clock),
      rules_(std::move(rules)),
      people_kept_(people_kept),
      proofs_kept_(proofs_kept),
      task_([this] {
        const absl::StatusOr<Report> report = RunOnce();
        if (!report.ok()) {
          telemetry::Log(telemetry::Severity::kWarning, "retention_failed",
                         {{"code", static_cast<int64_t>(report.status().code())}});
          return kPause;
        }
        telemetry::Log(telemetry::Severity::kInfo, "retention_done",
                       {{"bookings", report->bookings},
                        {"people", report->people},
                        {"guardians", report->guardians},
                        {"answers", report->answers},
                        {"looks", report->looks},
                        {"proofs", report->proofs}});
        return kInterval;
      }) {}

absl::StatusOr<Retention::Report> Retention::RunOnce() {
  Report report;
  for (const Scheme scheme : AllSchemes()) {
    const absl::Status done = AnonymizeScheme(scheme, &report);
    if (!done.ok()) return done;
  }
  // After the bookings: they keep people as long as they say whose they are.
  const absl::Status let_go = LetPeopleGo(&report);
  if (!let_go.ok()) return let_go;
  const absl::Time now = clock_->Now();
  absl::Status dropped = DropAll(*database_, &report.answers, [&](auto& transaction) {
    return DropAnsweredRequests(transaction, now - kAnswersKept, kRowsAtOnce);
  });
  if (!dropped.ok()) return dropped;
  dropped = DropAll(*database_, &report.looks, [&](auto& transaction) {
    return DropForeignReads(transaction, now - kLooksKept, kRowsAtOnce);
  });
  if (!dropped.ok()) return dropped;
  dropped = DropAll(*database_, &report.looks, [&](auto& transaction) {
    return DropPersonHistory(transaction, now - kLooksKept, kRowsAtOnce);
  });
  if (!dropped.ok()) return dropped;
  dropped = DropAll(*database_, &report.proofs, [&](auto& transaction) {
    return DropProofs(transaction, now - proofs_kept_, kRowsAtOnce);
  });
  if (!dropped.ok()) return dropped;
  return report;
}

absl::Status Retention::AnonymizeScheme(Scheme scheme, Report* report) {
  const absl::Time now = clock_->Now();
  const absl::Time ended_before = now - rules_->Retention(scheme);
  return DropAll(*database_, &report->bookings, [&](database::Transaction& transaction) {
    return AnonymizeSome(transaction, scheme, ended_before, now);
  });
}

absl::Status Retention::LetPeopleGo(Report* report) {
  const absl::Time now = clock_->Now();
  const absl::Time untouched_since = now - people_kept_;
  absl::Status done = DropAll(*database_, &report->guardians, [&](auto& transaction) {
    return DropReplacedGuardians(transaction, untouched_since, kRowsAtOnce);
  });
  if (!done.ok()) return done;
  return DropAll(*database_, &report->people, [&](database::Transaction& transaction) {
    const std::vector<std::string> people =
        FindAgedPeople(transaction, untouched_since, ParisDay(now), kRowsAtOnce);
    // What was true of them is asked again under the lock: they may be coming back.
    LockPeople(transaction, people);
    return EraseAgedPeople(transaction, people, untouched_since, ParisDay(now), now);
  });
}

}  // namespace dm::booking
