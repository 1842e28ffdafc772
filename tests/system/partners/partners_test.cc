// A partner's system follows what happens, while the gateway dies under it.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "common/text/uuid.h"
#include "tests/support/suite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>

namespace dm {
namespace {

using nlohmann::json;
using testing::ChildProcess;
using testing::HttpAnswer;
using testing::Suite;

constexpr char kTypes[] =
    "SessionScheduled,SessionClosed,SeatsChanged,BookingChanged,PersonErased,OfferChanged";

// A Node process that follows, and what it has taken in.
class Follower {
 public:
  Follower(const Suite& suite, const std::string& mode, const std::string& token)
      : folder_(std::filesystem::temp_directory_path() /
                absl::StrCat("dm-feed-", NewUuid(absl::Now()))),
        arguments_({DM_FEED_CLIENT, mode, mode == "poll" ? suite.http() : suite.grpc_address(),
                    token, folder_, kTypes, DM_ROOT "/protos", DM_ROOT "/third_party/googleapis"}) {
    std::filesystem::create_directory(folder_);
    Start();
  }
  ~Follower() {
    process_.reset();
    std::filesystem::remove_all(folder_);
  }

  void Start() {
    process_ = std::make_unique<ChildProcess>("node", arguments_, (folder_ / "log").string());
  }
  void Kill() {
    process_->Signal(SIGKILL);
    (void)process_->Wait(absl::Seconds(10));
  }
  bool Running() { return process_->Running(); }

  std::vector<json> Events() const {
    std::ifstream file(folder_ / "events");
    std::vector<json> events;
    for (std::string line; std::getline(file, line);) {
      json event = json::parse(line, nullptr, false);
      // The last may be half written.
      if (event.is_object()) events.push_back(std::move(event));
    }
    return events;
  }
  std::string Log() const {
    std::ifstream file(folder_ / "log");
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

 private:
  const std::filesystem::path folder_;
  const std::vector<std::string> arguments_;
  std::unique_ptr<ChildProcess> process_;
};

class PartnersTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    suite_ = new Suite(Suite::LenientBooking());
    suite_->LoadDemonstration();
    suite_->RegisterPupils({"eleve-a", "eleve-b", "eleve-c"});
  }
  static void TearDownTestSuite() {
    delete suite_;
    suite_ = nullptr;
  }

  static std::string PartnerToken(std::vector<std::string> territory = {"14", "27", "50", "61",
                                                                        "76"}) {
    return suite_->Token({.subject = "chambre",
                          .roles = {"partner"},
                          .territory = std::move(territory),
                          .scopes = {"events.read"}});
  }

  // Tries again as long as there is no answer: the gateway is away for moments.
  static HttpAnswer Insist(const std::string& path, const json& body, const std::string& token) {
    const absl::Time deadline = absl::Now() + absl::Seconds(60);
    while (true) {
      HttpAnswer answer = suite_->Post(path, body, token);
      if ((answer.code != 0 && answer.code < 500) || absl::Now() > deadline) return answer;
      absl::SleepFor(absl::Milliseconds(20));
    }
  }

  // Books and cancels again and again.
  static void BookAndCancel(const std::string& pupil, const std::string& session, int times) {
    const std::string token = suite_->PupilToken(pupil);
    for (int i = 0; i < times; ++i) {
      const HttpAnswer booked = Insist(
          "/v1/bookings", {{"session", session}, {"requestId", NewUuid(absl::Now())}}, token);
      ASSERT_EQ(booked.code, 200) << booked.body;
      const HttpAnswer cancelled =
          Insist(absl::StrCat("/v1/", booked.json["name"].get<std::string>(), ":cancel"),
                 {{"requestId", NewUuid(absl::Now())}}, token);
      ASSERT_EQ(cancelled.code, 200) << cancelled.body;
    }
  }

  static std::string IdsOf(const std::vector<json>& events) {
    return absl::StrCat("'{",
                        absl::StrJoin(events, ",",
                                      [](std::string* out, const json& event) {
                                        absl::StrAppend(out, event["id"].get<std::string>());
                                      }),
                        "}'::uuid[]");
  }

  // What the services have recorded for partners, and how much of it is not among these.
  static int64_t Missing(const std::vector<json>& events) {
    int64_t missing = 0;
    for (const char* source : {"catalogue", "ambassador", "booking"}) {
      missing += suite_->Count(absl::StrCat(
          "SELECT count(*) FROM ", source,
          ".outbox WHERE type ~ "
          "'\\.(SessionScheduled|SessionClosed|SeatsChanged|BookingChanged|PersonErased)$' "
          "AND id <> ALL (",
          IdsOf(events), ")"));
    }
    return missing;
  }

  // How often an event of a source came before one that was recorded earlier.
  static int64_t OutOfOrder(const std::vector<json>& events) {
    int64_t out_of_order = 0;
    for (const char* source : {"catalogue", "ambassador", "booking"}) {
      out_of_order += suite_->Count(absl::StrCat(
          "SELECT count(*) FROM (SELECT o.seq, lag(o.seq) OVER (ORDER BY e.nth) AS before FROM "
          "unnest(",
          IdsOf(events), ") WITH ORDINALITY AS e (id, nth) JOIN ", source,
          ".outbox o USING (id)) AS steps WHERE seq <= before"));
    }
    return out_of_order;
  }

  static std::string FreeSession(size_t nth) {
    const HttpAnswer found = suite_->Get("/v1/offers:search?available_only=true&page_size=20");
    return found.json["offers"].at(nth)["sessions"].at(0)["name"];
  }

  static Suite* suite_;
};

Suite* PartnersTest::suite_ = nullptr;

TEST_F(PartnersTest, AClientMissesAndRepeatsNothingWhileTheGatewayDiesAndSomebodyIsErased) {
  Follower stream(*suite_, "stream", PartnerToken());
  Follower poll(*suite_, "poll", PartnerToken());
  std::vector<std::thread> writers;
  std::atomic<int> writing = 2;
  for (const auto& [pupil, nth] : {std::pair("eleve-a", 0), std::pair("eleve-b", 1)}) {
    writers.emplace_back([&, pupil = std::string(pupil), session = FreeSession(nth)] {
      BookAndCancel(pupil, session, 40);
      --writing;
    });
  }
  for (const int signal : {SIGKILL, SIGTERM, SIGKILL}) {
    suite_->process("gateway").Signal(signal);
    ASSERT_TRUE(suite_->process("gateway").Wait(absl::Seconds(20)).has_value());
    suite_->Restart("gateway");
    // Both followers have met it.
    const size_t before = stream.Events().size();
    Suite::WaitUntil("the stream goes on",
                     [&] { return stream.Events().size() > before || writing == 0; });
    poll.Kill();
    poll.Start();
  }
  for (std::thread& writer : writers) writer.join();
  ASSERT_FALSE(HasFailure());
  const HttpAnswer erased = suite_->Post(
      "/v1/people/me:erase", {{"requestId", NewUuid(absl::Now())}}, suite_->PupilToken("eleve-a"));
  ASSERT_EQ(erased.code, 200) << erased.body;
  Suite::WaitUntil("the erasure is done", [&] {
    return suite_->Count("SELECT count(*) FROM booking.outbox WHERE type LIKE '%.PersonErased'") ==
           1;
  });
  for (Follower* follower : {&stream, &poll}) {
    Suite::WaitUntil("a follower has everything", [&] {
      EXPECT_TRUE(follower->Running()) << follower->Log();
      return Missing(follower->Events()) == 0 || !follower->Running();
    });
    const std::vector<json> events = follower->Events();
    EXPECT_EQ(OutOfOrder(events), 0);
    std::set<std::string> ids;
    bool tombstone = false;
    for (const json& event : events) {
      EXPECT_TRUE(ids.insert(event["id"].get<std::string>()).second) << event;
      EXPECT_THAT(event.dump(), ::testing::Not(::testing::HasSubstr("eleve-"))) << event;
      if (absl::StrContains(event["type"].get<std::string>(), "PersonErased")) tombstone = true;
    }
    EXPECT_TRUE(tombstone);
  }
  const std::vector<json> polled = poll.Events();
  const auto tombstone = std::find_if(polled.begin(), polled.end(), [](const json& event) {
    return event["type"] == "destinationmetier.event.v1.PersonErased";
  });
  ASSERT_NE(tombstone, polled.end());
  EXPECT_EQ((*tombstone)["specversion"], "1.0");
  EXPECT_EQ((*tombstone)["source"], "booking");
  EXPECT_EQ((*tombstone)["data"]["@type"],
            "type.googleapis.com/destinationmetier.event.v1.PersonErased");
  EXPECT_EQ((*tombstone)["data"]["bookings"].size(), 40u);
}

TEST_F(PartnersTest, AnEventReachesALongPollWithinMomentsAndOnlyItsTerritory) {
  const std::string token = PartnerToken({"61"});
  const HttpAnswer found =
      suite_->Get("/v1/offers:search?departments=61&available_only=true&page_size=20");
  const std::string session = found.json["offers"].at(3)["sessions"].at(0)["name"];
  const auto end = [&](const std::string& of) {
    return suite_->Get("/v1/events?from_end=true&types=BookingChanged", of)
        .json["position"]
        .get<std::string>();
  };
  const std::string here = end(token);
  const std::string there = end(PartnerToken({"14"}));
  const HttpAnswer booked =
      suite_->Post("/v1/bookings", {{"session", session}, {"requestId", NewUuid(absl::Now())}},
                   suite_->PupilToken("eleve-c"));
  ASSERT_EQ(booked.code, 200) << booked.body;
  const HttpAnswer page =
      suite_->Get(absl::StrCat("/v1/events?types=BookingChanged&after=", here), token);
  ASSERT_EQ(page.code, 200) << page.body;
  ASSERT_EQ(page.json["events"].size(), 1u) << page.body;
  EXPECT_EQ(page.json["events"][0]["subject"], booked.json["name"]);
  EXPECT_EQ(page.json["events"][0]["data"]["session"], session);
  EXPECT_EQ(page.json["events"][0]["data"]["applicant"], "");
  const HttpAnswer elsewhere = suite_->Get(
      absl::StrCat("/v1/events?types=BookingChanged&wait=0&after=", there), PartnerToken({"14"}));
  EXPECT_EQ(elsewhere.json["events"].size(), 0u) << elsewhere.body;
  const HttpAnswer foreign = suite_->Get(
      absl::StrCat("/v1/events?types=BookingChanged&wait=0&after=", here), PartnerToken({"14"}));
  EXPECT_EQ(foreign.code, 400);
  EXPECT_EQ(testing::ReasonOf(foreign), "POSITION_INVALID");
  EXPECT_EQ(suite_->Get("/v1/events").code, 401);
  EXPECT_EQ(suite_->Get("/v1/events", suite_->PupilToken("eleve-c")).code, 403);
}

}  // namespace
}  // namespace dm
