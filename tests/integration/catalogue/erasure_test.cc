// What the catalogue keeps of a person: shown on demand, and gone wherever it stood.
#include "destinationmetier/event/v1/person_events.pb.h"
#include "services/catalogue/feeds/erasure_feed.h"
#include "services/catalogue/store/personal_data.h"
#include "tests/integration/catalogue/moderation_world.h"

#include <set>
#include <string>
#include <vector>

namespace dm::catalogue {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// What columns that name people are called: their tables are in the register of what is shown.
const std::set<std::string> kPersonColumns = {"person", "reporter",     "reader",
                                              "caller", "banned_by",    "lifted_by",
                                              "owner",  "cancelled_by", "resolved_by"};

TEST_F(ModerationTest, OfWhoIsErasedNothingIsLeftButThatSomebodyReported) {
  const std::string offer = AnOffer();
  for (const char* subject : {"eleve", "eleve-2"}) {
    ASSERT_TRUE(
        moderation_.ReportOffer(As(subject, auth::Role::kApplicant), ReportRequest(offer)).ok());
  }
  ASSERT_TRUE(moderation_.ListReports(agency_, {}).ok());
  ASSERT_TRUE(moderation_.BanCompany(agency_, BanRequest()).ok());
  std::vector<event::Event> events;
  for (const char* person : {"people/eleve", "people/eleve-2", "people/agence-61"}) {
    event::PersonErased erased;
    erased.set_person(person);
    events.emplace_back().mutable_data()->PackFrom(erased);
  }
  // Each is shown what is kept of them before, and no other person.
  for (const char* person : {"people/eleve", "people/agence-61"}) {
    const auto shown =
        database_->Read(absl::Now() + absl::Seconds(30), [&](database::Transaction& transaction) {
          return privacy::ReadPersonalData(transaction, CatalogueRegister(), person);
        });
    ASSERT_TRUE(shown.ok()) << shown.status();
    EXPECT_GT(shown->tables_size(), 0) << person;
    EXPECT_THAT(shown->DebugString(), Not(HasSubstr("people/eleve-2")));
  }
  for (int twice = 0; twice < 2; ++twice) {
    const absl::Status status =
        database_->Write(absl::Now() + absl::Seconds(30), [&](database::Transaction& transaction) {
          return ApplyErasures(transaction, events).status();
        });
    ASSERT_TRUE(status.ok()) << status;
  }
  EXPECT_EQ(
      Ask({"test_erased", "SELECT FROM offer_reports WHERE text = '' AND reporter LIKE 'erased/%'"})
          .size(),
      2u);
  // Wherever a text of this schema says somebody's name.
  const auto columns = Ask({"test_text_columns",
                            "SELECT table_name, column_name FROM information_schema.columns "
                            "WHERE table_schema = 'catalogue' AND data_type = 'text' AND "
                            "table_name <> 'schema_migrations'"});
  ASSERT_GT(columns.size(), 20);
  std::set<std::string> shown;
  for (const auto& table : CatalogueRegister().tables) shown.insert(table.table);
  for (const pqxx::row& column : columns) {
    const std::string table = column["table_name"].c_str();
    const std::string name = column["column_name"].c_str();
    if (kPersonColumns.count(name) > 0) {
      EXPECT_EQ(shown.count(table), 1u) << table << "." << name;
    }
    const std::string sql = absl::StrCat("SELECT FROM \"", table, "\" WHERE \"", name,
                                         "\" IN ('people/eleve', 'people/eleve-2', "
                                         "'people/agence-61')");
    int64_t found = -1;
    const absl::Status status =
        database_->Read(absl::Now() + absl::Seconds(30), [&](database::Transaction& transaction) {
          found = transaction.raw().exec(sql).size();
          return absl::OkStatus();
        });
    ASSERT_TRUE(status.ok()) << status;
    EXPECT_EQ(found, 0) << table << "." << name;
  }
}

}  // namespace
}  // namespace dm::catalogue
