#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/integration/cli/cli_fixture.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <thread>

namespace dm::gateway {
namespace {

namespace pb = destinationmetier::catalogue::v1;

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

pb::ExportOffersResponse Page(int first, int last, const std::string& position) {
  pb::ExportOffersResponse page;
  for (int i = first; i <= last; ++i) {
    pb::Offer& offer = *page.add_offers();
    offer.set_name(absl::StrCat("offers/", i));
    offer.set_title(absl::StrCat("Offre ", i));
  }
  page.set_position(position);
  return page;
}

const grpc::Status kBroken(grpc::StatusCode::UNAVAILABLE, "Socket closed");

class ExportTest : public CliFixture {
 protected:
  // The first cells of the lines behind the heading.
  static std::vector<std::string> NamesIn(const std::string& csv) {
    std::vector<std::string> names;
    for (const auto line : absl::StrSplit(csv, '\n', absl::SkipEmpty())) {
      names.emplace_back(line.substr(0, line.find(',')));
    }
    EXPECT_EQ(names.empty() ? "" : names[0], "offre");
    if (!names.empty()) names.erase(names.begin());
    return names;
  }
};

TEST_F(ExportTest, WritesAFileAndSaysHowFarItIs) {
  services_.offers().push_back({.messages = {Page(1, 2, "a"), Page(3, 3, "b")}});
  ASSERT_EQ(Run({"export", "--department", "61", "--department", "14", "--output", Path("x.csv"),
                 "--changed-since", "2026-12-07"}),
            cli::kDone)
      << err_.str();
  EXPECT_EQ(script_.calls().back().request,
            "departments: \"61\" departments: \"14\" changed_since { seconds: 1796598000 }");
  EXPECT_THAT(NamesIn(ContentOf("x.csv")), ElementsAre("offers/1", "offers/2", "offers/3"));
  EXPECT_THAT(Files(), ElementsAre("x.csv"));
  EXPECT_EQ(out_.str(), "");
  EXPECT_EQ(err_.str(), "Export de 61, 14\n3 offres exportées\n");
}

TEST_F(ExportTest, WritesLinesOfJsonToTheStandardOutput) {
  services_.offers().push_back({.messages = {Page(1, 2, "a")}});
  ASSERT_EQ(Run({"export", "--department", "61", "--json"}), cli::kDone) << err_.str();
  const std::vector<std::string> lines = absl::StrSplit(out_.str(), '\n', absl::SkipEmpty());
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(json::parse(lines[1])["name"], "offers/2");
  for (const auto line : absl::StrSplit(err_.str(), '\n', absl::SkipEmpty())) {
    EXPECT_TRUE(json::parse(line)["progress"].is_string()) << line;
  }
}

TEST_F(ExportTest, GoesOnWhereItBroke) {
  services_.offers().push_back({.messages = {Page(1, 2, "a")}, .end = kBroken});
  services_.offers().push_back({.end = kBroken});
  services_.offers().push_back({.messages = {Page(3, 4, "b")}});
  ASSERT_EQ(Run({"export", "--department", "61", "--output", Path("x.csv")}), cli::kDone)
      << err_.str();
  EXPECT_THAT(NamesIn(ContentOf("x.csv")),
              ElementsAre("offers/1", "offers/2", "offers/3", "offers/4"));
  const auto calls = script_.calls();
  ASSERT_EQ(calls.size(), 3u);
  EXPECT_EQ(calls[0].request, "departments: \"61\"");
  EXPECT_EQ(calls[1].request, "departments: \"61\" after: \"a\"");
  EXPECT_EQ(calls[2].request, "departments: \"61\" after: \"a\"");
}

TEST_F(ExportTest, GivesUpWhatDoesNotGoOn) {
  services_.offers().push_back({.messages = {Page(1, 2, "a")}, .end = kBroken});
  for (int i = 0; i < 20; ++i) services_.offers().push_back({.end = kBroken});
  EXPECT_EQ(Run({"export", "--department", "61", "--output", Path("x.csv")}), cli::kUnreachable);
  EXPECT_LT(script_.calls().size(), 10u);
  EXPECT_THAT(Files(), IsEmpty());
}

TEST_F(ExportTest, LeavesNothingUnderItsNameWhenItIsRefused) {
  const grpc::Status refused(grpc::StatusCode::NOT_FOUND, "no such territory");
  Write("x.csv", "of yesterday");
  for (const auto& before : {std::vector<pb::ExportOffersResponse>{},
                             std::vector<pb::ExportOffersResponse>{Page(1, 2, "a")}}) {
    services_.offers().push_back({.messages = before, .end = refused});
    EXPECT_EQ(Run({"export", "--department", "61", "--output", Path("x.csv")}), cli::kRefused);
    EXPECT_THAT(Files(), ElementsAre("x.csv"));
    EXPECT_EQ(ContentOf("x.csv"), "of yesterday");
  }
}

TEST_F(ExportTest, LeavesNothingUnderItsNameWhenItIsInterrupted) {
  services_.offers().push_back({.messages = {Page(1, 2, "a")}, .stays = true});
  std::thread user([this] {
    EXPECT_TRUE(script_.WaitUntilOneStays());
    interruption_.Request();
  });
  EXPECT_EQ(Run({"export", "--department", "61", "--output", Path("x.csv")}), cli::kInterrupted);
  user.join();
  EXPECT_THAT(Files(), IsEmpty());
}

TEST_F(ExportTest, EndsWhereItCannotWrite) {
  std::ofstream full("/dev/full");
  services_.offers().push_back({.messages = {Page(1, 2, "a")}});
  EXPECT_EQ(Run({"export", "--department", "61", "--json"}, &full), cli::kUnwritable);
  EXPECT_EQ(Run({"export", "--department", "61", "--output", Path("nowhere/x.csv")}),
            cli::kUnwritable);
  EXPECT_THAT(err_.str(), HasSubstr("nowhere/x.csv"));
  EXPECT_EQ(Run({"export", "--department", "61", "--output", "/dev/null"}), cli::kUnwritable);
  EXPECT_EQ(Run({"export", "--department", "61", "--changed-since", "hier"}), cli::kUsage);
}

}  // namespace
}  // namespace dm::gateway
