// What an agency's staff asks for: each command, the call that it makes and what it shows.
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/integration/cli/cli_fixture.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace dm::gateway {
namespace {

using nlohmann::json;
using testing::HasSubstr;

struct Case {
  std::vector<std::string> arguments;
  std::string method;
  std::string request;
  std::string shown;
};

const std::vector<Case>& Cases() {
  static const auto* const kCases = new std::vector<Case>{
      {{"moderate", "list"},
       "ListOfferRecords",
       "parent: \"companies/-\" states: STATE_SUBMITTED page_size: 20",
       "attend l'agence  Au fournil  Groupe Lemoine  2             offers/1\nsuite : --page-token "
       "more\n"},
      {{"moderate", "list", "--company", "1", "--state", "draft", "--state", "suspended", "--limit",
        "5", "--page-token", "t"},
       "ListOfferRecords",
       "parent: \"companies/1\" states: STATE_DRAFT states: STATE_SUSPENDED page_size: 5 "
       "page_token: \"t\"",
       "Au fournil"},
      {{"moderate", "show", "1"}, "ExplainVisibility", "name: \"offers/1\"", "motif : Précisez."},
      {{"moderate", "approve", "1", "--etag", "e", "--request-id", "r"},
       "ApproveOffer",
       "name: \"offers/1\" etag: \"e\" request_id: \"r\"",
       "état : publiée"},
      {{"moderate", "reject", "offers/1", "--reason", "Titre", "--request-id", "r"},
       "RejectOffer",
       "name: \"offers/1\" request_id: \"r\" reason: \"Titre\"",
       "état : brouillon"},
      {{"moderate", "suspend", "1", "--reason", "Titre", "--request-id", "r"},
       "SuspendOffer",
       "name: \"offers/1\" request_id: \"r\" reason: \"Titre\"",
       "état : suspendue"},
      {{"moderate", "resume", "1", "--request-id", "r"},
       "ResumeOffer",
       "name: \"offers/1\" request_id: \"r\"",
       "état : publiée"},
      {{"moderate", "reports"},
       "ListOfferReports",
       "open_only: true page_size: 20",
       "dangereux  sans réponse  offers/1  offerReports/9  Une scie sans capot."},
      {{"moderate", "reports", "--all", "--offer", "1"},
       "ListOfferReports",
       "offer: \"offers/1\" page_size: 20",
       "offerReports/9"},
      {{"moderate", "resolve", "9", "--outcome", "founded", "--note", "vu", "--request-id", "r"},
       "ResolveOfferReport",
       "name: \"offerReports/9\" outcome: OUTCOME_FOUNDED note: \"vu\" request_id: \"r\"",
       "issue : fondé"},
      {{"moderate", "ban", "1", "--justification", "Fausses offres", "--until", "2027-01-31",
        "--request-id", "r"},
       "BanCompany",
       // The first instant of February in Paris.
       "name: \"companies/1\" justification: \"Fausses offres\" end_time { seconds: 1801436400 } "
       "request_id: \"r\"",
       "motif : Fausses offres"},
      {{"moderate", "unban", "1", "--request-id", "r"},
       "LiftCompanyBan",
       "name: \"companies/1\" request_id: \"r\"",
       "exclusion levée le : 07/12/2026"},
      {{"show", "companies/1/settings"},
       "GetCompanySettings",
       "name: \"companies/1/settings\"",
       "demandes ce mois-ci : 3 sur 20"},
      {{"statistics", "--by", "department", "--by", "month", "--from", "2026-01"},
       "GetStatistics",
       "from: \"2026-01\" group_by: STATISTICS_DIMENSION_DEPARTMENT group_by: "
       "STATISTICS_DIMENSION_MONTH",
       "       offres  entreprises  sessions  places  prises  taux\n"
       "Orne       12            7        30     100      25  25 %\n"
       "total      12            7        30     100      25  25 %\n"},
      {{"searches", "--kind", "empty", "--subject", "professions", "--from", "2026-11-01"},
       "ListFrequentSearches",
       "kind: KIND_EMPTY subject: SUBJECT_PROFESSIONS from: \"2026-11-01\" page_size: 20",
       "astronaute          40       39\n"}};
  return *kCases;
}

class AgencyCommandsTest : public CliFixture {};

TEST_F(AgencyCommandsTest, AskForWhatWasWrittenAndShowWhatCame) {
  for (const Case& one : Cases()) {
    SCOPED_TRACE(testing::PrintToString(one.arguments));
    ASSERT_EQ(Run(one.arguments), cli::kDone) << err_.str();
    const Script::Call call = script_.calls().back();
    EXPECT_EQ(call.method, one.method);
    EXPECT_EQ(call.request, one.request);
    EXPECT_EQ(call.authorization, "Bearer good");
    EXPECT_THAT(out_.str(), HasSubstr(one.shown));
    EXPECT_EQ(err_.str(), "");
  }
}

TEST_F(AgencyCommandsTest, WriteOneDocumentOfJson) {
  for (const Case& one : Cases()) {
    SCOPED_TRACE(testing::PrintToString(one.arguments));
    std::vector<std::string> arguments = one.arguments;
    arguments.emplace_back("--json");
    ASSERT_EQ(Run(arguments), cli::kDone) << err_.str();
    EXPECT_TRUE(json::parse(out_.str(), nullptr, false).is_object()) << out_.str();
  }
  Run({"moderate", "show", "1", "--json"});
  EXPECT_EQ(json::parse(out_.str())["visibility"]["reasons"][0]["text"], "Elle est suspendue.");
}

TEST_F(AgencyCommandsTest, SayWhyTheyWereRefusedAndEndWithACodeOfItsOwn) {
  google::rpc::Status error;
  google::rpc::ErrorInfo info;
  info.set_reason("OFFER_STATE_CONFLICT");
  error.add_details()->PackFrom(info);
  const grpc::Status refused(grpc::StatusCode::FAILED_PRECONDITION, "not now",
                             error.SerializeAsString());
  for (const Case& one : Cases()) {
    SCOPED_TRACE(testing::PrintToString(one.arguments));
    script_.FailNext(refused);
    EXPECT_EQ(Run(one.arguments), cli::kRefused);
    EXPECT_EQ(out_.str(), "");
    EXPECT_THAT(err_.str(), HasSubstr("[OFFER_STATE_CONFLICT]"));
    script_.FailNext(refused);
    std::vector<std::string> arguments = one.arguments;
    arguments.emplace_back("--json");
    EXPECT_EQ(Run(arguments), cli::kRefused);
    EXPECT_EQ(json::parse(err_.str())["error"]["reason"], "OFFER_STATE_CONFLICT");
  }
  services_.Stop();
  EXPECT_EQ(Run({"moderate", "list"}), cli::kUnreachable);
  EXPECT_THAT(err_.str(), HasSubstr("La passerelle ne répond pas à l'adresse 127.0.0.1:"));
}

TEST_F(AgencyCommandsTest, MakeARequestIdOfTheirOwnForEachWrite) {
  Run({"moderate", "approve", "1"});
  Run({"moderate", "approve", "1"});
  const auto calls = script_.calls();
  EXPECT_THAT(calls[0].request, testing::MatchesRegex(".*request_id: \"[0-9a-f-]{36}\""));
  EXPECT_NE(calls[0].request, calls[1].request);
}

TEST_F(AgencyCommandsTest, SayWhatTheyDoNotShow) {
  ASSERT_EQ(Run({"statistics", "--department", "61"}), cli::kDone);
  EXPECT_THAT(err_.str(), HasSubstr("moins de 5 entreprises"));
  ASSERT_EQ(Run({"statistics", "--department", "61", "--json"}), cli::kDone);
  EXPECT_EQ(err_.str(), "");
}

TEST_F(AgencyCommandsTest, TakeNoDayThatThereIsNot) {
  EXPECT_EQ(Run({"moderate", "ban", "1", "--justification", "x", "--until", "2027-02-30"}),
            cli::kUsage);
  EXPECT_EQ(Run({"moderate", "list", "--limit", "0"}), cli::kUsage);
  EXPECT_TRUE(script_.calls().empty());
}

TEST_F(AgencyCommandsTest, ThatWereInterruptedSayThatTheyMayHaveBeenDone) {
  interruption_.Request();
  EXPECT_EQ(Run({"moderate", "approve", "1"}), cli::kInterrupted);
  EXPECT_THAT(err_.str(), HasSubstr("a pu être fait"));
}

TEST_F(AgencyCommandsTest, DoNotTakeAFullDiskForSuccess) {
  std::ofstream full("/dev/full");
  EXPECT_EQ(Run({"moderate", "list"}, &full), cli::kUnwritable);
  EXPECT_THAT(err_.str(), HasSubstr("ne peut pas être écrite"));
}

TEST_F(AgencyCommandsTest, ExplainThemselves) {
  ASSERT_EQ(Run({"help", "moderate"}), cli::kDone);
  EXPECT_THAT(out_.str(), HasSubstr("moderate reject OFFRE"));
  ASSERT_EQ(Run({"moderate", "reject", "--help"}), cli::kDone);
  EXPECT_THAT(out_.str(), HasSubstr("--reason TEXTE"));
  ASSERT_EQ(Run({"help", "--json"}), cli::kDone);
  EXPECT_THAT(json::parse(out_.str())["help"].get<std::string>(), HasSubstr("moderate reject"));
  ASSERT_EQ(Run({"completion", "bash"}), cli::kDone);
  EXPECT_THAT(out_.str(), HasSubstr("complete -F _dm dm"));
  EXPECT_EQ(Run({"modrate", "--help"}), cli::kUsage);
  EXPECT_THAT(err_.str(), HasSubstr("vouliez-vous dire « moderate » ?"));
}

}  // namespace
}  // namespace dm::gateway
