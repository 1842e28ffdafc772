// The command line as an agency's staff runs it, before the whole suite.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/text/uuid.h"
#include "tests/support/suite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

namespace dm {
namespace {

using nlohmann::json;
using testing::ChildProcess;
using testing::Finished;
using ::testing::HasSubstr;
using testing::HttpAnswer;
using ::testing::Not;
using testing::Suite;

constexpr char kLemoine[] = "00061001400011";

class CliTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    suite_ = new Suite();
    suite_->LoadDemonstration();
  }
  static void TearDownTestSuite() {
    delete suite_;
    suite_ = nullptr;
  }

  CliTest()
      : folder_(std::filesystem::temp_directory_path() /
                absl::StrCat("dm-cli-", NewUuid(absl::Now()))) {
    std::filesystem::create_directory(folder_);
    std::ofstream(Path("token")) << suite_->Token(
        {.subject = "agence-61", .roles = {"agency"}, .territory = {"61"}});
  }
  ~CliTest() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) const { return (folder_ / name).string(); }
  std::string ContentOf(const std::string& name) const {
    std::ifstream file(Path(name));
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::vector<std::string> Arguments(const std::vector<std::string>& words) const {
    std::vector<std::string> arguments = {"--address", suite_->grpc_address(), "--token-file",
                                          Path("token")};
    arguments.insert(arguments.end(), words.begin(), words.end());
    return arguments;
  }
  Finished Dm(const std::vector<std::string>& words) const {
    return testing::RunProgram(Suite::Program("dm"), Arguments(words));
  }
  std::unique_ptr<ChildProcess> Watch() const {
    return std::make_unique<ChildProcess>(
        Suite::Program("dm"),
        Arguments({"watch", "--type", "OfferChanged", "--resume-file", Path("position")}),
        Path("log"));
  }
  // How often the log of what is watched tells of that.
  size_t Seen(const std::string& name, const std::string& what) const {
    size_t count = 0;
    for (const auto line : absl::StrSplit(ContentOf("log"), '\n')) {
      count += absl::StrContains(line, name) && absl::StrContains(line, what) ? 1 : 0;
    }
    return count;
  }

  // An offer of the host that waits for the agency.
  static std::string Submitted(const std::string& title) {
    const absl::Time start = absl::Now() + absl::Hours(24 * 20);
    const auto text = [](absl::Time time) {
      return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
    };
    const json offer = {{"profession", "professions/D1102"},
                        {"title", title},
                        {"description", "Une journée avec l'équipe du fournil, du pétrin au four."},
                        {"audiences", {"AUDIENCE_TROISIEME"}},
                        {"sessions",
                         {{{"startTime", text(start)},
                           {"endTime", text(start + absl::Hours(8))},
                           {"capacity", 3}}}}};
    const std::string host = suite_->HostToken(kLemoine);
    const HttpAnswer created = suite_->Post(
        absl::StrCat("/v1/companies/", kLemoine, "/offers?request_id=", NewUuid(absl::Now())),
        offer, host);
    EXPECT_EQ(created.code, 200) << created.body;
    const std::string name = created.json["offer"]["name"];
    EXPECT_EQ(suite_
                  ->Post(absl::StrCat("/v1/", name, ":submit"),
                         {{"requestId", NewUuid(absl::Now())}}, host)
                  .code,
              200);
    return name;
  }

  static Suite* suite_;
  const std::filesystem::path folder_;
};

Suite* CliTest::suite_ = nullptr;

TEST_F(CliTest, AnAgencyLooksAtAnOfferAndDecides) {
  const std::string name = Submitted("Pain perdu");
  const Finished waiting = Dm({"moderate", "list"});
  ASSERT_EQ(waiting.exit_code, 0) << waiting.output;
  EXPECT_THAT(waiting.output, HasSubstr("attend l'agence  Pain perdu"));
  EXPECT_THAT(waiting.output, HasSubstr(name));
  EXPECT_THAT(Dm({"moderate", "show", name}).output, HasSubstr("cachée"));
  // Too short a reason.
  const Finished short_reason = Dm({"moderate", "reject", name, "--reason", "Non."});
  EXPECT_EQ(short_reason.exit_code, 1);
  EXPECT_THAT(short_reason.output, HasSubstr("reason : "));
  ASSERT_EQ(Dm({"moderate", "approve", name}).exit_code, 0);
  Suite::WaitUntil("the offer is found", [&] {
    return absl::StrContains(Dm({"search", "offers", "pain", "perdu"}).output, name);
  });
  const Finished again = Dm({"moderate", "approve", name});
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.output, HasSubstr("[OFFER_STATE_CONFLICT]"));
  ASSERT_EQ(Dm({"moderate", "suspend", name, "--reason", "Précisez les horaires."}).exit_code, 0);
  EXPECT_THAT(Dm({"moderate", "show", name}).output, HasSubstr("motif : Précisez les horaires."));
  EXPECT_EQ(Dm({"moderate", "resume", name}).exit_code, 0);
}

TEST_F(CliTest, AnAgencyAnswersAReportAndBansACompany) {
  const std::string name = Submitted("Pain trompeur");
  ASSERT_EQ(Dm({"moderate", "approve", name}).exit_code, 0);
  const HttpAnswer reported =
      suite_->Post(absl::StrCat("/v1/", name, ":report"),
                   {{"ground", "GROUND_MISLEADING"}, {"requestId", NewUuid(absl::Now())}},
                   suite_->PupilToken("eleve"));
  ASSERT_EQ(reported.code, 200) << reported.body;
  const std::string report = reported.json["name"];
  EXPECT_THAT(Dm({"moderate", "reports"}).output, HasSubstr(report));
  EXPECT_EQ(Dm({"moderate", "resolve", report, "--outcome", "founded"}).exit_code, 0);
  EXPECT_THAT(Dm({"moderate", "reports", "--offer", name}).output, Not(HasSubstr(report)));
  EXPECT_THAT(Dm({"moderate", "reports", "--offer", name, "--all"}).output, HasSubstr("fondé"));
  const Finished banned = Dm({"moderate", "ban", kLemoine, "--justification",
                              "Des offres trompeuses, malgré deux rappels."});
  ASSERT_EQ(banned.exit_code, 0) << banned.output;
  EXPECT_THAT(Dm({"show", absl::StrCat("companies/", kLemoine, "/settings")}).output,
              HasSubstr("motif : Des offres trompeuses"));
  EXPECT_EQ(Dm({"moderate", "unban", kLemoine}).exit_code, 0);
}

TEST_F(CliTest, ExportsTheTerritoryAndNothingElse) {
  const Finished exported =
      Dm({"export", "--department", "61", "--output", Path("offers.jsonl"), "--json"});
  ASSERT_EQ(exported.exit_code, 0) << exported.output;
  const std::vector<std::string> lines =
      absl::StrSplit(ContentOf("offers.jsonl"), '\n', absl::SkipEmpty());
  EXPECT_EQ(static_cast<int64_t>(lines.size()),
            suite_->Count("SELECT count(*) FROM catalogue.offers WHERE published AND department = "
                          "'61'"));
  for (const std::string& line : lines) {
    EXPECT_EQ(json::parse(line)["place"]["department"], "61");
  }
  const Finished refused = Dm({"export", "--department", "14", "--output", Path("other.csv")});
  EXPECT_EQ(refused.exit_code, 1) << refused.output;
  EXPECT_FALSE(std::filesystem::exists(Path("other.csv")));
}

TEST_F(CliTest, WatchesWhileTheGatewayDiesAndGoesOnInTheNextRun) {
  auto watch = Watch();
  Suite::WaitUntil("the watch has a position", [&] { return !ContentOf("position").empty(); });
  const std::string first = Submitted("Pain d'épices");
  ASSERT_EQ(Dm({"moderate", "approve", first}).exit_code, 0);
  Suite::WaitUntil("the event is seen", [&] { return Seen(first, "→ publiée") == 1; });

  suite_->process("gateway").Signal(SIGKILL);
  (void)suite_->process("gateway").Wait(absl::Seconds(10));
  suite_->Restart("gateway");
  const std::string second = Submitted("Pain de mie");
  ASSERT_EQ(Dm({"moderate", "approve", second}).exit_code, 0);
  Suite::WaitUntil("the next event is seen", [&] { return Seen(second, "→ publiée") == 1; });

  watch->Signal(SIGINT);
  EXPECT_EQ(watch->Wait(absl::Seconds(20)), 0) << ContentOf("log");
  ASSERT_EQ(Dm({"moderate", "suspend", second, "--reason", "Précisez les horaires."}).exit_code, 0);
  watch = Watch();
  Suite::WaitUntil("what happened meanwhile is seen",
                   [&] { return Seen(second, "→ suspendue") == 1; });
  watch->Signal(SIGTERM);
  EXPECT_EQ(watch->Wait(absl::Seconds(20)), 0) << ContentOf("log");
  EXPECT_EQ(Seen(first, "→ publiée"), 1u) << ContentOf("log");
}

TEST_F(CliTest, CountsInATable) {
  const Finished counted = Dm({"statistics", "--by", "department"});
  ASSERT_EQ(counted.exit_code, 0) << counted.output;
  EXPECT_THAT(counted.output, HasSubstr("offres  entreprises"));
  EXPECT_EQ(Dm({"searches", "--kind", "empty"}).exit_code, 0);
}

TEST_F(CliTest, EndsWithACodeThatTellsWhatWentWrong) {
  const std::string dm = Suite::Program("dm");
  EXPECT_EQ(testing::RunProgram(dm, {}).exit_code, 2);
  EXPECT_EQ(testing::RunProgram(dm, {"--json"}).exit_code, 2);
  EXPECT_EQ(testing::RunProgram(dm, {"--help"}).exit_code, 0);
  const Finished mistyped = testing::RunProgram(dm, {"modrate", "--json"});
  EXPECT_EQ(mistyped.exit_code, 2);
  EXPECT_EQ(json::parse(mistyped.output)["error"]["reason"], "USAGE") << mistyped.output;
  EXPECT_EQ(testing::RunProgram(dm, {"--token-file", Path(""), "bookings"}).exit_code, 2);
  EXPECT_EQ(testing::RunProgram(dm, {"--address", "127.0.0.1:1", "bookings"}).exit_code, 3);
  const Finished anonymous =
      testing::RunProgram(dm, {"--address", suite_->grpc_address(), "moderate", "list"});
  EXPECT_EQ(anonymous.exit_code, 1);
  EXPECT_THAT(anonymous.output, HasSubstr("--token-file"));
}

}  // namespace
}  // namespace dm
