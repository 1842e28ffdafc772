#include "services/gateway/cli/offer_lines.h"

#include "absl/strings/str_cat.h"
#include "common/text/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dm::gateway::cli {
namespace {

namespace pb = destinationmetier::catalogue::v1;
using testing::ElementsAre;

std::vector<std::vector<std::string>> Read(const std::string& csv) {
  CsvReader reader(csv);
  std::vector<std::vector<std::string>> records;
  std::vector<std::string> cells;
  while (true) {
    const auto more = reader.Next(&cells);
    EXPECT_TRUE(more.ok()) << more.status();
    if (!more.ok() || !*more) return records;
    records.push_back(cells);
  }
}

pb::Offer Bakery() {
  pb::Offer offer;
  offer.set_name("offers/1");
  offer.set_title("Pain, \"viennoiseries\"\net four");
  offer.set_company_display_name("=HYPERLINK(\"x\")");
  offer.set_company("companies/00061001400011");
  offer.set_profession("professions/D1102");
  offer.set_profession_display_name("Boulanger");
  offer.add_audiences(destinationmetier::type::v1::AUDIENCE_TROISIEME);
  offer.add_audiences(destinationmetier::type::v1::AUDIENCE_SECONDE);
  offer.mutable_place()->set_commune("Flers");
  offer.mutable_place()->set_postal_code("61100");
  offer.mutable_place()->set_department("61");
  offer.set_accessible(true);
  return offer;
}

TEST(CsvLines, AreOneASessionAndReadBackAsTheyWere) {
  pb::Offer offer = Bakery();
  for (const char* name : {"offers/1/sessions/1", "offers/1/sessions/2"}) {
    pb::Session& session = *offer.add_sessions();
    session.set_name(name);
    session.mutable_start_time()->set_seconds(1'796'630'400);  // 2026-12-07T08:00:00Z
    session.mutable_end_time()->set_seconds(1'796'662'800);
    session.set_capacity(3);
    session.set_available(2);
  }
  const auto records = Read(absl::StrCat(CsvHeading(), CsvLines(offer)));
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records[0].size(), records[1].size());
  EXPECT_THAT(
      records[1],
      ElementsAre("offers/1", "Pain, \"viennoiseries\"\net four", "'=HYPERLINK(\"x\")",
                  "00061001400011", "Boulanger", "D1102", "3e, 2de", "61100", "Flers", "61", "oui",
                  "offers/1/sessions/1", "2026-12-07 09:00", "2026-12-07 18:00", "3", "2"));
  EXPECT_EQ(records[2][11], "offers/1/sessions/2");
}

TEST(CsvLines, NameAnOfferWithoutSessionsAndKeepItsColumns) {
  pb::Offer offer = Bakery();
  offer.clear_name();
  const auto records = Read(absl::StrCat(CsvHeading(), CsvLines(offer)));
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[1].size(), records[0].size());
  EXPECT_EQ(records[1][3], "00061001400011");
  EXPECT_EQ(records[1][11], "");
}

}  // namespace
}  // namespace dm::gateway::cli
