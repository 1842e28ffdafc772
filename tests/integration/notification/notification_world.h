#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "common/database/migrations.h"
#include "common/time/clock.h"
#include "destinationmetier/event/v1/booking_events.pb.h"
#include "destinationmetier/event/v1/session_events.pb.h"
#include "services/notification/feeds/effects.h"
#include "services/notification/store/contact_store.h"
#include "services/notification/store/message_store.h"
#include "tests/support/postgres.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace dm::database {
extern const MigrationSet kDatabaseMigrations;
extern const MigrationSet kEventsMigrations;
extern const MigrationSet kNotificationMigrations;
extern const MigrationSet kRequestsMigrations;
}  // namespace dm::database

namespace dm::notification {

class TestClock final : public Clock {
 public:
  absl::Time Now() const override {
    absl::MutexLock lock(&mutex_);
    return now_;
  }
  void Advance(absl::Duration time) {
    absl::MutexLock lock(&mutex_);
    now_ += time;
  }

 private:
  mutable absl::Mutex mutex_;
  absl::Time now_ ABSL_GUARDED_BY(mutex_) = absl::FromCivil(absl::CivilSecond(2026, 11, 24, 9),
                                                            ParisTimeZone());
};

inline absl::Time Soon() { return absl::Now() + absl::Seconds(30); }

inline constexpr char kAna[] = "people/ana";
inline constexpr char kLemoine[] = "companies/00061001400011";
inline constexpr char kSession[] = "offers/o1/sessions/s1";

inline std::string BookingName(int number) {
  return absl::StrFormat("bookings/01940000-0000-7000-8000-%012d", number);
}

// A step of a booking; unlike others by its number.
struct StepEvent {
  int event = 1;
  int booking = 1;
  std::string from;
  std::string to = "PENDING_HOST";
  int64_t version = 1;
  std::string applicant = kAna;
  std::string session = kSession;
  std::string reason;
  // When the state runs out; the infinite future when it does not.
  absl::Time expire_time = absl::InfiniteFuture();
  std::vector<std::string> similar;
};

// The service's database, and what its feeds would do to it.
class NotificationTest : public ::testing::Test {
 protected:
  NotificationTest() {
    const absl::Status migrated = database::Migrate(
        *test_.OpenAsOwner("notification"), {{"database", &database::kDatabaseMigrations},
                                             {"events", &database::kEventsMigrations},
                                             {"requests", &database::kRequestsMigrations},
                                             {"notification", &database::kNotificationMigrations}});
    EXPECT_TRUE(migrated.ok()) << migrated;
  }

  absl::Time session_start() const {
    return absl::FromCivil(absl::CivilSecond(2026, 12, 7, 9), ParisTimeZone());
  }

  destinationmetier::event::v1::Event EventOf(int number,
                                              const google::protobuf::Message& payload) const {
    destinationmetier::event::v1::Event event;
    event.set_sequence(number);
    event.set_id(absl::StrFormat("01950000-0000-7000-8000-%012d", number));
    event.set_type(payload.GetDescriptor()->full_name());
    event.mutable_time()->set_seconds(absl::ToUnixSeconds(clock_.Now()));
    event.mutable_data()->PackFrom(payload);
    return event;
  }

  destinationmetier::event::v1::SessionScheduled SessionPayload(
      int64_t version = 1, const std::string& name = kSession) const {
    destinationmetier::event::v1::SessionScheduled session;
    session.set_session(name);
    session.set_host(kLemoine);
    session.set_version(version);
    session.set_title("Découvrir la fabrication de coton");
    session.set_company_display_name("Groupe Lemoine");
    session.mutable_place()->set_street("1 rue du Coton");
    session.mutable_place()->set_postal_code("61100");
    session.mutable_place()->set_commune("Caligny");
    session.set_format(destinationmetier::type::v1::MEETING_FORMAT_ON_SITE);
    session.mutable_start_time()->set_seconds(absl::ToUnixSeconds(session_start()));
    session.mutable_end_time()->set_seconds(absl::ToUnixSeconds(session_start() + absl::Hours(8)));
    return session;
  }

  destinationmetier::event::v1::Event EventOf(const StepEvent& step) const {
    destinationmetier::event::v1::BookingChanged changed;
    changed.set_booking(BookingName(step.booking));
    changed.set_session(step.session);
    changed.set_applicant(step.applicant);
    changed.set_host(kLemoine);
    changed.set_from_state(step.from);
    changed.set_to_state(step.to);
    changed.set_version(step.version);
    changed.set_actor(destinationmetier::event::v1::BookingChanged::ACTOR_HOST);
    changed.set_reason(step.reason);
    changed.mutable_similar_sessions()->Assign(step.similar.begin(), step.similar.end());
    if (step.expire_time != absl::InfiniteFuture()) {
      changed.mutable_expire_time()->set_seconds(absl::ToUnixSeconds(step.expire_time));
    }
    changed.mutable_start_time()->set_seconds(absl::ToUnixSeconds(session_start()));
    changed.mutable_end_time()->set_seconds(absl::ToUnixSeconds(session_start() + absl::Hours(8)));
    return EventOf(step.event, changed);
  }

  void ScheduleSession(int64_t version = 1) { Schedule(SessionPayload(version)); }
  void Schedule(const google::protobuf::Message& payload) {
    const auto event = EventOf(1, payload);
    const absl::Status applied = database_->Write(Soon(), [&](database::Transaction& transaction) {
      return ApplySessionEvents(transaction, {&event, 1}, clock_.Now());
    });
    ASSERT_TRUE(applied.ok()) << applied;
  }

  void TakeSteps(const std::vector<StepEvent>& steps) {
    std::vector<destinationmetier::event::v1::Event> events;
    for (const StepEvent& step : steps) events.push_back(EventOf(step));
    Apply(events);
  }
  void Apply(const std::vector<destinationmetier::event::v1::Event>& events) {
    const absl::Status applied = database_->Write(Soon(), [&](database::Transaction& transaction) {
      return ApplyBookingEvents(transaction, events, clock_.Now());
    });
    ASSERT_TRUE(applied.ok()) << applied;
  }

  void SetContact(const std::string& party, const std::string& name, const std::string& email) {
    ContactWrite write;
    write.contact = {party, name, email};
    write.right = SettingRight::kReplace;
    write.caller = "people/agent";
    const auto written = contacts_.Write(Soon(), write);
    ASSERT_TRUE(written.ok()) << written.status();
  }
  void SetBothContacts() {
    SetContact(kAna, "Ana Élève", "ana@lycee.example");
    SetContact(kLemoine, "Groupe Lemoine", "contact@lemoine.example");
  }

  // "people/ana REQUEST_RECEIVED ready 0": recipient, kind, state, attempts and cause of failure
  // of all messages, sorted.
  std::vector<std::string> Messages() {
    static constexpr database::Statement kMessages{"messages", R"sql(
        SELECT concat_ws(' ', recipient, kind, state, attempts, failure) FROM messages
        ORDER BY 1)sql"};
    std::vector<std::string> messages;
    const auto rows = database_->Query(Soon(), kMessages);
    EXPECT_TRUE(rows.ok()) << rows.status();
    for (const pqxx::row& row : *rows) messages.push_back(row[0].as<std::string>());
    return messages;
  }

  testing::TestDatabase test_ = testing::TestDatabase::Create();
  std::unique_ptr<database::Database> database_ = test_.OpenAs("notification");
  TestClock clock_;
  ContactStore contacts_{database_.get(), &clock_};
  MessageStore messages_{database_.get()};
};

}  // namespace dm::notification
