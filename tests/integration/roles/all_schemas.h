#pragma once

#include "common/database/migrations.h"
#include "tests/support/postgres.h"

#include <pqxx/pqxx>

#include <string>
#include <vector>

namespace dm::database {
extern const MigrationSet kAmbassadorMigrations;
extern const MigrationSet kBookingMigrations;
extern const MigrationSet kCatalogueMigrations;
extern const MigrationSet kDatabaseMigrations;
extern const MigrationSet kEventsMigrations;
extern const MigrationSet kGatewayMigrations;
extern const MigrationSet kNotificationMigrations;
extern const MigrationSet kPrivacyMigrations;
extern const MigrationSet kRequestsMigrations;
}  // namespace dm::database

namespace dm::testing {

// A service and its migrations, as its main() names them.
struct ServiceSchema {
  std::string service;
  std::vector<database::MigrationSeries> series;
};

inline const std::vector<ServiceSchema>& AllSchemas() {
  using namespace database;  // NOLINT(google-build-using-namespace)
  static const auto* const all = new std::vector<ServiceSchema>{
      {"catalogue",
       {{"database", &kDatabaseMigrations},
        {"events", &kEventsMigrations},
        {"requests", &kRequestsMigrations},
        {"catalogue", &kCatalogueMigrations}}},
      {"ambassador",
       {{"database", &kDatabaseMigrations},
        {"events", &kEventsMigrations},
        {"requests", &kRequestsMigrations},
        {"privacy", &kPrivacyMigrations},
        {"ambassador", &kAmbassadorMigrations}}},
      {"booking",
       {{"database", &kDatabaseMigrations},
        {"events", &kEventsMigrations},
        {"privacy", &kPrivacyMigrations},
        {"booking", &kBookingMigrations}}},
      {"notification",
       {{"database", &kDatabaseMigrations},
        {"events", &kEventsMigrations},
        {"requests", &kRequestsMigrations},
        {"notification", &kNotificationMigrations}}},
      {"gateway", {{"database", &kDatabaseMigrations}, {"gateway", &kGatewayMigrations}}}};
  return *all;
}

// The first column of what a superuser's question gives, as text.
inline std::vector<std::string> Ask(const TestDatabase& database, const std::string& sql) {
  pqxx::connection connection(database.AdminConnectionString());
  std::vector<std::string> answers;
  for (const pqxx::row& row : pqxx::nontransaction(connection).exec(sql)) {
    answers.emplace_back(row[0].c_str());
  }
  return answers;
}

// Every schema is there, made by its owner.
inline TestDatabase DatabaseOfAllSchemas() {
  TestDatabase database = TestDatabase::Create();
  for (const ServiceSchema& schema : AllSchemas()) {
    const absl::Status status =
        database::Migrate(*database.OpenAsOwner(schema.service), schema.series);
    if (!status.ok()) throw std::runtime_error(status.ToString());
  }
  return database;
}

}  // namespace dm::testing
