#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/booking/domain/booking.h"
#include "tests/model/evidence.h"
#include "tests/model/model_clock.h"
#include "tests/support/postgres.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace dm::model {

// A database of its own with people and sessions, and the hosts who change these. What hosts tell
// is written down with its place in the committed order. Thread-safe.
class Stage {
 public:
  Stage();

  ModelClock& clock() { return clock_; }
  const testing::TestDatabase& database() const { return database_; }
  database::Database& pool() { return *pool_; }

  // Gives them the profile of an adult.
  void Know(const std::vector<std::string>& people);
  // Hosts reach the database through what that makes of it from now on. Not while others use this.
  void Wrap(
      const std::function<std::unique_ptr<database::Database>(std::unique_ptr<database::Database>)>&
          wrap) {
    pool_ = wrap(std::move(pool_));
  }
  // Any statements, as the owner of the tables.
  void Execute(const std::string& sql);

  booking::Session AddSession(int seats, absl::Duration from_now, absl::Duration length,
                              const std::string& siret, bool instant);
  // The host tells another number of seats; opens a session that was closed.
  void Announce(const std::string& session_id, int seats);
  void Close(const std::string& session_id, bool cancelled);

  // Adds what hosts told and what the database holds now.
  void Read(Evidence* evidence);

 private:
  struct Told {
    booking::Session session;
    int64_t version = 0;
  };
  // Tells the session as it is in `told`, and keeps that.
  void Commit(const Told& told, bool close);

  ModelClock clock_;
  testing::TestDatabase database_;
  std::unique_ptr<database::Database> pool_;
  absl::Mutex mutex_;
  std::map<std::string, Told> sessions_ ABSL_GUARDED_BY(mutex_);
  std::vector<Announcement> announcements_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace dm::model
