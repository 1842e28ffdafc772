#pragma once

#include "common/database/migrations.h"
#include "common/errors/error.h"
#include "common/rpc/page_token.h"
#include "common/time/clock.h"
#include "services/ambassador/api/ambassador_api.h"
#include "services/ambassador/api/import_api.h"
#include "services/ambassador/store/profile_store.h"
#include "tests/support/postgres.h"
#include "tests/support/settable_clock.h"
#include "tests/support/upload_call.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace dm::database {
extern const MigrationSet kDatabaseMigrations;
extern const MigrationSet kEventsMigrations;
extern const MigrationSet kRequestsMigrations;
extern const MigrationSet kPrivacyMigrations;
extern const MigrationSet kAmbassadorMigrations;
}  // namespace dm::database

namespace dm::ambassador {

namespace pb = destinationmetier::ambassador::v1;
namespace type = destinationmetier::type::v1;

using testing::ReportWriter;
using testing::UploadReader;

inline std::string ReadAll(const std::filesystem::path& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file.is_open()) << path;
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

// meetings.csv as the seed's program writes it for a day.
inline std::string SeedMeetings(const std::string& today) {
  std::string folder = ::testing::TempDir() + "/dm-meetings.XXXXXX";
  EXPECT_NE(mkdtemp(folder.data()), nullptr);
  const std::string command =
      "/usr/bin/python3 " DM_SEED_FOLDER "/sessions " + folder + " --today " + today;
  EXPECT_EQ(std::system(command.c_str()), 0);
  const std::string content = ReadAll(folder + "/meetings.csv");
  std::filesystem::remove_all(folder);
  return content;
}

using Files = std::map<std::string, std::string>;

// The service on a database of its own, on Monday the 23rd of November 2026 at noon UTC.
class AmbassadorTest : public ::testing::Test {
 protected:
  AmbassadorTest() {
    const absl::Status migrated = database::Migrate(
        *test_.OpenAsOwner("ambassador"), {{"database", &database::kDatabaseMigrations},
                                           {"events", &database::kEventsMigrations},
                                           {"requests", &database::kRequestsMigrations},
                                           {"privacy", &database::kPrivacyMigrations},
                                           {"ambassador", &database::kAmbassadorMigrations}});
    EXPECT_TRUE(migrated.ok()) << migrated;
    OpenCall(call_, {auth::Role::kAnonymous});
    OpenCall(operator_, {auth::Role::kAnonymous, auth::Role::kOperator});
  }

  static void OpenCall(rpc::Call& call, auth::Roles roles) {
    call.caller.roles = roles;
    call.deadline = absl::Now() + absl::Minutes(1);
    call.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  }

  // The seed's files for the clock's day.
  static Files SeedFiles() {
    static const auto* const files =
        new Files{{"ambassadors.csv", ReadAll(DM_SEED_FOLDER "/ambassadors.csv")},
                  {"meetings.csv", SeedMeetings("2026-11-23")}};
    return *files;
  }

  absl::StatusOr<type::ImportReport> Import(const rpc::Call& call, const Files& files,
                                            bool validate_only = false) {
    std::vector<type::FileImportRequest> messages(1);
    messages[0].mutable_start()->set_kind("ambassadors");
    messages[0].mutable_start()->set_validate_only(validate_only);
    for (const auto& [name, content] : files) {
      type::FileImportRequest& message = messages.emplace_back();
      message.mutable_chunk()->set_file(name);
      message.mutable_chunk()->set_content(content);
    }
    UploadReader reader(messages);
    ReportWriter writer;
    const absl::Status status = import_api_.ImportFiles(call, reader, writer);
    EXPECT_EQ(status.ok(), writer.has_report()) << status;
    if (!status.ok()) return status;
    return writer.report();
  }

  void ImportSeed() {
    const auto report = Import(operator_, SeedFiles());
    ASSERT_TRUE(report.ok()) << report.status();
  }

  pb::SearchAmbassadorsResponse Search(const pb::SearchAmbassadorsRequest& request) {
    const auto response = api_.SearchAmbassadors(call_, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(pb::SearchAmbassadorsResponse());
  }

  // The result of a statement of a test's own.
  pqxx::result Ask(const database::Statement& statement) {
    auto rows = database_->Query(absl::Now() + absl::Seconds(30), statement);
    EXPECT_TRUE(rows.ok()) << rows.status();
    return *std::move(rows);
  }

  testing::TestDatabase test_ = testing::TestDatabase::Create();
  std::unique_ptr<database::Database> database_ = test_.OpenAs("ambassador");
  testing::SettableClock clock_{absl::FromUnixSeconds(1795435200)};
  rpc::PageTokens page_tokens_{std::string(32, 'k'), &clock_};
  store::ProfileStore profiles_{database_.get()};
  int wakes_ = 0;
  AmbassadorApi api_{&profiles_, database_.get(), &page_tokens_, &clock_, [this] { ++wakes_; }};
  ImportApi import_api_{database_.get(), &clock_, [this] { ++wakes_; }};
  rpc::Call call_;
  rpc::Call operator_;
};

}  // namespace dm::ambassador
