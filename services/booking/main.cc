#include "services/booking/process/options.h"
#include "services/booking/process/parts.h"

namespace dm::database {
extern const MigrationSet kDatabaseMigrations;
extern const MigrationSet kEventsMigrations;
extern const MigrationSet kPrivacyMigrations;
extern const MigrationSet kBookingMigrations;
}  // namespace dm::database

int main(int argc, char** argv) {
  return dm::process::RunService(argc, argv,
                                 {.name = "booking",
                                  .options = dm::booking::BookingOptions(),
                                  .migrations = {{"database", &dm::database::kDatabaseMigrations},
                                                 {"events", &dm::database::kEventsMigrations},
                                                 {"privacy", &dm::database::kPrivacyMigrations},
                                                 {"booking", &dm::database::kBookingMigrations}},
                                  .access = dm::database::Access::OfService(),
                                  .background_connections = 10},
                                 dm::booking::SetUp);
}
