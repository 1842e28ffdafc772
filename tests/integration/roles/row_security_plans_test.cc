// Row-level security must not cost a statement its index: what its policies hide may be compared by
// functions only that PostgreSQL trusts to tell nothing of it.
#include "absl/strings/str_replace.h"
#include "services/ambassador/store/profile_store.h"
#include "services/booking/store/booking_store.h"
#include "services/booking/store/people_store.h"
#include "services/notification/store/contact_store.h"
#include "services/notification/store/message_store.h"
#include "tests/integration/roles/all_schemas.h"
#include "tests/support/recording_database.h"
#include "tests/support/settable_clock.h"
#include "tests/support/statement_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace dm::testing {
namespace {

using database::Database;
using database::Transaction;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kOne[] = "00000000-0000-4000-8000-000000000001";

// Enough that no planner would read all of them for one.
constexpr char kFill[] = R"sql(
SET session_replication_role = replica;

INSERT INTO ambassador.ambassadors (
  id, display_name, job_title, company_display_name, rome_codes, sectors, presentation, formats,
  audiences, street, postal_code, commune, commune_code, department, latitude, longitude,
  demonstration)
SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'Nom ' || md5(n::text),
       CASE WHEN n % 200 = 0 THEN 'Boulangère' ELSE 'Menuisière' END, 'Atelier ' || n, '{D1102}', '{}',
       'Mon métier', '{PHONE}', '{TROISIEME}', '', '61000', 'Alençon', '61001', '61',
       42 + (n % 100) * 0.08, -4 + (n / 100) * 0.1, true
FROM generate_series(1, 5000) AS n;
INSERT INTO ambassador.sessions (id, ambassador, start_time, end_time, capacity, format,
                                 instant_confirmation)
SELECT gen_random_uuid(), id, now() + make_interval(days => day),
       now() + make_interval(days => day, hours => 1), 5, 'PHONE', true
FROM ambassador.ambassadors, generate_series(1, 3) AS day;

INSERT INTO booking.bookings (
  id, session_id, session_name, session_title, applicant, host, department, state, version,
  start_time, end_time, create_time, update_time, scheme)
SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, gen_random_uuid(),
       'offers/1/sessions/1', '', 'people/person-' || n, 'companies/' || n % 500, '61', 'COMPLETED', 1,
       now(), now() + interval '2 hours', now(), now(), 'MINI_STAGE_CCI'
FROM generate_series(1, 20000) AS n;
INSERT INTO booking.transitions (booking_id, version, at, person, party, to_state, why)
SELECT id, 1, now(), applicant, 'APPLICANT', 'PENDING_HOST', '' FROM booking.bookings;
INSERT INTO booking.applicants (person, birth_date, level, department, update_time)
SELECT 'people/person-' || n, '2010-01-01', 'SECONDE', '61', now()
FROM generate_series(1, 20000) AS n;

INSERT INTO notification.contacts (party, display_name, email)
SELECT 'people/person-' || n, 'Nom', 'nom-' || n || '@example.org'
FROM generate_series(1, 20000) AS n;
INSERT INTO notification.messages (id, event_id, recipient, kind, booking, booking_version, session,
                                   actor, end_time, created, state, next_attempt, sent_at)
SELECT gen_random_uuid(), gen_random_uuid(), 'people/person-' || n, 'CONFIRMED', 'bookings/' || n, 1,
       '', 'HOST', now(), now(), CASE WHEN n % 1000 = 0 THEN 'ready' ELSE 'sent' END, now(),
       CASE WHEN n % 1000 = 0 THEN NULL ELSE now() END
FROM generate_series(1, 20000) AS n;
)sql";

const TestDatabase& Filled() {
  static const auto* const database = [] {
    auto* made = new TestDatabase(DatabaseOfAllSchemas());
    pqxx::connection connection(made->AdminConnectionString());
    pqxx::nontransaction(connection).exec(kFill);
    // Like autovacuum: what waits to be put into a GIN index makes it look dear.
    pqxx::nontransaction(connection).exec("VACUUM ANALYZE");
    return made;
  }();
  return *database;
}

absl::Time Soon() { return absl::Now() + absl::Seconds(30); }

// A question that is asked often, and how it must find its answer.
struct HotQuestion {
  const char* title;
  const char* schema;
  const char* statement;
  // Filled, and never read as a whole.
  const char* table;
  std::vector<const char*> indexes;
  std::function<absl::Status(Database&)> ask;
};

std::function<absl::Status(Database&)> Searching(const ambassador::Search& search) {
  return [search](Database& database) {
    return ambassador::store::ProfileStore(&database)
        .Find(Soon(), absl::Now(), search, std::nullopt, 20)
        .status();
  };
}

const std::vector<HotQuestion>& HotQuestions() {
  static const auto* const questions = new std::vector<HotQuestion>{
      {"ambassadors_by_words",
       "ambassador",
       "find_ambassadors",
       "ambassadors",
       {"on ambassadors_by_words", "on ambassadors_by_names", "ambassadors_key"},
       Searching({.query = "boulangere"})},
      {"ambassadors_around_a_point",
       "ambassador",
       "find_ambassadors",
       "ambassadors",
       {"on ambassadors_by_location", "ambassadors_key"},
       Searching({.latitude = 48.4, .longitude = 0.1, .radius_km = 10})},
      {"ambassador_by_key",
       "ambassador",
       "get_ambassador",
       "ambassadors",
       {"ambassadors_key", "sessions_one_per_start"},
       [](Database& database) {
         return ambassador::store::ProfileStore(&database).Get(Soon(), absl::Now(), kOne).status();
       }},
      {"sessions_of_an_ambassador",
       "ambassador",
       "list_sessions",
       "sessions",
       {"ambassadors_key", "sessions_one_per_start"},
       [](Database& database) {
         return ambassador::store::ProfileStore(&database)
             .ListSessions(Soon(), kOne, {absl::Now(), absl::InfiniteFuture()}, std::nullopt, 20)
             .status();
       }},
      {"booking_by_key",
       "booking",
       "find_booking",
       "bookings",
       {"bookings_pkey"},
       [](Database& database) {
         return booking::BookingStore(&database)
             .Find(database::Access::Of("people/person-1"), kOne, Soon())
             .status();
       }},
      {"bookings_of_a_person",
       "booking",
       "list_bookings",
       "bookings",
       {"bookings_of_applicant"},
       [](Database& database) {
         return booking::BookingStore(&database)
             .List({.applicant = "people/person-1"}, std::nullopt, 20, Soon())
             .status();
       }},
      {"history_of_a_booking",
       "booking",
       "booking_history",
       "transitions",
       {"transitions_pkey"},
       [](Database& database) {
         return booking::BookingStore(&database).History(kOne, Soon()).status();
       }},
      {"profile_by_person",
       "booking",
       "find_profiles",
       "applicants",
       {"applicants_pkey"},
       [](Database& database) {
         return database.Read(Soon(), [](Transaction& transaction) {
           return booking::FindProfile(transaction, "people/person-1").has_value()
                      ? absl::OkStatus()
                      : absl::NotFoundError("no profile");
         });
       }},
      {"contact_by_party",
       "notification",
       "find_contact",
       "contacts",
       {"contacts_key"},
       [](Database& database) {
         static auto* const clock = new SettableClock(absl::Now());
         return notification::ContactStore(&database, clock)
             .Find(Soon(), "people/person-1")
             .status();
       }},
      {"messages_that_are_due",
       "notification",
       "lease_messages",
       "messages",
       {"messages_due", "messages_in_order"},
       [](Database& database) {
         return notification::MessageStore(&database)
             .Lease(Soon(), absl::Now(), absl::Minutes(1), 10)
             .status();
       }},
  };
  return *questions;
}

// The plan that its statement ends up with on a connection of the service's.
std::string PlanOf(const HotQuestion& question, const TestDatabase& database) {
  const auto service = database.OpenAs(question.schema, 1);
  RecordingDatabase recording(service.get());
  const absl::Status asked = question.ask(recording);
  EXPECT_TRUE(asked.ok()) << asked;
  const auto statements = recording.statements();
  const auto statement = statements.find(question.statement);
  if (statement == statements.end()) {
    ADD_FAILURE() << question.statement << " was not asked";
    return "";
  }
  std::string plan;
  const absl::Status undone = service->Write(Soon(), [&](Transaction& transaction) {
    plan = PlanOf(transaction, statement->second, "auto", kCallsBeforeItsChoice);
    return absl::CancelledError("what it changed is undone");
  });
  EXPECT_TRUE(absl::IsCancelled(undone)) << undone;
  return plan;
}

class HotQuestionTest : public ::testing::TestWithParam<HotQuestion> {};

TEST_P(HotQuestionTest, FindsItsAnswerByItsIndexes) {
  const std::string plan = PlanOf(GetParam(), Filled());
  for (const char* const index : GetParam().indexes) EXPECT_THAT(plan, HasSubstr(index));
  EXPECT_THAT(plan, Not(HasSubstr(absl::StrCat("Seq Scan on ", GetParam().table))));
  // The policy is there: the plan is not that of somebody whom it does not concern.
  EXPECT_THAT(plan, HasSubstr("dm.access"));
}

INSTANTIATE_TEST_SUITE_P(Plans, HotQuestionTest, ::testing::ValuesIn(HotQuestions()),
                         [](const auto& test) { return std::string(test.param.title); });

// What the test above asks of searches does depend on it.
TEST(TrustedFunctionsTest, WithoutTheirMarkEverySearchReadsAllProfiles) {
  const TestDatabase& database = Filled();
  constexpr char kMark[] = R"sql(
      ALTER FUNCTION pg_catalog.ts_match_vq(tsvector, tsquery) $1;
      ALTER FUNCTION public.strict_word_similarity_op(text, text) $1;
      ALTER FUNCTION public.cube_contained(public.cube, public.cube) $1)sql";
  const auto mark = [&](const char* how) {
    pqxx::connection connection(database.AdminConnectionString());
    pqxx::nontransaction(connection).exec(absl::StrReplaceAll(kMark, {{"$1", how}}));
  };
  mark("NOT LEAKPROOF");
  for (const HotQuestion& question : HotQuestions()) {
    if (std::string(question.statement) != "find_ambassadors") continue;
    EXPECT_THAT(PlanOf(question, database), HasSubstr("Seq Scan on ambassadors")) << question.title;
  }
  mark("LEAKPROOF");
}

}  // namespace
}  // namespace dm::testing
