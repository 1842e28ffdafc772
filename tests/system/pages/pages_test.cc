// The composed pages of the real suite, and how old its public answers are while many write.
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "common/text/uuid.h"
#include "destinationmetier/catalogue/v1/catalogue_service.grpc.pb.h"
#include "destinationmetier/catalogue/v1/offer_service.grpc.pb.h"
#include "tests/support/suite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace dm {
namespace {

namespace catalogue = destinationmetier::catalogue::v1;

using nlohmann::json;
using testing::HttpAnswer;
using testing::Suite;

constexpr char kLemoine[] = "00061001400011";

std::string NewId() { return NewUuid(absl::Now()); }

// The suite with the demonstration, for all tests of this program.
class PagesOfTheSuite : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    suite_ = new Suite();
    suite_->LoadDemonstration();
    suite_->RegisterPupils({"eleve-page"});
  }
  static void TearDownTestSuite() {
    delete suite_;
    suite_ = nullptr;
  }

  static HttpAnswer Page(const std::string& path, const std::string& token = "") {
    HttpAnswer page = suite_->Get(path, token);
    EXPECT_EQ(page.code, 200) << page.body;
    EXPECT_EQ(page.json.value("missing", json()), json::array()) << page.body;
    return page;
  }
  static std::string AgencyToken() {
    return suite_->Token({.subject = "agence-61", .roles = {"agency"}, .territory = {"61"}});
  }
  static json OffersOfLemoine() {
    return suite_->Get(absl::StrCat("/v1/offers:search?page_size=100&companies=", kLemoine))
        .json["offers"];
  }

  static Suite* suite_;
};

Suite* PagesOfTheSuite::suite_ = nullptr;

TEST_F(PagesOfTheSuite, TheFirstPageOfTheOrneCountsItsFiftyTwoCompanies) {
  const json page = Page("/v1/home?departments=61").json;
  EXPECT_EQ(page["companyCount"], 52);
  EXPECT_EQ(page["offers"].size(), 6u);
  EXPECT_GE(page["offerCount"], 52);
  EXPECT_GT(page["ambassadorCount"], 0);
  EXPECT_GT(page["professionCount"], 0);
  EXPECT_FALSE(page["sectors"].empty());
  EXPECT_FALSE(page["departmentFacets"].empty());
  for (size_t i = 1; i < page["offers"].size(); ++i) {
    EXPECT_LE(page["offers"][i - 1]["sessions"][0]["startTime"].get<std::string>(),
              page["offers"][i]["sessions"][0]["startTime"].get<std::string>());
  }
}

TEST_F(PagesOfTheSuite, AFirstPageOfADepartementThatIsNoneIsRefused) {
  const HttpAnswer page = suite_->Get("/v1/home?departments=999");
  EXPECT_EQ(page.code, 400) << page.body;
  EXPECT_EQ(testing::ReasonOf(page), "INVALID_FIELDS");
}

TEST_F(PagesOfTheSuite, APupilsSpaceAndAHostsDeskTellOfTheSameBooking) {
  const json offer = OffersOfLemoine()[0];
  const std::string pupil = suite_->PupilToken("eleve-page");
  EXPECT_EQ(Page("/v1/people/me/space", pupil).json["bookings"], json::array());
  const HttpAnswer booked = suite_->Post(
      "/v1/bookings", {{"session", offer["sessions"][0]["name"]}, {"requestId", NewId()}}, pupil);
  ASSERT_EQ(booked.code, 200) << booked.body;
  const json space = Page("/v1/people/me/space", pupil).json;
  ASSERT_EQ(space["bookings"].size(), 1u);
  EXPECT_EQ(space["bookings"][0]["name"], booked.json["name"]);
  ASSERT_EQ(space["offers"].size(), 1u);
  EXPECT_EQ(space["offers"][0]["name"], offer["name"]);
  EXPECT_EQ(space["applicant"]["birthDate"], "1995-06-15");
  EXPECT_EQ(space["contact"]["email"], "eleve-page@demo.example");
  EXPECT_FALSE(space.contains("guardian") && !space["guardian"].is_null());

  const json desk = Page("/v1/people/me/hostDesk", suite_->HostToken(kLemoine)).json;
  ASSERT_EQ(desk["requests"].size(), 1u);
  EXPECT_EQ(desk["requests"][0]["name"], booked.json["name"]);
  EXPECT_EQ(desk["companies"][0]["siret"], kLemoine);
  EXPECT_EQ(desk["settings"][0]["name"], absl::StrCat("companies/", kLemoine, "/settings"));
  EXPECT_TRUE(std::any_of(desk["offers"].begin(), desk["offers"].end(), [](const json& record) {
    return record["visibility"]["visible"].get<bool>();
  })) << desk["offers"];
  ASSERT_GT(desk["sessions"].size(), 1u);
  for (size_t i = 1; i < desk["sessions"].size(); ++i) {
    EXPECT_LE(desk["sessions"][i - 1]["startTime"].get<std::string>(),
              desk["sessions"][i]["startTime"].get<std::string>());
  }
  // Of others there is nothing.
  const json other = Page("/v1/people/me/hostDesk", suite_->HostToken("00061019600016")).json;
  EXPECT_EQ(other["requests"], json::array());
}

TEST_F(PagesOfTheSuite, AnOfferThatIsNotShownTellsItsHostWhyAndItsAgencyWhatToDo) {
  const std::string host = suite_->HostToken(kLemoine);
  const HttpAnswer created = suite_->Post(
      absl::StrCat("/v1/companies/", kLemoine, "/offers?request_id=", NewId()),
      {{"title", "Une journée à l'atelier"},
       {"profession", "professions/D1102"},
       {"description", "De la matière première au colis, avec l'équipe de jour."},
       {"audiences", {"AUDIENCE_TROISIEME"}},
       {"sessions",
        {{{"startTime", absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::Now() + absl::Hours(480),
                                         absl::UTCTimeZone())},
          {"endTime", absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::Now() + absl::Hours(486),
                                       absl::UTCTimeZone())},
          {"capacity", 2}}}}},
      host);
  ASSERT_EQ(created.code, 200) << created.body;
  const std::string name = created.json["offer"]["name"];
  ASSERT_EQ(
      suite_->Post(absl::StrCat("/v1/", name, ":submit"), {{"requestId", NewId()}}, host).code,
      200);
  const json desk = Page("/v1/people/me/hostDesk", host).json;
  // Last changed first.
  EXPECT_EQ(desk["offers"][0]["offer"]["name"], name);
  EXPECT_FALSE(desk["offers"][0]["visibility"]["visible"].get<bool>());
  EXPECT_EQ(desk["offers"][0]["visibility"]["reasons"][0]["code"], "CODE_STATE_SUBMITTED");
  const json agency = Page("/v1/people/me/agencyDesk", AgencyToken()).json;
  ASSERT_EQ(agency["offers"].size(), 1u);
  EXPECT_EQ(agency["offers"][0]["offer"]["name"], name);
  EXPECT_FALSE(agency["sources"].empty());
  const json elsewhere =
      Page("/v1/people/me/agencyDesk",
           suite_->Token({.subject = "agence-14", .roles = {"agency"}, .territory = {"14"}}))
          .json;
  EXPECT_EQ(elsewhere["offers"], json::array());
  // An operator has no part in bookings.
  Page("/v1/people/me/agencyDesk", suite_->OperatorToken());
}

TEST_F(PagesOfTheSuite, APageGoesOutWithoutAServiceThatIsAway) {
  suite_->process("ambassador").Signal(SIGKILL);
  (void)suite_->process("ambassador").Wait(absl::Seconds(20));
  const std::string offer = OffersOfLemoine()[0]["name"];
  // One that was made before may be shown for a second more.
  Suite::WaitUntil("the page goes out without ambassadors", [&] {
    const HttpAnswer page = suite_->Get("/v1/" + offer);
    EXPECT_EQ(page.code, 200) << page.body;
    EXPECT_EQ(page.json["offer"]["name"], offer);
    return page.json["missing"] == json::array({"ambassadors"}) &&
           page.json["missingReasons"]["ambassadors"] == "ERROR_REASON_BACKEND_UNAVAILABLE";
  });
  suite_->Restart("ambassador");
  Suite::WaitUntil("the page is whole again",
                   [&] { return suite_->Get("/v1/" + offer).json["missing"] == json::array(); });
}

// What one writer was told that is done, and when.
class Written {
 public:
  void Add(int version) {
    absl::MutexLock lock(&mutex_);
    done_.emplace_back(absl::Now(), version);
  }
  // The last that was done by then.
  int At(absl::Time time) const {
    absl::MutexLock lock(&mutex_);
    int version = 0;
    for (const auto& [done, number] : done_) version = done <= time ? number : version;
    return version;
  }

 private:
  mutable absl::Mutex mutex_;
  std::vector<std::pair<absl::Time, int>> done_ ABSL_GUARDED_BY(mutex_);
};

TEST_F(PagesOfTheSuite, WhatWritersChangedIsSeenWithinASecond) {
  const json offers = OffersOfLemoine();
  ASSERT_GE(offers.size(), 2u);
  const std::vector<std::string> names = {offers[0]["name"], offers[1]["name"]};
  std::vector<Written> written(names.size());
  std::atomic<bool> stop = false;
  std::atomic<int> reads = 0;
  std::atomic<int> writes = 0;
  std::vector<std::thread> threads;
  for (size_t i = 0; i < names.size(); ++i) {
    threads.emplace_back([&, i] {
      const auto stub = catalogue::OfferService::NewStub(suite_->NewChannel());
      for (int version = 1; !stop; ++version) {
        catalogue::UpdateOfferRequest request;
        request.mutable_offer()->set_name(names[i]);
        request.mutable_offer()->set_to_bring(absl::StrCat("Version ", version));
        request.mutable_update_mask()->add_paths("to_bring");
        request.set_request_id(NewId());
        grpc::ClientContext context;
        // What a host writes the agency would have to read first.
        context.AddMetadata("authorization", "Bearer " + suite_->OperatorToken());
        catalogue::OfferRecord record;
        const grpc::Status status = stub->UpdateOffer(&context, request, &record);
        ASSERT_TRUE(status.ok()) << status.error_message();
        written[i].Add(version);
        ++writes;
      }
    });
  }
  for (int reader = 0; reader < 4; ++reader) {
    threads.emplace_back([&, reader] {
      const size_t i = static_cast<size_t>(reader) % names.size();
      const auto stub = catalogue::CatalogueService::NewStub(suite_->NewChannel());
      while (!stop) {
        const absl::Time asked = absl::Now();
        catalogue::GetOfferRequest request;
        request.set_name(names[i]);
        grpc::ClientContext context;
        catalogue::Offer offer;
        const grpc::Status status = stub->GetOffer(&context, request, &offer);
        ASSERT_TRUE(status.ok()) << status.error_message();
        const std::vector<std::string> words = absl::StrSplit(offer.to_bring(), ' ');
        int seen = 0;
        if (words.size() == 2) {
          ASSERT_TRUE(absl::SimpleAtoi(words[1], &seen));
        }
        ASSERT_GE(seen, written[i].At(asked - absl::Seconds(1)));
        ++reads;
      }
    });
  }
  // Answers have grown old a few times over by then.
  const absl::Time start = absl::Now();
  Suite::WaitUntil("much was written and read", [&] {
    return absl::Now() - start > absl::Seconds(4) && writes > 20 && reads > writes;
  });
  stop = true;
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace dm
