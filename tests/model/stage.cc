#include "tests/model/stage.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/database/migrations.h"
#include "common/text/uuid.h"
#include "services/booking/store/session_store.h"
#include "tests/model/evidence_store.h"
#include "tests/model/requests.h"

#include <gtest/gtest.h>

#include <utility>

namespace dm::database {
extern const MigrationSet kDatabaseMigrations;
extern const MigrationSet kEventsMigrations;
extern const MigrationSet kPrivacyMigrations;
extern const MigrationSet kBookingMigrations;
}  // namespace dm::database

namespace dm::model {
namespace {

using database::Statement;

// Whoever commits events after this one waits for it: so its place among them is certain.
constexpr Statement kLastEvent{"model_last_event", "SELECT seq FROM outbox_counter FOR UPDATE"};

constexpr Statement kAddPeople{"model_add_people", R"sql(
  INSERT INTO applicants (person, birth_date, level, department, update_time)
  SELECT person, '1990-05-05', 'STUDENT', '61', now() FROM unnest($1::text[]) AS person
)sql"};

absl::Time Soon() { return absl::Now() + absl::Seconds(30); }

}  // namespace

Stage::Stage() : database_(testing::TestDatabase::Create()), pool_(database_.OpenAs("booking", 4)) {
  const absl::Status migrated = database::Migrate(*database_.OpenAsOwner("booking"),
                                                  {{"database", &database::kDatabaseMigrations},
                                                   {"events", &database::kEventsMigrations},
                                                   {"privacy", &database::kPrivacyMigrations},
                                                   {"booking", &database::kBookingMigrations}});
  EXPECT_TRUE(migrated.ok()) << migrated;
}

void Stage::Know(const std::vector<std::string>& people) {
  const absl::Status status = pool_->Write(Soon(), [&](database::Transaction& transaction) {
    transaction.Exec(kAddPeople, people);
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
}

void Stage::Execute(const std::string& sql) {
  const auto owner = database_.OpenAsOwner("booking");
  const absl::Status status = owner->Write(Soon(), [&](database::Transaction& transaction) {
    transaction.raw().exec(sql);
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
}

booking::Session Stage::AddSession(int seats, absl::Duration from_now, absl::Duration length,
                                   const std::string& siret, bool instant) {
  const absl::Time now = clock_.Now();
  Told told;
  told.session = {.id = NewUuid(now),
                  .host = absl::StrCat("companies/", siret),
                  .title = "Découvrir la boulangerie",
                  .department = kDepartment,
                  .start_time = now + from_now,
                  .end_time = now + from_now + length,
                  .announced_capacity = seats,
                  .instant_confirmation = instant};
  told.session.name = SessionNameOf(told.session.id);
  absl::MutexLock lock(&mutex_);
  Told& kept = sessions_[told.session.id] = told;
  ++kept.version;
  Commit(kept, false);
  return kept.session;
}

void Stage::Announce(const std::string& session_id, int seats) {
  absl::MutexLock lock(&mutex_);
  Told& told = sessions_.at(session_id);
  if (told.session.cancelled) return;
  told.session.announced_capacity = seats;
  told.session.open = true;
  ++told.version;
  Commit(told, false);
}

void Stage::Close(const std::string& session_id, bool cancelled) {
  absl::MutexLock lock(&mutex_);
  Told& told = sessions_.at(session_id);
  told.session.open = false;
  told.session.cancelled |= cancelled;
  ++told.version;
  Commit(told, true);
}

void Stage::Commit(const Told& told, bool close) {
  const booking::Session& session = told.session;
  Announcement announcement = {.session = session.id,
                               .capacity = session.announced_capacity,
                               .open = session.open,
                               .cancelled = session.cancelled,
                               .invoked = clock_.Now()};
  const absl::Status status = pool_->Write(Soon(), [&](database::Transaction& transaction) {
    if (close) {
      booking::CloseSessions(transaction, {{session.id, told.version, session.cancelled}},
                             clock_.Now());
    } else {
      booking::StoreSessions(transaction, {{session, told.version}}, clock_.Now());
    }
    announcement.position = transaction.Exec(kLastEvent)[0][0].as<int64_t>();
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  announcement.answered = clock_.Now();
  mutex_.AssertHeld();
  announcements_.push_back(announcement);
}

void Stage::Read(Evidence* evidence) {
  const absl::Status status = ReadEvidence(*pool_, evidence);
  EXPECT_TRUE(status.ok()) << status;
  absl::MutexLock lock(&mutex_);
  evidence->announcements = announcements_;
}

}  // namespace dm::model
