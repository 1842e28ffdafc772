#pragma once

#include "absl/strings/string_view.h"
#include "common/database/database.h"

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace dm::testing {

// A PostgreSQL cluster of this test process alone: in a temporary folder, reached by a Unix socket,
// run by an unprivileged user. It goes with the process, however that ends. Not for two threads at
// once. What cannot be set up ends the process with a message.
class PostgresCluster {
 public:
  // The process's cluster, started when first asked for.
  static PostgresCluster& Get();

  // Ends all server processes at once, as a crash would; the data stays.
  void StopImmediate();
  void Start();

  // libpq connection string of a superuser.
  std::string AdminConnectionString(absl::string_view database) const;
  // "host=… port=5432": everything but user and database.
  const std::string& address() const { return address_; }
  // The same for services: that of the pooler when DM_TEST_POOLER asks for one.
  const std::string& service_address() const { return service_address_; }
  bool pooled() const { return pooled_; }

  ~PostgresCluster();
  PostgresCluster(const PostgresCluster&) = delete;
  PostgresCluster& operator=(const PostgresCluster&) = delete;

 private:
  PostgresCluster();
  void StartKeeper();
  void StartPooler();
  int Run(const std::string& command) const;

  std::string folder_;
  std::string address_;
  std::string service_address_;
  bool pooled_ = false;
  // The write end of a pipe: when it closes, because the process ended, the keeper stops the
  // cluster and removes its folder.
  int keeper_pipe_ = -1;
  pid_t keeper_ = -1;
};

// A fresh database with the roles, schemas and extensions of deploy/database/roles.sql and no
// tables. Dropped when destroyed.
class TestDatabase {
 public:
  static TestDatabase Create();
  TestDatabase(TestDatabase&& other) noexcept;
  ~TestDatabase();

  // A pool for a service's role in its schema: OpenAs("booking") is role dm_booking with
  // search_path booking, public, on behalf of the service.
  std::unique_ptr<database::Database> OpenAs(absl::string_view service, int pool_size = 4) const;
  // The same for the role that owns the schema: for migrations, and for what a test does to tables
  // that the service may not do. Never by way of the pooler.
  std::unique_ptr<database::Database> OpenAsOwner(absl::string_view service) const;
  // Lets a service's role make tables in its schema, for tests of what any role may use.
  void AllowCreate(absl::string_view service) const;
  // libpq connection strings for these roles.
  std::string ConnectionString(absl::string_view service) const;
  std::string OwnerConnectionString(absl::string_view service) const;
  // How a service's process is told of it.
  std::vector<std::string> ServiceFlags(absl::string_view service) const;
  // libpq connection string of a superuser, for a test's own looks at the tables.
  std::string AdminConnectionString() const;
  const std::string& name() const { return name_; }

  // Ends every server process that works for this database, as a failover would.
  void KillBackends() const;

 private:
  explicit TestDatabase(std::string name) : name_(std::move(name)) {}
  std::string name_;
};

}  // namespace dm::testing
