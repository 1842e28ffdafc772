#pragma once

#include "absl/strings/str_cat.h"
#include "common/database/migrations.h"
#include "common/errors/error.h"
#include "common/rpc/page_token.h"
#include "common/time/clock.h"
#include "destinationmetier/event/v1/resource_events.pb.h"
#include "destinationmetier/event/v1/session_events.pb.h"
#include "services/catalogue/api/catalogue_api.h"
#include "services/catalogue/api/import_api.h"
#include "services/catalogue/api/validation.h"
#include "services/catalogue/feeds/index_follower.h"
#include "tests/support/postgres.h"
#include "tests/support/reference_files.h"
#include "tests/support/settable_clock.h"
#include "tests/support/upload_call.h"

#include <gmock/gmock.h>
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
extern const MigrationSet kCatalogueMigrations;
}  // namespace dm::database

namespace dm::catalogue {

namespace pb = destinationmetier::catalogue::v1;
namespace type = destinationmetier::type::v1;

// The site of the seed whose offers these tests tell of.
inline constexpr char kLemoine[] = "00061001400011";
namespace event = destinationmetier::event::v1;

using testing::ReportWriter;
using testing::UploadReader;

inline std::string ReadAll(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.is_open()) << path;
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

// Content by name.
using Files = std::map<std::string, std::string>;

inline Files ReadFolder(const std::filesystem::path& folder) {
  Files files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name != "README.txt") files[name] = ReadAll(entry.path());
  }
  return files;
}

// The official export, one of the reference files.
constexpr char kRomeFolder[] = "rome-4.0-v58";
inline Files ReferenceRome() { return ReadFolder(testing::ReferencePath(kRomeFolder)); }

// sessions.csv as the seed's program writes it for a day.
inline std::string SeedSessions(const std::string& today) {
  std::string folder = ::testing::TempDir() + "/dm-sessions.XXXXXX";
  EXPECT_NE(mkdtemp(folder.data()), nullptr);
  const std::string command =
      "/usr/bin/python3 " DM_SEED_FOLDER "/sessions " + folder + " --today " + today;
  EXPECT_EQ(std::system(command.c_str()), 0);
  const std::string content = ReadAll(folder + "/sessions.csv");
  std::filesystem::remove_all(folder);
  return content;
}

// "read added changed moved vanished".
inline std::string Counts(const type::ImportReport& report, const std::string& table) {
  const auto found = report.tables().find(table);
  if (found == report.tables().end()) return "no table";
  const type::TableReport& counts = found->second;
  return absl::StrCat(counts.read(), " ", counts.added(), " ", counts.changed(), " ",
                      counts.moved(), " ", counts.vanished());
}

// "file:line" of a refused import, else the status.
inline std::string Where(const absl::Status& status) {
  const auto details = GetErrorDetails(status);
  if (!details.has_value() || details->reason != "IMPORT_REFUSED") return status.ToString();
  return absl::StrCat(details->metadata.at("file"), ":", details->metadata.at("line"));
}

// What a clerk reads about it.
inline std::string Cause(const absl::Status& status) {
  const auto details = GetErrorDetails(status);
  return details.has_value() ? details->message_fr : status.ToString();
}

// The service on a database of its own, on Monday the 23rd of November 2026 at noon UTC.
class CatalogueTest : public ::testing::Test {
 protected:
  CatalogueTest() {
    const absl::Status migrated =
        database::Migrate(*owner_, {{"database", &database::kDatabaseMigrations},
                                    {"events", &database::kEventsMigrations},
                                    {"requests", &database::kRequestsMigrations},
                                    {"catalogue", &database::kCatalogueMigrations}});
    EXPECT_TRUE(migrated.ok()) << migrated;
    OpenCall(call_, {auth::Role::kAnonymous});
    OpenCall(operator_, {auth::Role::kAnonymous, auth::Role::kOperator});
  }

  static void OpenCall(rpc::Call& call, auth::Roles roles) {
    call.caller.roles = roles;
    call.deadline = absl::Now() + absl::Minutes(2);
    call.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  }

  absl::StatusOr<type::ImportReport> Import(const rpc::Call& call, const std::string& kind,
                                            const Files& files, bool validate_only = false) {
    std::vector<type::FileImportRequest> messages(1);
    messages[0].mutable_start()->set_kind(kind);
    messages[0].mutable_start()->set_validate_only(validate_only);
    for (const auto& [name, content] : files) {
      type::FileImportRequest& message = messages.emplace_back();
      message.mutable_chunk()->set_file(name);
      message.mutable_chunk()->set_content(content);
    }
    UploadReader reader(std::move(messages));
    ReportWriter writer;
    const absl::Status status = import_api_.ImportFiles(call, reader, writer);
    EXPECT_EQ(status.ok(), writer.has_report()) << status;
    if (!status.ok()) return status;
    return writer.report();
  }

  type::ImportReport MustImport(const std::string& kind, const Files& files) {
    const auto report = Import(operator_, kind, files);
    EXPECT_TRUE(report.ok()) << report.status();
    return report.value_or(type::ImportReport());
  }

  static Files SeedRome() { return ReadFolder(DM_SEED_FOLDER "/rome"); }
  static Files Seed(const std::string& file) {
    return {{file, ReadAll(absl::StrCat(DM_SEED_FOLDER "/", file))}};
  }
  static Files SeedOffers() {
    static const auto* const sessions = new std::string(SeedSessions("2026-11-23"));
    Files files = Seed("offers.csv");
    files["sessions.csv"] = *sessions;
    return files;
  }

  void ImportSeed() {
    MustImport("communes", Seed("communes.csv"));
    MustImport("rome", SeedRome());
    MustImport("companies", Seed("companies.csv"));
    MustImport("offers", SeedOffers());
  }

  // What was committed is to be found.
  void CatchUp() {
    const absl::Status status = follower_.CatchUp(absl::Now() + absl::Minutes(1));
    EXPECT_TRUE(status.ok()) << status;
  }

  // The result of a statement of a test's own.
  pqxx::result Ask(const database::Statement& statement) {
    auto rows =
        owner_->Write(absl::Now() + absl::Seconds(30),
                      [&](database::Transaction& transaction) -> absl::StatusOr<pqxx::result> {
                        return transaction.Exec(statement);
                      });
    EXPECT_TRUE(rows.ok()) << rows.status();
    return *std::move(rows);
  }

  // How many events of a type the feed holds.
  int64_t Events(const std::string& type_name) {
    constexpr database::Statement kCount{"test_count_events",
                                         "SELECT count(*) FROM outbox WHERE type = $1"};
    const auto rows = database_->Query(absl::Now() + absl::Seconds(30), kCount,
                                       absl::StrCat("destinationmetier.event.v1.", type_name));
    EXPECT_TRUE(rows.ok()) << rows.status();
    return rows.ok() ? (*rows)[0][0].as<int64_t>() : -1;
  }

  testing::TestDatabase test_ = testing::TestDatabase::Create();
  std::unique_ptr<database::Database> database_ = test_.OpenAs("catalogue");
  // For what a test does to the tables that the service may not.
  std::unique_ptr<database::Database> owner_ = test_.OpenAsOwner("catalogue");
  testing::SettableClock clock_{absl::FromUnixSeconds(1795435200)};
  rpc::PageTokens page_tokens_{std::string(32, 'k'), &clock_};
  int wakes_ = 0;
  search::CatalogueIndex index_;
  IndexFollower follower_{database_.get(), &index_, &clock_};
  SearchTally tally_;
  CatalogueApi api_{database_.get(),      &index_, &page_tokens_, &clock_,
                    [this] { ++wakes_; }, &tally_};
  ImportApi import_api_{database_.get(), &clock_, [this] { ++wakes_; }};
  rpc::Call call_;
  rpc::Call operator_;
};

}  // namespace dm::catalogue
