#include "tests/support/postgres.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/support/pooler.h"

#include <fcntl.h>
#include <pqxx/pqxx>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

namespace dm::testing {
namespace {

constexpr char kTemplate[] = "dm_template";

[[noreturn]] void Die(const std::string& message) {
  std::fprintf(stderr, "tests/support/postgres: %s\n", message.c_str());
  std::abort();
}

// The folder of initdb and postgres, which Debian keeps out of PATH; empty when PATH has them.
std::string BinaryFolder() {
  std::string newest;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/postgresql", ignored)) {
    const std::string folder = absl::StrCat(entry.path().string(), "/bin/");
    if (std::filesystem::exists(absl::StrCat(folder, "initdb")) && folder > newest) newest = folder;
  }
  return newest;
}

// PostgreSQL refuses to run as root.
std::string AsUser() {
  return geteuid() == 0 ? "setpriv --reuid=postgres --regid=postgres --clear-groups " : "";
}

void Execute(const std::string& connection_string, const std::string& sql) {
  try {
    pqxx::connection connection(connection_string);
    pqxx::quiet_errorhandler quiet(connection);
    pqxx::nontransaction(connection).exec(sql);
  } catch (const std::exception& error) {
    Die(error.what());
  }
}

std::unique_ptr<database::Database> Opened(database::Options options) {
  auto database = database::Database::Open(std::move(options));
  if (!database.ok()) Die(database.status().ToString());
  return *std::move(database);
}

std::string ReadFile(const char* path) {
  std::ifstream file(path);
  std::stringstream content;
  content << file.rdbuf();
  if (!file) Die(absl::StrCat("cannot read ", path));
  return content.str();
}

}  // namespace

PostgresCluster& PostgresCluster::Get() {
  static PostgresCluster cluster;
  return cluster;
}

PostgresCluster::PostgresCluster() {
  const char* parent = std::getenv("TMPDIR");
  // Short: the path of a Unix socket has at most 107 bytes.
  folder_ = absl::StrCat(parent == nullptr ? "/tmp" : parent, "/dmpg.XXXXXX");
  if (mkdtemp(folder_.data()) == nullptr) Die("cannot make a temporary folder");
  StartKeeper();
  if (geteuid() == 0 && Run(absl::StrCat("chown postgres:postgres ", folder_)) != 0) {
    Die("the user postgres is missing");
  }
  const std::string initdb = absl::StrCat(
      AsUser(), BinaryFolder(), "initdb -D ", folder_,
      "/data -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync --no-instructions");
  if (Run(initdb) != 0) Die("initdb failed");
  // fsync protects from power cuts alone; a killed server keeps what was committed without it.
  std::ofstream(absl::StrCat(folder_, "/settings"))
      << "listen_addresses = ''\nunix_socket_directories = '" << folder_
      << "'\nfsync = off\nfull_page_writes = off\nshared_buffers = 32MB\nmax_connections = 200\n"
         "logging_collector = off\nlog_min_messages = warning\njit = off\n";
  if (Run(absl::StrCat("cat ", folder_, "/settings >> ", folder_, "/data/postgresql.conf")) != 0) {
    Die("cannot configure the cluster");
  }
  address_ = absl::StrCat("host=", folder_, " port=5432");
  Start();
  Execute(AdminConnectionString("postgres"), absl::StrCat("CREATE DATABASE ", kTemplate));
  Execute(AdminConnectionString(kTemplate), ReadFile(DM_ROLES_SQL));
  service_address_ = address_;
  if (PoolerIsWanted()) StartPooler();
}

void PostgresCluster::StartPooler() {
  std::vector<std::string> roles;
  pqxx::connection connection(AdminConnectionString("postgres"));
  for (const pqxx::row& row :
       pqxx::nontransaction(connection).exec("SELECT rolname FROM pg_roles WHERE rolcanlogin")) {
    roles.push_back(row[0].as<std::string>());
  }
  if (Run(absl::StrCat("cd / && ", AsUser(), PreparePooler(folder_, roles))) != 0) {
    Die(absl::StrCat("PgBouncer did not start\n", ReadFile((folder_ + "/log").c_str())));
  }
  pooled_ = true;
  service_address_ = absl::StrCat("host=", folder_, " port=", kPoolerPort);
}

PostgresCluster::~PostgresCluster() {
  close(keeper_pipe_);
  int status = 0;
  waitpid(keeper_, &status, 0);
}

void PostgresCluster::StartKeeper() {
  std::array<int, 2> ends;
  if (pipe2(ends.data(), O_CLOEXEC) != 0) Die("cannot make a pipe");
  const std::string script =
      absl::StrCat("cat >/dev/null; [ ! -f ", folder_, "/pooler.pid ] || kill -9 $(cat ", folder_,
                   "/pooler.pid); ", AsUser(), BinaryFolder(), "pg_ctl -D ", folder_,
                   "/data -m immediate -w stop >/dev/null 2>&1; rm -rf ", folder_);
  keeper_ = fork();
  if (keeper_ < 0) Die("cannot fork");
  if (keeper_ == 0) {
    // Away from the terminal's signals: ^C ends the test, and then this cleans up.
    setsid();
    dup2(ends[0], STDIN_FILENO);
    execl("/bin/sh", "sh", "-c", script.c_str(), static_cast<char*>(nullptr));
    _exit(127);
  }
  close(ends[0]);
  keeper_pipe_ = ends[1];
}

int PostgresCluster::Run(const std::string& command) const {
  return std::system(absl::StrCat("{ ", command, "; } >>", folder_, "/log 2>&1").c_str());
}

void PostgresCluster::Start() {
  if (Run(absl::StrCat(AsUser(), BinaryFolder(), "pg_ctl -D ", folder_, "/data -l ", folder_,
                       "/data/server.log -w start")) != 0) {
    Die(absl::StrCat("the cluster did not start\n", ReadFile((folder_ + "/log").c_str())));
  }
}

void PostgresCluster::StopImmediate() {
  Run(absl::StrCat(AsUser(), BinaryFolder(), "pg_ctl -D ", folder_, "/data -m immediate -w stop"));
}

std::string PostgresCluster::AdminConnectionString(absl::string_view database) const {
  return absl::StrCat(address_, " user=postgres dbname=", database);
}

TestDatabase TestDatabase::Create() {
  static std::atomic<int> number = 0;
  const std::string name = absl::StrCat("test_", ++number);
  const PostgresCluster& cluster = PostgresCluster::Get();
  Execute(cluster.AdminConnectionString("postgres"),
          absl::StrCat("CREATE DATABASE ", name, " TEMPLATE ", kTemplate));
  // Who may connect and make temporary tables is no part of a template.
  Execute(cluster.AdminConnectionString("postgres"),
          absl::StrCat("SET allow_system_table_mods = on; UPDATE pg_database SET datacl = (SELECT "
                       "datacl FROM pg_database WHERE datname = '",
                       kTemplate, "') WHERE datname = '", name, "'"));
  return TestDatabase(name);
}

TestDatabase::TestDatabase(TestDatabase&& other) noexcept : name_(std::exchange(other.name_, "")) {}

TestDatabase::~TestDatabase() {
  if (name_.empty()) return;
  try {
    pqxx::connection connection(PostgresCluster::Get().AdminConnectionString("postgres"));
    pqxx::quiet_errorhandler quiet(connection);
    pqxx::nontransaction(connection)
        .exec(absl::StrCat("DROP DATABASE IF EXISTS ", name_, " WITH (FORCE)"));
  } catch (const std::exception&) {
    // A test that stopped the cluster; the database goes with it.
  }
}

std::unique_ptr<database::Database> TestDatabase::OpenAs(absl::string_view service,
                                                         int pool_size) const {
  return Opened({.connection = ConnectionString(service),
                 .schema = std::string(service),
                 .application_name = absl::StrCat("test-", service),
                 .pool_size = pool_size,
                 .prepare_statements = !PostgresCluster::Get().pooled(),
                 .access = database::Access::OfService()});
}

std::unique_ptr<database::Database> TestDatabase::OpenAsOwner(absl::string_view service) const {
  return Opened({.connection = OwnerConnectionString(service),
                 .schema = std::string(service),
                 .application_name = absl::StrCat("test-", service, "-owner"),
                 .access = database::Access::OfService()});
}

std::string TestDatabase::ConnectionString(absl::string_view service) const {
  return absl::StrCat(PostgresCluster::Get().service_address(), " user=dm_", service,
                      " dbname=", name_);
}

std::string TestDatabase::OwnerConnectionString(absl::string_view service) const {
  return absl::StrCat(PostgresCluster::Get().address(), " user=dm_", service,
                      "_owner dbname=", name_);
}

std::vector<std::string> TestDatabase::ServiceFlags(absl::string_view service) const {
  return {
      absl::StrCat("--database=", ConnectionString(service)),
      absl::StrCat("--prepare-statements=", PostgresCluster::Get().pooled() ? "false" : "true")};
}

void TestDatabase::AllowCreate(absl::string_view service) const {
  Execute(AdminConnectionString(),
          absl::StrCat("GRANT CREATE ON SCHEMA ", service, " TO dm_", service));
}

std::string TestDatabase::AdminConnectionString() const {
  return PostgresCluster::Get().AdminConnectionString(name_);
}

void TestDatabase::KillBackends() const {
  Execute(PostgresCluster::Get().AdminConnectionString("postgres"),
          absl::StrCat("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                       "WHERE datname = '",
                       name_, "'"));
}

}  // namespace dm::testing
