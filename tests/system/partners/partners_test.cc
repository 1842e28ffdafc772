// A partner's system follows what happens, while the gateway dies under it.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "common/text/uuid.h"
#include "tests/support/free_address.h"
#include "tests/support/suite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <set>
#include <thread>

namespace dm {
namespace {

using nlohmann::json;
using testing::ChildProcess;
using testing::HttpAnswer;
using testing::Suite;

constexpr char kTypes[] =
    "SessionScheduled,SessionClosed,SeatsChanged,BookingChanged,PersonErased,OfferChanged";

// A Node process that takes events in, and what it has.
class Follower {
 public:
  // `arguments` are given the folder that it writes to.
  explicit Follower(
      const std::function<std::vector<std::string>(const std::string& folder)>& arguments)
      : folder_(std::filesystem::temp_directory_path() /
                absl::StrCat("dm-feed-", NewUuid(absl::Now()))),
        arguments_(arguments(folder_)) {
    std::filesystem::create_directory(folder_);
    Start();
  }
  Follower(const Suite& suite, const std::string& mode, const std::string& token)
      : Follower([&](const std::string& folder) -> std::vector<std::string> {
          return {DM_FEED_CLIENT,
                  mode,
                  mode == "poll" ? suite.http() : suite.grpc_address(),
                  token,
                  folder,
                  kTypes,
                  DM_ROOT "/protos",
                  DM_ROOT "/third_party/googleapis"};
        }) {}
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
  // Gives it something to read.
  void Hand(const std::string& file, const std::string& content) const {
    std::ofstream(folder_ / (file + ".new")) << content;
    std::filesystem::rename(folder_ / (file + ".new"), folder_ / file);
  }

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
    Suite::Options options = Suite::LenientBooking();
    options.notification_flags = {"--webhook-private-addresses"};
    suite_ = new Suite(std::move(options));
    suite_->LoadDemonstration();
    suite_->RegisterPupils({"eleve-a", "eleve-b", "eleve-c", "eleve-d"});
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

TEST_F(PartnersTest, AWebhookGetsWhatHappensSignedWhileItsSenderDies) {
  const std::string address = testing::FreeAddress();
  Follower receiver([&](const std::string& folder) -> std::vector<std::string> {
    return {DM_WEBHOOK_RECEIVER, address.substr(address.find(':') + 1), folder};
  });
  const std::string token = PartnerToken();
  const json terms = {{"url", absl::StrCat("http://", address, "/hook")},
                      {"types", {"BookingChanged"}}};
  const std::string create = absl::StrCat("/v1/webhooks?requestId=", NewUuid(absl::Now()));
  const HttpAnswer created = suite_->Post(create, terms, token);
  ASSERT_EQ(created.code, 200) << created.body;
  const std::string name = created.json["name"];
  EXPECT_EQ(suite_->Post(create, terms, token).json["name"], name);
  receiver.Hand("secret", created.json["secret"].get<std::string>());
  EXPECT_EQ(suite_->Get("/v1/" + name, token).json["secret"], "");
  EXPECT_EQ(suite_->Get("/v1/" + name, suite_->PupilToken("eleve-d")).code, 403);
  EXPECT_EQ(suite_
                ->Get("/v1/" + name, suite_->Token({.subject = "autre",
                                                    .roles = {"partner"},
                                                    .territory = {"61"},
                                                    .scopes = {"events.read"}}))
                .code,
            404);
  Suite::WaitUntil("a test is taken", [&] {
    return suite_->Post(absl::StrCat("/v1/", name, ":test"), json::object(), token)
        .json.value("delivered", false);
  });
  std::thread writer([session = FreeSession(4)] { BookAndCancel("eleve-d", session, 20); });
  Suite::WaitUntil("some came", [&] { return receiver.Events().size() >= 5; });
  suite_->process("notification").Signal(SIGKILL);
  ASSERT_TRUE(suite_->process("notification").Wait(absl::Seconds(20)).has_value());
  suite_->Restart("notification");
  const HttpAnswer rotated = Insist(absl::StrCat("/v1/", name, ":rotateSecret"),
                                    {{"requestId", NewUuid(absl::Now())}}, token);
  ASSERT_EQ(rotated.code, 200) << rotated.body;
  writer.join();
  // Two steps of each, all signed with both secrets, of which the receiver still knows the old one.
  Suite::WaitUntil("all came", [&] {
    EXPECT_TRUE(receiver.Running()) << receiver.Log();
    return receiver.Events().size() >= 40 || !receiver.Running();
  });
  const std::vector<json> events = receiver.Events();
  std::set<std::string> ids;
  for (const json& event : events) ids.insert(event["id"].get<std::string>());
  EXPECT_EQ(ids.size(), events.size());
  EXPECT_EQ(OutOfOrder(events), 0);
  EXPECT_EQ(suite_->Count(absl::StrCat("SELECT count(*) FROM booking.outbox WHERE id = ANY (",
                                       IdsOf(events), ")")),
            40);
  const HttpAnswer attempts =
      suite_->Get(absl::StrCat("/v1/", name, "/deliveries?page_size=100"), token);
  EXPECT_GE(attempts.json["deliveries"].size(), 40u) << attempts.body;
  const auto refused = [&](const std::string& url) {
    return suite_->Post(absl::StrCat("/v1/webhooks?requestId=", NewUuid(absl::Now())),
                        {{"url", url}}, token);
  };
  EXPECT_EQ(refused("file:///etc/passwd").code, 400);
}

}  // namespace
}  // namespace dm
