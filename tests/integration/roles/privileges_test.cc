#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "tests/integration/roles/all_schemas.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <tuple>

namespace dm::testing {
namespace {

using ::testing::IsEmpty;

// What no role of a service may do, with {own}, {other}: schemas, {table}: one of its tables,
// {kept}: a change of what is only ever added to.
struct Forbidden {
  const char* name;
  const char* sql;
};

constexpr Forbidden kForbidden[] = {
    {"CreateTable", "CREATE TABLE {own}.mine (id int)"},
    {"CreateTableInPublic", "CREATE TABLE public.mine (id int)"},
    {"CreateSchema", "CREATE SCHEMA mine"},
    {"CreateDatabase", "CREATE DATABASE mine"},
    {"CreateExtension", "CREATE EXTENSION dblink"},
    {"CreateFunction",
     "CREATE FUNCTION {own}.mine() RETURNS int LANGUAGE sql SECURITY DEFINER RETURN 1"},
    {"CreateTrigger",
     "CREATE TRIGGER mine BEFORE INSERT ON {own}.{table} FOR EACH ROW "
     "EXECUTE FUNCTION suppress_redundant_updates_trigger()"},
    {"AlterTable", "ALTER TABLE {own}.{table} ADD COLUMN mine int"},
    {"DisableRowSecurity", "ALTER TABLE {own}.{table} DISABLE ROW LEVEL SECURITY"},
    {"CreatePolicy", "CREATE POLICY mine ON {own}.{table} USING (true)"},
    {"DropTable", "DROP TABLE {own}.{table}"},
    {"DropSchema", "DROP SCHEMA {own} CASCADE"},
    {"Truncate", "TRUNCATE {own}.{table}"},
    {"ReadOtherSchema", "SELECT * FROM {other}.schema_migrations"},
    {"WriteOtherSchema", "DELETE FROM {other}.outbox"},
    {"ChangeHistory", "{kept}"},
    {"ChangeMigrations", "UPDATE {own}.schema_migrations SET sha256 = ''"},
    {"ReadPasswords", "SELECT rolpassword FROM pg_authid"},
    {"CopyToProgram", "COPY {own}.schema_migrations TO PROGRAM 'true'"},
    {"CopyFromFile", "COPY {own}.{table} FROM '/etc/passwd'"},
    {"ReadFile", "SELECT pg_read_file('/etc/passwd')"},
    {"LargeObject", "SELECT lo_create(0)"},
    {"LargeObjectOfFile", "SELECT lo_import('/etc/passwd')"},
    {"BecomeSuperuser", "SET ROLE postgres"},
    {"BecomeOwner", "SET ROLE dm_{own}_owner"},
    {"BecomeBackup", "SET ROLE dm_backup"},
    {"AlterOwnRole", "ALTER ROLE dm_{own} BYPASSRLS"},
    {"AlterOtherRole", "ALTER ROLE dm_{other} PASSWORD 'mine'"},
    {"CreateRole", "CREATE ROLE mine"},
    {"GrantOwner", "GRANT dm_{own}_owner TO dm_{own}"},
    {"GrantOthersTable", "GRANT SELECT ON {other}.schema_migrations TO PUBLIC"},
    {"PassTriggersBy", "SET session_replication_role = replica"},
    {"EndAnothersSession",
     "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres'"},
};

struct Own {
  const char* table;
  const char* other;
  const char* kept;
};

const std::map<std::string, Own>& OwnOf() {
  static const auto* const own = new std::map<std::string, Own>{
      {"catalogue", {"offers", "booking", "UPDATE catalogue.offer_transitions SET why = ''"}},
      {"ambassador", {"ambassadors", "booking", "UPDATE ambassador.profile_reads SET at = now()"}},
      {"booking", {"bookings", "notification", "UPDATE booking.transitions SET why = ''"}},
      {"notification",
       {"messages", "booking", "UPDATE notification.webhook_deliveries SET http_status = 200"}},
      {"gateway", {"partner_usage", "booking", "DELETE FROM gateway.schema_migrations"}}};
  return *own;
}

const TestDatabase& Shared() {
  static const auto* const database = new TestDatabase(DatabaseOfAllSchemas());
  return *database;
}

// SQLSTATE of what the role is told; "00000" when it is let.
std::string StateOf(const std::string& connection_string, const std::string& sql) {
  pqxx::connection connection(connection_string);
  pqxx::quiet_errorhandler quiet(connection);
  // Verbose messages begin with it; libpqxx does not keep it with every exception.
  connection.set_verbosity(pqxx::connection_base::verbose);
  try {
    pqxx::nontransaction(connection).exec(sql);
  } catch (const pqxx::sql_error& error) {
    constexpr absl::string_view kBefore = "ERROR:  ";
    const absl::string_view message = error.what();
    return std::string(message.substr(message.find(kBefore) + kBefore.size(), 5));
  }
  return "00000";
}

class ForbiddenTest : public ::testing::TestWithParam<std::tuple<std::string, Forbidden>> {};

TEST_P(ForbiddenTest, IsRefused) {
  const auto& [service, forbidden] = GetParam();
  const Own& own = OwnOf().at(service);
  const std::string sql =
      absl::StrReplaceAll(absl::StrReplaceAll(forbidden.sql, {{"{kept}", own.kept}}),
                          {{"{own}", service}, {"{other}", own.other}, {"{table}", own.table}});
  // The session of a superuser that somebody might end.
  pqxx::connection superuser(Shared().AdminConnectionString());
  EXPECT_EQ(StateOf(Shared().ConnectionString(service), sql), "42501") << sql;
}

INSTANTIATE_TEST_SUITE_P(Roles, ForbiddenTest,
                         ::testing::Combine(::testing::Values("catalogue", "ambassador", "booking",
                                                              "notification", "gateway"),
                                            ::testing::ValuesIn(kForbidden)),
                         [](const auto& test) {
                           return absl::StrCat(std::get<0>(test.param), "_",
                                               std::get<1>(test.param).name);
                         });

TEST(PrivilegesTest, NoServiceDeletesOrRewritesEventsButBookingWhatTheySayOfPeople) {
  for (const char* service : {"catalogue", "ambassador", "booking", "notification"}) {
    const std::string connection = Shared().ConnectionString(service);
    EXPECT_EQ(StateOf(connection, absl::StrCat("DELETE FROM ", service, ".outbox")), "42501");
    EXPECT_EQ(StateOf(connection, absl::StrCat("UPDATE ", service, ".outbox SET subject = ''")),
              "42501");
    EXPECT_EQ(StateOf(connection, absl::StrCat("UPDATE ", service, ".outbox SET payload = ''")),
              service == std::string("booking") ? "00000" : "42501");
  }
}

TEST(PrivilegesTest, TemporaryTablesAreForImports) {
  for (const auto& [service, own] : OwnOf()) {
    EXPECT_EQ(StateOf(Shared().ConnectionString(service), "CREATE TEMPORARY TABLE mine (id int)"),
              service == "catalogue" ? "00000" : "42501")
        << service;
  }
}

// A new table that its migration grants nothing of would fail in production only.
TEST(PrivilegesTest, EveryTableIsThereForItsService) {
  EXPECT_THAT(Ask(Shared(), R"sql(
      SELECT c.oid::regclass FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE nspname IN ('catalogue', 'ambassador', 'booking', 'notification', 'gateway')
        AND relkind IN ('r', 'p', 'v', 'm', 'f')
        AND NOT has_table_privilege('dm_' || nspname, c.oid, 'SELECT'))sql"),
              IsEmpty());
}

TEST(PrivilegesTest, NobodyHasMoreThanRowsOfTheirOwnSchema) {
  EXPECT_THAT(Ask(Shared(), R"sql(
      SELECT concat_ws(' ', c.oid::regclass, grantee::regrole, privilege_type)
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
        LATERAL (SELECT * FROM aclexplode(relacl)
                 UNION ALL
                 SELECT acl.* FROM pg_attribute, aclexplode(attacl) AS acl WHERE attrelid = c.oid
                ) AS acl
      WHERE nspname IN ('catalogue', 'ambassador', 'booking', 'notification', 'gateway')
        AND grantee <> relowner
        AND NOT (grantee = ('dm_' || nspname)::regrole AND NOT is_grantable
                 AND privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')))sql"),
              IsEmpty());
}

TEST(PrivilegesTest, OwnersOwnAllThatIsThere) {
  EXPECT_THAT(Ask(Shared(), R"sql(
      SELECT concat_ws(' ', nspname, what, owner::regrole) FROM (
        SELECT relnamespace AS space, relname AS what, relowner AS owner FROM pg_class
        UNION ALL SELECT pronamespace, proname, proowner FROM pg_proc
        UNION ALL SELECT typnamespace, typname, typowner FROM pg_type
        UNION ALL SELECT oid, 'schema', nspowner FROM pg_namespace
      ) AS things JOIN pg_namespace n ON n.oid = space
      WHERE nspname IN ('catalogue', 'ambassador', 'booking', 'notification', 'gateway')
        AND owner <> ('dm_' || nspname || '_owner')::regrole)sql"),
              IsEmpty());
}

TEST(PrivilegesTest, RolesAreWithoutPowersAndMembersOfNothing) {
  EXPECT_THAT(Ask(Shared(), R"sql(
      SELECT rolname FROM pg_roles
      WHERE rolname ~ '^dm_' AND rolname <> 'dm_backup'
        AND (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls
             OR EXISTS (SELECT FROM pg_auth_members WHERE member = pg_roles.oid)))sql"),
              IsEmpty());
  EXPECT_THAT(Ask(Shared(), R"sql(
      SELECT concat_ws(' ', rolname, nspname) FROM pg_roles, pg_namespace
      WHERE rolname ~ '^dm_' AND rolname <> 'dm_backup'
        AND nspname IN ('catalogue', 'ambassador', 'booking', 'notification', 'gateway')
        AND has_schema_privilege(rolname, nspname, 'USAGE')
            <> (rolname IN ('dm_' || nspname, 'dm_' || nspname || '_owner')))sql"),
              IsEmpty());
}

TEST(PrivilegesTest, OwnersReachTheirOwnSchemaAlone) {
  for (const auto& [service, own] : OwnOf()) {
    const std::string connection = Shared().OwnerConnectionString(service);
    EXPECT_EQ(StateOf(connection, absl::StrCat("SELECT * FROM ", own.other, ".schema_migrations")),
              "42501");
    EXPECT_EQ(StateOf(connection, "SELECT pg_read_file('/etc/passwd')"), "42501");
    EXPECT_EQ(StateOf(connection, "CREATE TABLE public.mine (id int)"), "42501");
  }
}

std::string RolesSql() {
  std::ifstream file(DM_ROLES_SQL);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void ExecuteAsSuperuser(const TestDatabase& database, const std::string& sql) {
  pqxx::connection connection(database.AdminConnectionString());
  pqxx::quiet_errorhandler quiet(connection);
  pqxx::nontransaction(connection).exec(sql);
}

// As databases were before there were owners: the service made its tables itself.
TEST(UpgradeTest, ADatabaseOfServicesThatOwnTheirSchemasIsBroughtAlong) {
  const TestDatabase database = TestDatabase::Create();
  ExecuteAsSuperuser(database,
                     "GRANT CREATE ON SCHEMA gateway TO dm_gateway;"
                     "ALTER SCHEMA gateway OWNER TO dm_gateway");
  const auto& all = AllSchemas().back().series;
  const database::MigrationSet before_database = {all[0].migrations->front()};
  const database::MigrationSet before_gateway = {all[1].migrations->begin(),
                                                 all[1].migrations->begin() + 2};
  ASSERT_TRUE(database::Migrate(*database.OpenAs("gateway"),
                                {{"database", &before_database}, {"gateway", &before_gateway}})
                  .ok());
  const char* const count =
      "INSERT INTO gateway.partners VALUES ('x', '{}', '2026-01-01') "
      "ON CONFLICT DO NOTHING";
  const std::string service = database.ConnectionString("gateway");
  EXPECT_EQ(StateOf(service, count), "00000");
  for (int run = 0; run < 2; ++run) {
    ExecuteAsSuperuser(database, RolesSql());
    // What runs goes on running.
    EXPECT_EQ(StateOf(service, count), "00000");
    EXPECT_EQ(StateOf(service, "DROP TABLE gateway.partners"), "42501");
  }
  const absl::Status migrated = database::Migrate(*database.OpenAsOwner("gateway"), all);
  ASSERT_TRUE(migrated.ok()) << migrated;
  EXPECT_EQ(StateOf(service, count), "00000");
  EXPECT_EQ(StateOf(service, "UPDATE gateway.schema_migrations SET id = id"), "42501");
  ExecuteAsSuperuser(database, RolesSql());
  EXPECT_EQ(StateOf(service, "UPDATE gateway.schema_migrations SET id = id"), "42501");
}

}  // namespace
}  // namespace dm::testing
