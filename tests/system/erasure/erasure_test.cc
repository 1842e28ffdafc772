// A person is erased from the whole suite: what they and others wrote of them is found everywhere
// before and nowhere after, whichever process dies in between.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/text/uuid.h"
#include "destinationmetier/event/v1/event_feed_service.grpc.pb.h"
#include "tests/support/planted_person.h"
#include "tests/support/suite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <set>

namespace dm {
namespace {

namespace event = destinationmetier::event::v1;

using nlohmann::json;
using testing::FoundIn;
using testing::HttpAnswer;
using ::testing::IsEmpty;
using testing::PlantedPerson;
using ::testing::SizeIs;
using testing::Suite;

const char* const kServices[] = {"catalogue", "ambassador", "booking", "notification", "gateway"};

std::string NewId() { return NewUuid(absl::Now()); }

class ErasureTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    suite_ = new Suite();
    suite_->LoadDemonstration();
    her_ = new PlantedPerson(suite_, {});
  }
  static void TearDownTestSuite() {
    delete her_;
    her_ = nullptr;
    delete suite_;
    suite_ = nullptr;
  }

  static std::string Pupil() { return her_->Token(); }
  static std::vector<std::string> Planted() { return her_->words().All(); }
  static HttpAnswer Patch(const std::string& path, const json& body, const std::string& token) {
    return her_->Patch(path, body, token);
  }
  static HttpAnswer Step(const std::string& name, const std::string& step,
                         const std::string& token) {
    return her_->Step(name, step, token);
  }
  static std::vector<std::string> Meetings() { return her_->Meetings(); }

  // Every event of a service's feed, as a consumer that begins now would read it.
  static std::vector<event::Event> FeedOf(const std::string& service) {
    const auto end = suite_->Count(absl::StrCat("SELECT seq FROM ", service, ".outbox_counter"));
    std::vector<event::Event> events;
    if (end == 0) return events;
    auto stub = event::EventFeedService::NewStub(
        grpc::CreateChannel(suite_->grpc_address(service), grpc::InsecureChannelCredentials()));
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    const auto stream = stub->Subscribe(&context, event::SubscribeRequest());
    event::SubscribeResponse response;
    int64_t position = 0;
    while (position < end && stream->Read(&response)) {
      position = response.position();
      events.insert(events.end(), response.events().begin(), response.events().end());
    }
    EXPECT_GE(position, end) << service;
    context.TryCancel();
    (void)stream->Finish();
    return events;
  }

  // The files of her archive, as unzip writes them one after another.
  static std::string Export(const std::string& token, const std::string& name = "people/me") {
    const HttpAnswer answer = suite_->Get(absl::StrCat("/v1/", name, ":export"), token);
    EXPECT_EQ(answer.code, 200) << answer.body;
    EXPECT_EQ(answer.headers.at("content-type"), "application/zip");
    EXPECT_THAT(answer.headers.at("content-disposition"),
                ::testing::MatchesRegex("attachment; filename=\"mes-donnees-[0-9-]+.zip\""));
    EXPECT_EQ(answer.headers.at("cache-control"), "no-store");
    const std::string file = ::testing::TempDir() + "/export-" + NewId() + ".zip";
    std::ofstream(file, std::ios::binary) << answer.body;
    const testing::Finished read = testing::RunProgram(
        "/usr/bin/python3", {"-c",
                             "import sys, zipfile\n"
                             "archive = zipfile.ZipFile(sys.argv[1])\n"
                             "assert archive.testzip() is None\n"
                             "for name in archive.namelist(): print(name, archive.read(name)"
                             ".decode())",
                             file});
    EXPECT_EQ(read.exit_code, 0) << read.output;
    std::remove(file.c_str());
    return read.output;
  }

  static json Receipt(const std::string& name) {
    const HttpAnswer answer = suite_->Get("/v1/" + name, Pupil());
    EXPECT_EQ(answer.code, 200) << answer.body;
    return answer.json;
  }
  // The services that have not confirmed.
  static std::set<std::string> Missing(const json& receipt) {
    std::set<std::string> missing;
    if (!receipt.is_object()) return missing;
    for (const json& service : receipt.value("services", json::array())) {
      if (!service.contains("eraseTime")) missing.insert(service.value("service", ""));
    }
    return missing;
  }
  static void WaitUntilCompleted(const std::string& name, const std::string& token) {
    Suite::WaitUntil(name + " is completed", [&] {
      const HttpAnswer shown = suite_->Get("/v1/" + name, token);
      return shown.code == 200 && shown.json.value("state", "") == "STATE_COMPLETED";
    });
  }
  static void Kill(const std::string& service) {
    suite_->process(service).Signal(SIGKILL);
    ASSERT_TRUE(suite_->process(service).Wait(absl::Seconds(20)).has_value());
  }

  static Suite* suite_;
  static PlantedPerson* her_;
};

Suite* ErasureTest::suite_ = nullptr;
PlantedPerson* ErasureTest::her_ = nullptr;

TEST_F(ErasureTest, WhatWasPlantedIsFoundEverywhereBeforeAndNowhereAfter) {
  ASSERT_NO_FATAL_FAILURE(her_->LiveHere());
  // All of it is hers, but what others entered of her guardian.
  const std::string exported = Export(Pupil());
  std::vector<std::string> told = Planted();
  const std::string guardian_phone = her_->words().guardian_phone;
  told.erase(std::find(told.begin(), told.end(), guardian_phone));
  EXPECT_THAT(FoundIn(exported, told), ::testing::ElementsAreArray(told));
  for (const char* file :
       {"index.html", "booking.json", "catalogue.json", "ambassador.json", "notification.json"}) {
    EXPECT_THAT(exported, ::testing::HasSubstr(file));
  }
  EXPECT_THAT(FoundIn(exported, {"Marc Dufour", "tuteur@exemple.example", "Claire Martin",
                                 "referente@exemple.example", "hote-", guardian_phone}),
              IsEmpty());
  EXPECT_EQ(suite_->Count("SELECT count(*) FROM booking.person_history WHERE action = 'EXPORTED' "
                          "AND person = 'people/eleve-semis'"),
            1);
  // Somebody else gets nothing of hers, whoever it is.
  for (const std::string& token :
       {suite_->PupilToken("quelqu-un"), suite_->HostToken("90000001900019"),
        suite_->Token({.subject = "agence", .roles = {"agency"}, .territory = {"61"}})}) {
    const HttpAnswer refused =
        suite_->Get(absl::StrCat("/v1/people/", her_->words().subject, ":export"), token);
    EXPECT_TRUE(refused.code == 404 || refused.code == 403) << refused.body;
    EXPECT_THAT(FoundIn(refused.body, Planted()), IsEmpty());
  }
  EXPECT_EQ(suite_->Get("/v1/people/me:export").code, 401);
  EXPECT_THAT(FoundIn(Export(suite_->PupilToken("quelqu-un")), Planted()), IsEmpty());

  // What finds nothing afterwards does find it now.
  EXPECT_THAT(FoundIn(suite_->Dump(), Planted()), ::testing::ElementsAreArray(Planted()));

  const int64_t bookings = suite_->Count("SELECT count(*) FROM booking.bookings");
  const std::string request_id = NewId();
  const HttpAnswer asked =
      suite_->Post("/v1/people/me:erase", {{"requestId", request_id}}, Pupil());
  ASSERT_EQ(asked.code, 200) << asked.body;
  const std::string receipt = asked.json["name"];
  WaitUntilCompleted(receipt, Pupil());
  const json completed = Receipt(receipt);
  EXPECT_THAT(Missing(completed), IsEmpty()) << completed;
  EXPECT_THAT(completed["services"], SizeIs(4));
  EXPECT_TRUE(completed.contains("completeTime"));
  EXPECT_FALSE(completed["keptRecords"].empty());
  EXPECT_EQ(suite_->Post("/v1/people/me:erase", {{"requestId", request_id}}, Pupil()).json,
            completed);

  EXPECT_THAT(FoundIn(suite_->Dump(), Planted()), IsEmpty());
  EXPECT_THAT(FoundIn(Export(Pupil()), Planted()), IsEmpty());
  for (const char* service : kServices) {
    EXPECT_THAT(FoundIn(suite_->LogOf(service), Planted()), IsEmpty()) << service;
    for (const char* page : {"/metrics", "/configz"}) {
      const HttpAnswer shown = testing::Fetch({.url = suite_->AdminUrl(service) + page});
      EXPECT_EQ(shown.code, 200);
      EXPECT_THAT(FoundIn(shown.body, Planted()), IsEmpty()) << service << page;
    }
    if (std::string(service) == "gateway") continue;
    for (const event::Event& one : FeedOf(service)) {
      EXPECT_THAT(FoundIn(one.SerializeAsString(), Planted()), IsEmpty()) << one.type();
    }
  }
  // What the gateway and the services remember of what they answered her.
  for (const std::string& path :
       {std::string("people/me/applicant"), std::string("people/me/guardian"),
        std::string("people/me/contact"), her_->agreement(), her_->agreement() + "/document",
        her_->meeting()}) {
    const HttpAnswer answer = suite_->Get("/v1/" + path, Pupil());
    EXPECT_EQ(answer.code, 404) << path << ": " << answer.body;
    EXPECT_THAT(FoundIn(answer.body, Planted()), IsEmpty()) << path;
  }
  // Her bookings still count, and hold no seat.
  EXPECT_EQ(suite_->Count("SELECT count(*) FROM booking.bookings"), bookings);
  EXPECT_EQ(suite_->Count("SELECT count(*) FROM booking.bookings WHERE applicant LIKE "
                          "'people/erased-%' AND state NOT IN ('CANCELLED', 'EXPIRED')"),
            0);
  // The receipt is hers.
  EXPECT_EQ(suite_->Get("/v1/" + receipt, suite_->PupilToken("quelqu-un")).code, 404);
  EXPECT_EQ(suite_->Get("/v1/" + receipt).code, 401);
}

TEST_F(ErasureTest, AnErasureGoesOnWhoeverDiesOnTheWay) {
  suite_->RegisterPupils({"adulte-semis"});
  const std::string token = suite_->PupilToken("adulte-semis");
  // Again and again, as a client does whose call found nobody: it counts once.
  const auto erase = [&] {
    const json request = {{"requestId", NewId()}};
    HttpAnswer asked;
    Suite::WaitUntil("booking takes the request", [&] {
      asked = suite_->Post("/v1/people/me:erase", request, token);
      return asked.code == 200;
    });
    return asked.json.value("name", "");
  };
  const auto missing = [&](const std::string& name) {
    return Missing(suite_->Get("/v1/" + name, token).json);
  };
  const HttpAnswer booked = suite_->Post(
      "/v1/bookings", {{"session", Meetings().front()}, {"requestId", NewId()}}, token);
  ASSERT_EQ(booked.code, 200) << booked.body;

  // Two cannot be told yet; the owner dies with the request in hand, and again when it has erased.
  Kill("notification");
  Kill("catalogue");
  const std::string receipt = erase();
  Kill("booking");
  suite_->Restart("booking");
  Suite::WaitUntil("booking and ambassador have erased", [&] {
    return missing(receipt) == std::set<std::string>{"catalogue", "notification"};
  });
  Kill("booking");
  suite_->Restart("booking");
  Suite::WaitUntil("booking still knows that two are missing", [&] {
    const json shown = suite_->Get("/v1/" + receipt, token).json;
    return shown.is_object() && shown.value("state", "") == "STATE_SPREADING" &&
           Missing(shown) == std::set<std::string>{"catalogue", "notification"};
  });
  // One that follows comes back while the owner is away, and dies once more as soon as it may have
  // confirmed.
  Kill("booking");
  suite_->Restart("catalogue");
  suite_->Restart("booking");
  Suite::WaitUntil("the catalogue has erased",
                   [&] { return missing(receipt) == std::set<std::string>{"notification"}; });
  Kill("catalogue");
  suite_->Restart("notification");
  WaitUntilCompleted(receipt, token);
  suite_->Restart("catalogue");

  // Each of them dies the moment another erasure is asked for.
  std::vector<std::string> receipts = {receipt};
  for (const char* service : {"booking", "ambassador", "catalogue", "notification"}) {
    receipts.push_back(erase());
    Kill(service);
    suite_->Restart(service);
  }
  for (const std::string& name : receipts) WaitUntilCompleted(name, token);

  // Each service has confirmed each erasure once, and no feed has a hole.
  for (const std::string service : {"catalogue", "ambassador", "notification"}) {
    std::multiset<std::string> confirmed;
    int64_t last = 0;
    for (const event::Event& one : FeedOf(service)) {
      EXPECT_EQ(one.sequence(), ++last) << service;
      if (absl::EndsWith(one.type(), ".PersonErasureConfirmed")) confirmed.insert(one.subject());
    }
    for (const std::string& name : receipts) {
      EXPECT_EQ(confirmed.count(name), 1u) << service << " " << name;
    }
  }
}

TEST_F(ErasureTest, AnAmbassadorGoesAndWhoBookedIsTold) {
  suite_->RegisterPupils({"curieuse-semis"});
  const std::string curious = suite_->PupilToken("curieuse-semis");
  const std::string meeting = Meetings().back();
  const std::string ambassador = meeting.substr(0, meeting.find("/sessions/"));
  const HttpAnswer profile = suite_->Get("/v1/" + ambassador);
  ASSERT_EQ(profile.code, 200) << profile.body;
  const std::string name = profile.json["displayName"];
  const std::string mail = "ambassadrice-9@maison-semis.example";
  const std::string token = suite_->Token({.subject = "compte-ambassadrice",
                                           .roles = {"ambassador"},
                                           .ambassador = ambassador.substr(12)});
  const HttpAnswer contact = Patch(absl::StrCat("/v1/", ambassador, "/contact"),
                                   {{"displayName", name}, {"email", mail}}, token);
  ASSERT_EQ(contact.code, 200) << contact.body;
  const HttpAnswer booked =
      suite_->Post("/v1/bookings", {{"session", meeting}, {"requestId", NewId()}}, curious);
  ASSERT_EQ(booked.code, 200) << booked.body;
  EXPECT_THAT(FoundIn(Export(token, ambassador), {name, mail}), SizeIs(2));
  EXPECT_EQ(suite_->Get(absl::StrCat("/v1/", ambassador, ":export"), curious).code, 404);
  EXPECT_THAT(FoundIn(suite_->Dump(), {name, mail}), SizeIs(2));

  EXPECT_EQ(Step(ambassador, "erase", curious).code, 403);
  const HttpAnswer asked = Step(ambassador, "erase", token);
  ASSERT_EQ(asked.code, 200) << asked.body;
  EXPECT_EQ(asked.json["name"], ambassador + "/erasure");
  WaitUntilCompleted(ambassador + "/erasure", token);
  Suite::WaitUntil("the booking is cancelled", [&] {
    return suite_->Get("/v1/" + booked.json.value("name", ""), curious).json.value("state", "") ==
           "STATE_CANCELLED";
  });
  Suite::WaitUntil("who booked has mail of it", [&] {
    int mails = 0;
    for (const std::string& one : suite_->Mails()) {
      mails += absl::StrContains(one, "curieuse-semis@demo.example");
    }
    return mails >= 2;
  });
  EXPECT_EQ(suite_->Get("/v1/" + ambassador).code, 404);
  EXPECT_THAT(FoundIn(suite_->Dump(), {name, mail}), IsEmpty());
  for (const char* service : kServices) {
    EXPECT_THAT(FoundIn(suite_->LogOf(service), {name, mail}), IsEmpty()) << service;
  }
}

}  // namespace
}  // namespace dm
