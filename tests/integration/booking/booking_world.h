#pragma once

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "common/database/migrations.h"
#include "common/errors/error.h"
#include "common/text/uuid.h"
#include "destinationmetier/event/v1/booking_events.pb.h"
#include "services/booking/api/booking_messages.h"
#include "services/booking/api/booking_service.h"
#include "services/booking/api/validation.h"
#include "services/booking/ledger/review_loop.h"
#include "services/booking/store/session_store.h"
#include "tests/support/lenient_rules.h"
#include "tests/support/postgres.h"
#include "tests/support/shifted_clock.h"

#include <gtest/gtest.h>
#include <pqxx/pqxx>

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace dm::database {
extern const MigrationSet kDatabaseMigrations;
extern const MigrationSet kEventsMigrations;
extern const MigrationSet kPrivacyMigrations;
extern const MigrationSet kBookingMigrations;
}  // namespace dm::database

namespace dm::booking {

// A booking service on a database of its own, called without a network.
class BookingWorld {
 public:
  using Message = destinationmetier::booking::v1::Booking;

  explicit BookingWorld(Ledger::Options options = {}, Policy policy = LenientPolicy())
      : BookingWorld(options, LenientTerms(policy)) {}

  BookingWorld(Ledger::Options options, Terms rules)
      : database_(testing::TestDatabase::Create()),
        owner_(database_.OpenAsOwner("booking")),
        pool_(database_.OpenAs("booking", 6)),
        page_tokens_(std::string(32, 'k'), &clock_),
        store_(pool_.get()),
        terms_(std::move(rules)) {
    const absl::Status migrated =
        database::Migrate(*owner_, {{"database", &database::kDatabaseMigrations},
                                    {"events", &database::kEventsMigrations},
                                    {"privacy", &database::kPrivacyMigrations},
                                    {"booking", &database::kBookingMigrations}});
    EXPECT_TRUE(migrated.ok()) << migrated;
    const auto terms = [this] { return terms_; };
    ledger_ = std::make_unique<Ledger>(
        options, pool_.get(), &clock_, terms,
        [](const Booking& booking) { return ToMessage(booking).SerializeAsString(); }, nullptr);
    reviews_ = std::make_unique<ReviewLoop>(pool_.get(), ledger_.get(), &clock_);
    service_ = std::make_unique<BookingService>(BookingService::Parts{.ledger = ledger_.get(),
                                                                      .database = pool_.get(),
                                                                      .store = &store_,
                                                                      .page_tokens = &page_tokens_,
                                                                      .clock = &clock_,
                                                                      .terms = terms});
  }

  // Nobody of the tests asks for too much at once, but where a test says so.
  static Policy LenientPolicy() { return {.most_open_requests = 1000}; }

  testing::ShiftedClock& clock() { return clock_; }
  const Terms& terms() const { return terms_; }
  // Has the ledger look at all that is due now, until nothing is.
  void ReviewDue() {
    for (int round = 0; round < 20; ++round) {
      const absl::StatusOr<int> taken = reviews_->RunDue();
      ASSERT_TRUE(taken.ok()) << taken.status();
      if (*taken == 0) return;
    }
    ADD_FAILURE() << "what is due stays due";
  }

  database::Database& pool() { return *pool_; }
  BookingService& service() { return *service_; }
  Ledger& ledger() { return *ledger_; }

  // Adds a session of a company in the Orne that starts in `from_now` and lasts two hours.
  std::string AddSession(int capacity, absl::Duration from_now = absl::Hours(48),
                         bool instant = false) {
    const absl::Time now = clock_.Now();
    ScheduledSession told;
    told.version = 1;
    told.session = {.id = NewUuid(now),
                    .name = "",
                    .host = "companies/90000001900019",
                    .title = "Découvrir la boulangerie",
                    .department = "61",
                    .start_time = now + from_now,
                    .end_time = now + from_now + absl::Hours(2),
                    .announced_capacity = capacity,
                    .instant_confirmation = instant};
    told.session.name = absl::StrCat("offers/", NewUuid(now), "/sessions/", told.session.id);
    Add(told);
    return told.session.name;
  }
  // Adds a session as it is told.
  void Add(const ScheduledSession& told) {
    Tell(told);
    sessions_.push_back(told);
  }

  // The session's owner changes it.
  void Reschedule(const std::string& name, int capacity) {
    Change(name, [&](Session& session) { session.announced_capacity = capacity; });
  }
  void Shift(const std::string& name, absl::Duration by) {
    Change(name, [&](Session& session) {
      session.start_time += by;
      session.end_time += by;
    });
  }
  void Retitle(const std::string& name, const std::string& title) {
    Change(name, [&](Session& session) { session.title = title; });
  }

  void Close(const std::string& name, bool cancelled = false) {
    const absl::Status status =
        pool_->Write(absl::Now() + absl::Seconds(10), [&](database::Transaction& transaction) {
          CloseSessions(transaction, {{*ParseSessionName(name), 100, cancelled}}, clock_.Now());
          return absl::OkStatus();
        });
    EXPECT_TRUE(status.ok()) << status;
  }

  static std::shared_ptr<rpc::Call> CallOf(auth::Caller caller, const std::string& method = "m") {
    auto call = std::make_shared<rpc::Call>();
    call->caller = std::move(caller);
    call->start = absl::Now();
    // Far enough for what a test does to the clock.
    call->deadline = absl::Now() + absl::Hours(60 * 24);
    call->method = method;
    call->traceparent = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01";
    return call;
  }

  static auth::Caller Pupil(const std::string& subject) {
    auth::Caller caller;
    caller.subject = subject;
    caller.roles = {auth::Role::kAnonymous, auth::Role::kApplicant};
    return caller;
  }
  static auth::Caller Host(const std::string& siret = "90000001900019") {
    auth::Caller caller;
    caller.subject = "hote-" + siret;
    caller.roles = {auth::Role::kAnonymous, auth::Role::kHost};
    caller.companies = {siret};
    return caller;
  }
  static auth::Caller Agency(const std::string& department) {
    auth::Caller caller;
    caller.subject = "agence-" + department;
    caller.roles = {auth::Role::kAnonymous, auth::Role::kAgency};
    caller.territory = {department};
    return caller;
  }

  absl::StatusOr<Message> Book(const std::string& subject, const std::string& session,
                               std::string request_id = NewUuid(absl::Now()),
                               bool join_waitlist = false) {
    Know(subject);
    destinationmetier::booking::v1::CreateBookingRequest request;
    request.set_session(session);
    request.set_request_id(request_id);
    request.set_join_waitlist(join_waitlist);
    return Await([&](BookingService::DoneMessage done) {
      service_->Create(CallOf(Pupil(subject), "Create"), request, std::move(done));
    });
  }

  template <typename Request>
  absl::StatusOr<Message> Step(const auth::Caller& caller, const std::string& name,
                               const std::string& etag,
                               void (BookingService::*method)(std::shared_ptr<const rpc::Call>,
                                                              const Request&,
                                                              BookingService::DoneMessage),
                               const std::string& request_id = NewUuid(absl::Now())) {
    Request request;
    request.set_name(name);
    request.set_etag(etag);
    request.set_request_id(request_id);
    return Await([&](BookingService::DoneMessage done) {
      (service_.get()->*method)(CallOf(caller, "Step"), request, std::move(done));
    });
  }

  absl::StatusOr<Message> Join(const std::string& subject, const std::string& session) {
    return Book(subject, session, NewUuid(absl::Now()), true);
  }

  absl::StatusOr<Message> Move(const std::string& subject, const std::string& booking,
                               const std::string& session) {
    destinationmetier::booking::v1::RescheduleBookingRequest request;
    request.set_name(booking);
    request.set_session(session);
    request.set_request_id(NewUuid(absl::Now()));
    return Await([&](BookingService::DoneMessage done) {
      service_->Reschedule(CallOf(Pupil(subject), "Reschedule"), request, std::move(done));
    });
  }

  Message Get(const auth::Caller& caller, const std::string& name) {
    destinationmetier::booking::v1::GetBookingRequest request;
    request.set_name(name);
    const auto found = service_->Get(*CallOf(caller), request);
    EXPECT_TRUE(found.ok()) << found.status();
    return found.ok() ? *found : Message();
  }

  // Gives the pupil a profile, that of an adult unless said otherwise; the first one stays.
  void Know(const std::string& subject, const std::string& birth_date = "1990-05-05") {
    // Held until it is written: the next one who asks must find it.
    absl::MutexLock lock(&known_mutex_);
    if (!known_.insert(subject).second) return;
    Execute(absl::StrCat(
        "INSERT INTO applicants (person, birth_date, level, department, update_time) VALUES "
        "('people/",
        subject, "', '", birth_date, "', 'STUDENT', '61', now()) ON CONFLICT DO NOTHING"));
  }

  // As the owner of the tables: the service may not do everything that a test does.
  void Execute(const std::string& sql) {
    const absl::Status status =
        owner_->Write(absl::Now() + absl::Seconds(10), [&](database::Transaction& transaction) {
          transaction.raw().exec(sql);
          return absl::OkStatus();
        });
    EXPECT_TRUE(status.ok()) << status;
  }

  // One number that a query gives.
  int64_t Count(const char* sql) {
    int64_t number = -1;
    const absl::Status status =
        pool_->Read(absl::Now() + absl::Seconds(10), [&](database::Transaction& transaction) {
          number = transaction.raw().exec(sql)[0][0].as<int64_t>();
          return absl::OkStatus();
        });
    EXPECT_TRUE(status.ok()) << status;
    return number;
  }

  // The steps that the feed tells of a booking, oldest first.
  std::vector<destinationmetier::event::v1::BookingChanged> EventsOf(const std::string& booking) {
    std::vector<destinationmetier::event::v1::BookingChanged> events;
    const absl::Status status =
        pool_->Read(absl::Now() + absl::Seconds(10), [&](database::Transaction& transaction) {
          for (const pqxx::row& row : transaction.raw().exec(
                   "SELECT payload FROM outbox WHERE type LIKE '%BookingChanged' AND subject = " +
                   transaction.raw().quote(booking) + " ORDER BY seq")) {
            EXPECT_TRUE(events.emplace_back().ParseFromString(database::FromBytea(row[0])));
          }
          return absl::OkStatus();
        });
    EXPECT_TRUE(status.ok()) << status;
    return events;
  }

  void VacuumAsAdministrator() {
    pqxx::connection connection(database_.AdminConnectionString());
    pqxx::nontransaction(connection).exec("VACUUM ANALYZE");
  }

  // How the service's role would run a statement with these parameters, whatever they are.
  std::string GenericPlanOf(const std::string& sql, const std::string& parameters = "'{}'") {
    pqxx::connection connection(database_.ConnectionString("booking"));
    // One transaction, since a pooler keeps no session beyond it.
    pqxx::work work(connection);
    work.exec(
        "SET LOCAL search_path = booking, public; SET LOCAL plan_cache_mode = force_generic_plan");
    work.exec("PREPARE asked AS " + sql);
    std::string plan;
    for (const pqxx::row& row : work.exec("EXPLAIN EXECUTE asked (" + parameters + ")")) {
      absl::StrAppend(&plan, row[0].c_str(), "\n");
    }
    work.exec("DEALLOCATE asked");
    return plan;
  }

  // What must hold whatever happened.
  void ExpectSoundLedger() {
    EXPECT_EQ(Count(R"sql(
      SELECT count(*) FROM sessions WHERE held <> (
        SELECT count(*) FROM bookings WHERE session_id = sessions.id
          AND state IN ('PENDING_CONSENT', 'PENDING_HOST', 'OFFERED', 'CONFIRMED')))sql"),
              0)
        << "what sessions say is held is not what bookings hold";
    EXPECT_EQ(Count("SELECT count(*) FROM sessions WHERE held > capacity"), 0);
    EXPECT_EQ(Count(R"sql(
      SELECT count(*) FROM sessions WHERE waitlisted <> (
        SELECT count(*) FROM bookings WHERE session_id = sessions.id AND state = 'WAITLISTED'))sql"),
              0)
        << "who sessions say is in line is not who waits";
    EXPECT_EQ(Count(R"sql(
      SELECT count(*) FROM host_requests AS counted WHERE requests <> (
        SELECT count(*) FROM bookings WHERE host = counted.host AND bookings.counted
          AND date_trunc('month', create_time AT TIME ZONE 'Europe/Paris') = counted.month))sql"),
              0)
        << "what is counted of a host's requests is not what bookings say";
    EXPECT_EQ(Count("SELECT coalesce(max(seq), 0) - count(*) FROM outbox"), 0)
        << "the feed has a gap";
    EXPECT_EQ(Count("SELECT seq - (SELECT count(*) FROM outbox) FROM outbox_counter"), 0);
    EXPECT_EQ(Count("SELECT (SELECT sum(version) FROM bookings) - count(*) FROM transitions"), 0)
        << "a step left no audit row";
  }

 private:
  template <typename Start>
  static absl::StatusOr<Message> Await(Start start) {
    absl::Notification answered;
    absl::StatusOr<Message> answer = absl::UnknownError("");
    start([&](absl::StatusOr<Message> given) {
      answer = std::move(given);
      answered.Notify();
    });
    answered.WaitForNotification();
    return answer;
  }

  template <typename Edit>
  void Change(const std::string& name, Edit edit) {
    for (ScheduledSession& told : sessions_) {
      if (told.session.name != name) continue;
      edit(told.session);
      ++told.version;
      Tell(told);
    }
  }

  void Tell(const ScheduledSession& told) {
    const absl::Status status =
        pool_->Write(absl::Now() + absl::Seconds(10), [&](database::Transaction& transaction) {
          StoreSessions(transaction, {told}, clock_.Now());
          return absl::OkStatus();
        });
    EXPECT_TRUE(status.ok()) << status;
  }

  testing::ShiftedClock clock_;
  testing::TestDatabase database_;
  std::unique_ptr<database::Database> owner_;
  std::unique_ptr<database::Database> pool_;
  rpc::PageTokens page_tokens_;
  BookingStore store_;
  Terms terms_;
  std::unique_ptr<Ledger> ledger_;
  std::unique_ptr<ReviewLoop> reviews_;
  std::unique_ptr<BookingService> service_;
  std::vector<ScheduledSession> sessions_;
  absl::Mutex known_mutex_;
  std::set<std::string> known_ ABSL_GUARDED_BY(known_mutex_);
};

}  // namespace dm::booking
