#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "services/ambassador/store/personal_data.h"
#include "services/booking/store/personal_data.h"
#include "services/catalogue/store/personal_data.h"
#include "services/notification/store/personal_data.h"
#include "tests/integration/roles/all_schemas.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <thread>

namespace dm::testing {
namespace {

using database::Access;
using database::Database;
using database::Statement;
using database::Transaction;
using ::testing::Contains;
using ::testing::UnorderedElementsAreArray;

// A table whose rows are shown to an access that was declared only.
struct Protected {
  const char* schema;
  const char* table;
  // Whose the row is, as SQL over it; null where it is the service's alone.
  const char* party;
};

constexpr Protected kProtected[] = {
    {"ambassador", "ambassadors", "'ambassadors/' || id"},
    {"ambassador", "answered_requests", "caller"},
    {"ambassador", "profile_reads", nullptr},
    {"ambassador", "sessions", "'ambassadors/' || ambassador"},
    {"booking", "agreement_answers", nullptr},
    {"booking", "agreement_history", nullptr},
    {"booking", "agreement_reports", nullptr},
    {"booking", "agreement_signatories", nullptr},
    {"booking", "agreements", nullptr},
    {"booking", "answered_requests", "person"},
    {"booking", "applicants", "person"},
    {"booking", "bookings", "applicant"},
    {"booking", "consent_requests", "person"},
    {"booking", "consents", "person"},
    {"booking", "feedback", nullptr},
    {"booking", "foreign_reads", nullptr},
    {"booking", "guardians", "person"},
    {"booking", "person_history", "person"},
    {"booking", "transitions", nullptr},
    {"catalogue", "answered_requests", "caller"},
    {"catalogue", "company_bans", nullptr},
    {"catalogue", "offer_report_reads", "reader"},
    {"catalogue", "offer_reports", "reporter"},
    {"catalogue", "offer_transitions", nullptr},
    {"catalogue", "partner_sources", "owner"},
    {"notification", "answered_requests", "caller"},
    {"notification", "contact_requests", "caller"},
    {"notification", "contacts", "party"},
    {"notification", "mail_choice_links", "party"},
    {"notification", "messages", "recipient"},
    {"notification", "stopped_mails", "party"},
    {"notification", "webhooks", "owner"},
};

// In the registers of what people are shown, and for everybody to read all the same: the sessions
// of offers, of which one column says which member of staff cancelled one.
const std::set<std::string>& OpenThoughRegistered() {
  static const auto* const open = new std::set<std::string>{"catalogue.sessions"};
  return *open;
}

std::string NameOf(const Protected& table) { return absl::StrCat(table.schema, ".", table.table); }

absl::Time Soon() { return absl::Now() + absl::Seconds(30); }

// Two rows in every protected table: one of people/ana, one of people/ben, and as ids of
// ambassadors these.
constexpr char kAna[] = "11111111-1111-4111-8111-111111111111";
constexpr char kBen[] = "22222222-2222-4222-8222-222222222222";

// A value for each column: of its type, unlike any other where it can be, and without a meaning.
constexpr char kValues[] = R"sql(
  SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) || '|' || string_agg(
    CASE
      WHEN attname IN ('person', 'applicant', 'caller', 'reporter', 'reader', 'owner', 'party',
                       'recipient') AND typname = 'text' THEN '$party'
      WHEN attname IN ('id', 'ambassador') AND typname = 'uuid' THEN '$id'
      WHEN typname = 'uuid' THEN 'gen_random_uuid()'
      WHEN typname = 'text' THEN 'gen_random_uuid()::text'
      WHEN typname = 'bytea' THEN 'uuid_send(gen_random_uuid())'
      WHEN typname = 'bool' THEN 'true'
      WHEN typname IN ('timestamptz', 'date') THEN 'now()'
      WHEN typcategory = 'A' THEN quote_literal('{}')
      ELSE '1'
    END, ', ' ORDER BY attnum)
  FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
  WHERE attrelid = '$table'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
    AND attidentity = '')sql";

void FillProtectedTables(const TestDatabase& database) {
  pqxx::connection connection(database.AdminConnectionString());
  pqxx::quiet_errorhandler quiet(connection);
  pqxx::nontransaction work(connection);
  // Neither triggers nor keys nor checks ask what the rows mean.
  work.exec("SET session_replication_role = replica");
  for (const Protected& table : kProtected) {
    const std::string name = NameOf(table);
    for (const pqxx::row& check : work.exec(absl::StrCat(
             "SELECT quote_ident(conname) FROM pg_constraint WHERE contype IN ('c', 'x') "
             "AND conrelid = '",
             name, "'::regclass"))) {
      work.exec(absl::StrCat("ALTER TABLE ", name, " DROP CONSTRAINT ", check[0].c_str()));
    }
    const std::vector<std::string> parts = absl::StrSplit(
        work.exec(absl::StrReplaceAll(kValues, {{"$table", name}}))[0][0].as<std::string>(), '|');
    for (const auto& [person, id] :
         {std::pair("people/ana", kAna), std::pair("people/ben", kBen)}) {
      work.exec(absl::StrCat(
          "INSERT INTO ", name, " (", parts[0], ") VALUES (",
          absl::StrReplaceAll(parts[1], {{"$party", work.quote(person)}, {"$id", work.quote(id)}}),
          ")"));
    }
  }
}

const TestDatabase& Shared() {
  static const auto* const database = [] {
    auto* made = new TestDatabase(DatabaseOfAllSchemas());
    FillProtectedTables(*made);
    return made;
  }();
  return *database;
}

// "people/ana", or "ambassadors/…" where the table is an ambassador's.
std::string PartyOf(const Protected& table, const char* person, const char* id) {
  const bool by_id = table.party != nullptr && absl::StartsWith(table.party, "'ambassadors/'");
  return by_id ? absl::StrCat("ambassadors/", id) : person;
}

// The column that says whose a row is; any other where none does.
std::string ColumnOf(const Protected& table) {
  if (table.party == nullptr) {
    return Ask(Shared(),
               absl::StrCat("SELECT attname FROM pg_attribute WHERE attrelid = '", NameOf(table),
                            "'::regclass AND attnum > 0 AND attidentity = '' LIMIT 1"))[0];
  }
  const std::vector<std::string> words = absl::StrSplit(table.party, " || ");
  return words.back();
}

// Texts of statements outlive the connections that prepared them.
Statement CountOf(const Protected& table) {
  static auto* const texts = new std::map<std::string, std::pair<std::string, std::string>>();
  auto& [name, sql] = (*texts)[NameOf(table)];
  if (name.empty()) {
    name = absl::StrCat("count_", table.schema, "_", table.table);
    sql = absl::StrCat("SELECT count(*) FROM ", NameOf(table));
  }
  return {name.c_str(), sql.c_str()};
}

// As a single statement, in a reading and in a writing transaction; -1 where they do not agree.
int64_t RowsSeen(Database& database, const Protected& table, const Access& access) {
  const Statement statement = CountOf(table);
  const auto declared = database.As(access);
  const auto single = declared->Query(Soon(), statement);
  EXPECT_TRUE(single.ok()) << single.status();
  std::vector<int64_t> seen = {single.ok() ? (*single)[0][0].as<int64_t>() : -2};
  const auto count = [&](Transaction& transaction) {
    seen.push_back(transaction.Exec(statement)[0][0].as<int64_t>());
    return absl::OkStatus();
  };
  EXPECT_TRUE(declared->Read(Soon(), count).ok());
  EXPECT_TRUE(declared->Write(Soon(), count).ok());
  return std::equal(seen.begin() + 1, seen.end(), seen.begin()) ? seen[0] : -1;
}

class RowSecurityTest : public ::testing::TestWithParam<Protected> {
 protected:
  const Protected& table() const { return GetParam(); }
  // Both statements, and the transactions, go over one connection.
  std::unique_ptr<Database> service_ = Shared().OpenAs(GetParam().schema, 1);
  std::unique_ptr<Database> owner_ = Shared().OpenAsOwner(GetParam().schema);
};

TEST_P(RowSecurityTest, ShowsNothingToWhoDeclaresNobody) {
  EXPECT_EQ(RowsSeen(*service_, table(), Access::OfService()), 2);
  EXPECT_EQ(RowsSeen(*service_, table(), Access::OfNobody()), 0);
  EXPECT_EQ(RowsSeen(*owner_, table(), Access::OfNobody()), 0);
}

TEST_P(RowSecurityTest, ShowsAPersonTheirOwnAlone) {
  const int own = table().party == nullptr ? 0 : 1;
  EXPECT_EQ(RowsSeen(*service_, table(), Access::Of(PartyOf(table(), "people/ana", kAna))), own);
  EXPECT_EQ(RowsSeen(*service_, table(), Access::Of(PartyOf(table(), "people/ben", kBen))), own);
  EXPECT_EQ(RowsSeen(*owner_, table(), Access::Of(PartyOf(table(), "people/ben", kBen))), own);
  EXPECT_EQ(RowsSeen(*service_, table(), Access::Of("people/carl")), 0);
  EXPECT_EQ(RowsSeen(*service_, table(), Access::Of("people/an' OR true --")), 0);
}

// By the owner, who may change every column.
TEST_P(RowSecurityTest, LetsAPersonWriteNothingOfOthers) {
  const auto ana = owner_->As(Access::Of(PartyOf(table(), "people/ana", kAna)));
  const std::string column = ColumnOf(table());
  size_t changed = 0;
  const absl::Status kept = ana->Write(Soon(), [&](Transaction& transaction) {
    const std::string sql =
        absl::StrCat("UPDATE ", NameOf(table()), " SET ", column, " = ", column);
    changed = transaction.raw().exec(sql).affected_rows();
    return absl::OkStatus();
  });
  EXPECT_TRUE(kept.ok()) << kept;
  EXPECT_EQ(changed, table().party == nullptr ? 0u : 1u);
  if (table().party == nullptr) return;
  const absl::Status given = ana->Write(Soon(), [&](Transaction& transaction) {
    transaction.raw().exec(
        absl::StrCat("UPDATE ", NameOf(table()), " SET ", column, " = ",
                     column == table().party ? "'people/carl'" : "gen_random_uuid()"));
    return absl::OkStatus();
  });
  EXPECT_THAT(std::string(given.message()), ::testing::HasSubstr("42501"));
}

INSTANTIATE_TEST_SUITE_P(Tables, RowSecurityTest, ::testing::ValuesIn(kProtected),
                         [](const auto& test) {
                           return absl::StrCat(test.param.schema, "_", test.param.table);
                         });

// Whoever has the connection next must declare anew, whatever became of the transaction before.
class LeakTest : public ::testing::TestWithParam<bool> {
 protected:
  LeakTest() {
    auto database = Database::Open({.connection = Shared().ConnectionString("booking"),
                                    .schema = "booking",
                                    .pool_size = 1,
                                    .prepare_statements = GetParam()});
    EXPECT_TRUE(database.ok()) << database.status();
    database_ = *std::move(database);
  }

  static constexpr Statement kWho{"who", "SELECT coalesce(min(person), '') FROM applicants"};
  std::string SeenBy(const Access& access) {
    const auto rows = database_->As(access)->Query(Soon(), kWho);
    EXPECT_TRUE(rows.ok()) << rows.status();
    return rows.ok() ? (*rows)[0][0].as<std::string>() : "?";
  }

  std::unique_ptr<Database> database_;
};

TEST_P(LeakTest, NothingIsLeftOfWhoCameBefore) {
  const auto ana = database_->As(Access::Of("people/ana"));
  const auto see = [&](Transaction& transaction) {
    return transaction.Exec(kWho)[0][0].as<std::string>() == "people/ana"
               ? absl::OkStatus()
               : absl::NotFoundError("not hers");
  };
  EXPECT_EQ(SeenBy(Access::Of("people/ana")), "people/ana");
  EXPECT_EQ(SeenBy(Access::OfNobody()), "");
  EXPECT_TRUE(ana->Write(Soon(), see).ok());
  EXPECT_EQ(SeenBy(Access::OfNobody()), "");
  EXPECT_TRUE(ana->Read(Soon(), see).ok());
  EXPECT_EQ(SeenBy(Access::OfNobody()), "");
  const absl::Status rolled_back = ana->Write(Soon(), [&](Transaction& transaction) {
    (void)see(transaction);
    return absl::CancelledError("enough");
  });
  EXPECT_TRUE(absl::IsCancelled(rolled_back));
  EXPECT_EQ(SeenBy(Access::OfNobody()), "");
  const absl::Status failed = ana->Write(Soon(), [&](Transaction& transaction) {
    transaction.Exec({"fails", "SELECT 1 / 0"});
    return absl::OkStatus();
  });
  EXPECT_FALSE(failed.ok());
  EXPECT_EQ(SeenBy(Access::OfNobody()), "");
  EXPECT_FALSE(
      ana->Query(Soon(), {"fails_alone", "SELECT 1 / (count(*) - 1) FROM applicants"}).ok());
  EXPECT_EQ(SeenBy(Access::OfNobody()), "");
  EXPECT_EQ(database_->counters().opened, 1u);
}

// A condition that concerns no row of the answer is asked first, and is no exception.
TEST_P(LeakTest, WhatAConditionAsksIsSeenLikeTheRest) {
  constexpr Statement kUnknown{
      "unknown", "SELECT 1 WHERE NOT EXISTS (SELECT FROM applicants WHERE person = 'people/ana')"};
  for (const auto& [access, unknown] :
       {std::pair(Access::Of("people/ana"), false), std::pair(Access::Of("people/ben"), true),
        std::pair(Access::OfService(), false), std::pair(Access::OfNobody(), true)}) {
    const auto rows = database_->As(access)->Query(Soon(), kUnknown);
    ASSERT_TRUE(rows.ok()) << rows.status();
    EXPECT_EQ(!rows->empty(), unknown);
  }
}

TEST_P(LeakTest, ManyWhoShareAConnectionEachSeeTheirOwn) {
  const std::vector<std::pair<Access, std::string>> callers = {
      {Access::Of("people/ana"), "people/ana"},
      {Access::Of("people/ben"), "people/ben"},
      {Access::Of("people/carl"), ""},
      {Access::OfNobody(), ""}};
  std::vector<std::thread> threads;
  for (const auto& [access, own] : callers) {
    threads.emplace_back([this, &access = access, &own = own] {
      for (int turn = 0; turn < 100; ++turn) {
        EXPECT_EQ(SeenBy(access), own);
        const auto seen = database_->As(access)->Write(
            Soon(), [&](Transaction& transaction) -> absl::StatusOr<std::string> {
              return transaction.Exec(kWho)[0][0].as<std::string>();
            });
        EXPECT_TRUE(seen.ok()) << seen.status();
        EXPECT_EQ(seen.value_or("?"), own);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(database_->counters().opened, 1u);
}

INSTANTIATE_TEST_SUITE_P(Statements, LeakTest, ::testing::Bool(), [](const auto& test) {
  return test.param ? "Prepared" : "AsBehindAPooler";
});

TEST(RowSecurityCatalogueTest, EveryTableThatIsDeclaredHasItForced) {
  std::vector<std::string> declared;
  for (const Protected& table : kProtected) declared.push_back(NameOf(table));
  EXPECT_THAT(Ask(Shared(), R"sql(
      SELECT nspname || '.' || relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
      WHERE relrowsecurity AND relforcerowsecurity
        AND EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid))sql"),
              UnorderedElementsAreArray(declared));
}

TEST(RowSecurityCatalogueTest, EveryTableOfTheRegistersIsDeclared) {
  std::vector<std::string> declared;
  for (const Protected& table : kProtected) declared.push_back(NameOf(table));
  for (const privacy::Register* shown :
       {&booking::BookingRegister(), &ambassador::store::AmbassadorRegister(),
        &catalogue::CatalogueRegister(), &notification::NotificationRegister()}) {
    for (const privacy::ExportedTable& table : shown->tables) {
      const std::string name = absl::StrCat(shown->service, ".", table.table);
      if (OpenThoughRegistered().count(name) > 0) continue;
      EXPECT_THAT(declared, Contains(name));
    }
  }
}

// Whoever adds a column decides: it holds no personal data and is listed, or its table is
// protected.
TEST(RowSecurityCatalogueTest, EveryOpenColumnIsListed) {
  std::vector<std::string> listed;
  std::ifstream file(DM_OPEN_COLUMNS);
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line[0] != '#') listed.push_back(line);
  }
  EXPECT_THAT(Ask(Shared(), R"sql(
      SELECT nspname || '.' || relname || ': ' || string_agg(attname, ' ' ORDER BY attnum)
      FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace JOIN pg_attribute ON attrelid = c.oid
      WHERE nspname IN ('catalogue', 'ambassador', 'booking', 'notification', 'gateway')
        AND relkind IN ('r', 'p', 'm', 'v') AND NOT (relrowsecurity AND relforcerowsecurity)
        AND attnum > 0 AND NOT attisdropped
      GROUP BY nspname, relname)sql"),
              UnorderedElementsAreArray(listed));
}

// A dump of what row-level security hides would be no backup: pg_dump refuses to make one.
TEST(BackupTest, SeesAllRowsAndChangesNone) {
  const std::string backup =
      absl::StrCat(PostgresCluster::Get().address(), " user=dm_backup dbname=", Shared().name());
  pqxx::connection connection(backup);
  pqxx::quiet_errorhandler quiet(connection);
  EXPECT_EQ(pqxx::nontransaction(connection)
                .exec("SET row_security = off; SELECT count(*) FROM booking.applicants")[0][0]
                .as<int>(),
            2);
  EXPECT_THROW(pqxx::nontransaction(connection).exec("DELETE FROM booking.applicants"),
               pqxx::sql_error);
  pqxx::nontransaction(connection).exec("SET default_transaction_read_only = off");
  EXPECT_THROW(pqxx::nontransaction(connection).exec("DELETE FROM booking.applicants"),
               pqxx::insufficient_privilege);
  pqxx::connection owner(Shared().OwnerConnectionString("booking"));
  pqxx::quiet_errorhandler owner_quiet(owner);
  EXPECT_THROW(pqxx::nontransaction(owner).exec(
                   "SET row_security = off; SELECT count(*) FROM booking.applicants"),
               pqxx::insufficient_privilege);
}

}  // namespace
}  // namespace dm::testing
