#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "destinationmetier/event/v1/session_events.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/integration/cli/cli_fixture.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <thread>

namespace dm::gateway {
namespace {

namespace pb = destinationmetier::gateway::v1;

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

pb::PartnerEvents Batch(const std::string& position, const std::vector<std::string>& subjects) {
  pb::PartnerEvents batch;
  batch.set_position(position);
  for (const std::string& subject : subjects) {
    destinationmetier::event::v1::SeatsChanged seats;
    seats.set_capacity(5);
    pb::PartnerEvent& event = *batch.add_events();
    event.set_subject(subject);
    event.set_type("destinationmetier.event.v1.SeatsChanged");
    event.mutable_data()->PackFrom(seats);
  }
  return batch;
}

const grpc::Status kBroken(grpc::StatusCode::UNAVAILABLE, "Socket closed");

grpc::Status Refused(grpc::StatusCode code, const std::string& reason) {
  google::rpc::Status error;
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  error.add_details()->PackFrom(info);
  return {code, "no", error.SerializeAsString()};
}

class WatchTest : public CliFixture {
 protected:
  // Runs until a stream stays open and the file says that, then presses Ctrl-C.
  int RunUntil(const std::string& position, std::vector<std::string> arguments = {}) {
    arguments.insert(arguments.begin(), {"watch", "--resume-file", Path("position")});
    std::thread user([this, position] {
      EXPECT_TRUE(script_.WaitUntilOneStays());
      WaitForPosition(position);
      interruption_.Request();
    });
    const int code = Run(arguments);
    // Whatever ended it, the user does not wait for more.
    user.join();
    return code;
  }
  void WaitForPosition(const std::string& position) const {
    const absl::Time deadline = absl::Now() + absl::Seconds(20);
    while (ContentOf("position") != position + "\n" && absl::Now() < deadline) {
      std::this_thread::yield();
    }
    EXPECT_EQ(ContentOf("position"), position + "\n");
  }
  // The things that events were about, in the order of the lines.
  std::vector<std::string> Subjects() const {
    std::vector<std::string> subjects;
    for (const auto line : absl::StrSplit(out_.str(), '\n', absl::SkipEmpty())) {
      const std::vector<std::string> parts = absl::StrSplit(line, "  ");
      if (parts.size() > 3) subjects.push_back(parts[3]);
    }
    return subjects;
  }
  std::vector<std::string> Requests() const {
    std::vector<std::string> requests;
    for (const Script::Call& call : script_.calls()) requests.push_back(call.request);
    return requests;
  }
};

TEST_F(WatchTest, WritesALineAnEventAndEndsCleanlyOnCtrlC) {
  services_.events().push_back(
      {.messages = {Batch("p0", {}), Batch("p1", {"a", "b"}), Batch("p2", {"c"})}, .stays = true});
  EXPECT_EQ(RunUntil("p2", {"--type", "SeatsChanged", "--department", "61"}), cli::kDone);
  EXPECT_THAT(Subjects(), ElementsAre("a", "b", "c"));
  EXPECT_THAT(out_.str(), HasSubstr("SeatsChanged  a  0/5 places prises\n"));
  EXPECT_EQ(err_.str(), "");
  EXPECT_THAT(Requests(),
              ElementsAre("types: \"SeatsChanged\" departments: \"61\" from_end: true"));
  EXPECT_THAT(Files(), ElementsAre("position"));
}

TEST_F(WatchTest, GoesOnWhereTheLastRunWas) {
  Write("position", "p7\n");
  services_.events().push_back({.messages = {Batch("p8", {"a"})}, .stays = true});
  EXPECT_EQ(RunUntil("p8"), cli::kDone);
  EXPECT_THAT(Requests(), ElementsAre("after: \"p7\""));
}

TEST_F(WatchTest, BeginsAtTheStartWhereThatIsWanted) {
  services_.events().push_back({.messages = {Batch("p1", {"a"})}, .stays = true});
  EXPECT_EQ(RunUntil("p1", {"--from-start"}), cli::kDone);
  EXPECT_THAT(Requests(), ElementsAre(""));
}

TEST_F(WatchTest, ConnectsAgainBehindWhatItTookIn) {
  services_.events().push_back({.messages = {Batch("p1", {"a"})}, .end = kBroken});
  services_.events().push_back({.end = kBroken});
  // The gateway ends a stream after half an hour.
  services_.events().push_back({.messages = {Batch("p2", {"b"})}});
  services_.events().push_back({.messages = {Batch("p3", {"c"})}, .stays = true});
  EXPECT_EQ(RunUntil("p3"), cli::kDone);
  EXPECT_THAT(Subjects(), ElementsAre("a", "b", "c"));
  EXPECT_THAT(Requests(),
              ElementsAre("from_end: true", "after: \"p1\"", "after: \"p1\"", "after: \"p2\""));
  EXPECT_THAT(err_.str(), HasSubstr("Nouvel essai dans"));
}

TEST_F(WatchTest, ComesBackWhenTheGatewayDoes) {
  services_.events().push_back({.messages = {Batch("p1", {"a"})}, .stays = true});
  services_.events().push_back({.messages = {Batch("p2", {"b"})}, .stays = true});
  std::thread operations([this] {
    WaitForPosition("p1");
    services_.Stop();
    services_.Start();
    WaitForPosition("p2");
    interruption_.Request();
  });
  EXPECT_EQ(Run({"watch", "--resume-file", Path("position")}), cli::kDone);
  operations.join();
  EXPECT_THAT(Subjects(), ElementsAre("a", "b"));
}

TEST_F(WatchTest, DoesNotTrustAConnectionThatIsSilent) {
  silence_ = absl::Milliseconds(200);
  services_.events().push_back({.messages = {Batch("p1", {"a"})}, .stays = true});
  std::thread user([this] {
    EXPECT_TRUE(script_.WaitForCalls(2));
    interruption_.Request();
  });
  EXPECT_EQ(Run({"watch"}), cli::kDone);
  user.join();
  EXPECT_EQ(Requests()[1], "after: \"p1\"");
}

TEST_F(WatchTest, TakesATokenThatReplacedTheOneThatRanOut) {
  services_.events().push_back(
      {.messages = {Batch("p1", {})},
       .end = Refused(grpc::StatusCode::UNAUTHENTICATED, "TOKEN_INVALID")});
  services_.events().push_back(
      {.messages = {Batch("p2", {})},
       .end = Refused(grpc::StatusCode::UNAUTHENTICATED, "TOKEN_INVALID")});
  next_token_ = "better";
  // The second time there is no other.
  EXPECT_EQ(Run({"watch"}), cli::kRefused);
  const auto calls = script_.calls();
  ASSERT_EQ(calls.size(), 2u);
  EXPECT_EQ(calls[0].authorization, "Bearer good");
  EXPECT_EQ(calls[1].authorization, "Bearer better");
  EXPECT_THAT(err_.str(), HasSubstr("nouveau jeton"));
}

TEST_F(WatchTest, EndsWhereTryingAgainCannotHelp) {
  Write("position", "p7\n");
  for (const auto& [code, reason] :
       {std::pair(grpc::StatusCode::INVALID_ARGUMENT, "POSITION_INVALID"),
        std::pair(grpc::StatusCode::OUT_OF_RANGE, "EVENTS_EXPIRED"),
        std::pair(grpc::StatusCode::PERMISSION_DENIED, "ROLE_MISSING")}) {
    script_.FailNext(Refused(code, reason));
    EXPECT_EQ(Run({"watch", "--resume-file", Path("position")}), cli::kRefused) << reason;
    EXPECT_THAT(err_.str(), HasSubstr(reason));
    EXPECT_THAT(err_.str(), HasSubstr("→ "));
    EXPECT_EQ(ContentOf("position"), "p7\n");
  }
}

TEST_F(WatchTest, DoesNotWaitForAGatewayThatItNeverReached) {
  services_.Stop();
  EXPECT_EQ(Run({"watch", "--json"}), cli::kUnreachable);
  EXPECT_THAT(json::parse(err_.str())["error"]["hint"].get<std::string>(), HasSubstr("--address"));
}

TEST_F(WatchTest, WritesLinesOfJsonAlsoOfWhatItDoesNotKnow) {
  pb::PartnerEvents batch = Batch("p1", {"a", "b"});
  batch.mutable_events(1)->mutable_data()->set_type_url(
      "type.googleapis.com/destinationmetier.event.v1.MoonRisen");
  services_.events().push_back({.messages = {batch}, .stays = true});
  EXPECT_EQ(RunUntil("p1", {"--json"}), cli::kDone);
  const std::vector<std::string> lines = absl::StrSplit(out_.str(), '\n', absl::SkipEmpty());
  ASSERT_EQ(lines.size(), 2u) << out_.str();
  EXPECT_EQ(json::parse(lines[0])["data"]["capacity"], 5);
  EXPECT_EQ(json::parse(lines[1])["subject"], "b");
  EXPECT_FALSE(json::parse(lines[1]).contains("data"));
}

TEST_F(WatchTest, KeepsThePositionBeforeWhatItCouldNotWrite) {
  Write("position", "p7\n");
  services_.events().push_back({.messages = {Batch("p8", {"a"})}, .stays = true});
  std::ofstream full("/dev/full");
  EXPECT_EQ(Run({"watch", "--resume-file", Path("position")}, &full), cli::kUnwritable);
  EXPECT_EQ(ContentOf("position"), "p7\n");
  services_.events().push_back({.messages = {Batch("p8", {"a"})}, .stays = true});
  EXPECT_EQ(Run({"watch", "--resume-file", Path("nowhere/position")}), cli::kUnwritable);
  EXPECT_EQ(Run({"watch", "--resume-file", Path("")}), cli::kUsage);
}

}  // namespace
}  // namespace dm::gateway
