#include "destinationmetier/gateway/v1/gateway_service.grpc.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/integration/gateway/fake_suite.h"
#include "tests/integration/gateway/scripted_peer.h"
#include "tests/integration/gateway/socket_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace dm::gateway {
namespace {

namespace ambassador = destinationmetier::ambassador::v1;
namespace booking = destinationmetier::booking::v1;
namespace catalogue = destinationmetier::catalogue::v1;
namespace notification = destinationmetier::notification::v1;
namespace pb = destinationmetier::gateway::v1;
namespace type = destinationmetier::type::v1;

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kOffer[] = "offers/1";
constexpr char kAmbassador[] = "ambassadors/0190be7c-0000-7000-8000-000000000001";

std::string ReasonOf(const grpc::Status& status) {
  google::rpc::Status error;
  error.ParseFromString(status.error_details());
  for (const auto& detail : error.details()) {
    google::rpc::ErrorInfo info;
    if (detail.UnpackTo(&info)) return info.reason();
  }
  return "";
}

std::vector<std::string> ListOf(const google::protobuf::RepeatedPtrField<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

template <typename Message>
std::vector<std::string> NamesOf(const google::protobuf::RepeatedPtrField<Message>& messages) {
  std::vector<std::string> names;
  for (const Message& message : messages) names.push_back(message.name());
  return names;
}

class PagesTest : public testing::Test {
 protected:
  // Before there is a server.
  const bool kept_ = (KeepCallbackQueue(), true);
  ScriptedPeer peer_;
  RunningGateway gateway_{peer_.Channel()};
  const std::unique_ptr<pb::GatewayService::Stub> stub_ =
      pb::GatewayService::NewStub(gateway_.Channel());

  struct Asking : grpc::ClientContext {
    explicit Asking(const std::string& token, absl::Duration patience = absl::Seconds(30)) {
      if (!token.empty()) AddMetadata("authorization", "Bearer " + token);
      set_deadline(absl::ToChronoTime(absl::Now() + patience));
    }
  };

  void SetUpHome() {
    catalogue::ListSectorsResponse sectors;
    sectors.add_sectors()->set_name("sectors/110");
    peer_.Give("ListSectors", sectors);
    catalogue::SearchProfessionsResponse professions;
    professions.set_total_size(532);
    peer_.Give("SearchProfessions", professions);
    ambassador::SearchAmbassadorsResponse ambassadors;
    ambassadors.add_ambassadors()->set_name(kAmbassador);
    ambassadors.set_total_size(1004);
    peer_.Give("SearchAmbassadors", ambassadors);
    catalogue::SearchOffersResponse offers;
    offers.add_offers()->set_name(kOffer);
    offers.set_total_size(77);
    offers.add_department_facets()->set_value("61");
    peer_.Give("SearchOffers", offers);
    catalogue::SearchCompaniesResponse companies;
    companies.set_total_size(52);
    peer_.Give("SearchCompanies", companies);
    catalogue::GetStatisticsResponse figures;
    figures.mutable_total()->set_seats(340);
    peer_.Give("GetStatistics", figures);
  }

  static booking::Booking BookingOf(const std::string& name, const std::string& session,
                                    booking::Booking::State state) {
    booking::Booking one;
    one.set_name(name);
    one.set_session(session);
    one.set_state(state);
    return one;
  }

  void SetUpSpace() {
    booking::ListBookingsResponse bookings;
    *bookings.add_bookings() = BookingOf("bookings/5", std::string(kAmbassador) + "/sessions/1",
                                         booking::Booking::STATE_CONFIRMED);
    *bookings.add_bookings() =
        BookingOf("bookings/4", "offers/1/sessions/9", booking::Booking::STATE_PENDING_CONSENT);
    *bookings.add_bookings() =
        BookingOf("bookings/3", "offers/2/sessions/8", booking::Booking::STATE_CANCELLED);
    *bookings.add_bookings() =
        BookingOf("bookings/2", "offers/1/sessions/7", booking::Booking::STATE_COMPLETED);
    bookings.set_next_page_token("more");
    peer_.Give("ListBookings", bookings);
    // The other one is not shown any more.
    catalogue::BatchGetOffersResponse offers;
    offers.add_offers()->set_name(kOffer);
    peer_.Give("BatchGetOffers", offers);
    ambassador::BatchGetAmbassadorsResponse ambassadors;
    ambassadors.add_ambassadors()->set_name(kAmbassador);
    peer_.Give("BatchGetAmbassadors", ambassadors);
    booking::Applicant applicant;
    applicant.set_birth_date("2012-05-06");
    peer_.Give("GetApplicant", applicant);
    booking::Guardian guardian;
    guardian.set_display_name("Claire Demo");
    peer_.Give("GetGuardian", guardian);
    booking::ListConsentsResponse consents;
    consents.add_consents()->set_name("people/someone/consents/1");
    peer_.Give("ListConsents", consents);
    booking::ListAgreementsResponse agreements;
    agreements.add_agreements()->set_name("bookings/2/agreement");
    peer_.Give("ListAgreements", agreements);
    peer_.Fail("GetContact", NotFoundError("people/me/contact"));
  }

  grpc::Status GetSpace(const std::string& token, pb::MySpace* page) {
    Asking context(token);
    return stub_->GetMySpace(&context, {}, page);
  }
};

TEST_F(PagesTest, TheFirstPageHasThreeDoors) {
  SetUpHome();
  pb::GetHomeRequest request;
  request.add_departments("61");
  Asking context("");
  pb::Home page;
  const grpc::Status status = stub_->GetHome(&context, request, &page);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_THAT(NamesOf(page.sectors()), ElementsAre("sectors/110"));
  EXPECT_EQ(page.profession_count(), 532);
  EXPECT_THAT(NamesOf(page.ambassadors()), ElementsAre(kAmbassador));
  EXPECT_EQ(page.ambassador_count(), 1004);
  EXPECT_THAT(NamesOf(page.offers()), ElementsAre(kOffer));
  EXPECT_EQ(page.offer_count(), 77);
  EXPECT_EQ(page.department_facets(0).value(), "61");
  EXPECT_EQ(page.company_count(), 52);
  EXPECT_EQ(page.figures().seats(), 340);
  EXPECT_THAT(ListOf(page.missing()), IsEmpty());
  EXPECT_THAT(
      ListOf(peer_.asked("SearchOffers")[0].As<catalogue::SearchOffersRequest>().departments()),
      ElementsAre("61"));
  EXPECT_THAT(
      ListOf(peer_.asked("GetStatistics")[0].As<catalogue::GetStatisticsRequest>().departments()),
      ElementsAre("61"));
}

TEST_F(PagesTest, BothFacesTellTheSame) {
  SetUpHome();
  Asking context("");
  pb::Home page;
  ASSERT_TRUE(stub_->GetHome(&context, {}, &page).ok());
  const auto answer = SocketClient(gateway_.http_port()).Ask("GET", "/v1/home");
  ASSERT_EQ(answer.status, 200) << answer.body;
  const auto json = nlohmann::json::parse(answer.body);
  EXPECT_EQ(json["companyCount"], 52);
  EXPECT_EQ(json["offers"][0]["name"], kOffer);
  EXPECT_EQ(json["figures"]["seats"], "340");
}

TEST_F(PagesTest, AFirstPageGoesOutWithoutWhatFailed) {
  const struct {
    const char* method;
    const char* field;
  } kDishes[] = {{"ListSectors", "sectors"},           {"SearchProfessions", "profession_count"},
                 {"SearchAmbassadors", "ambassadors"}, {"SearchOffers", "offers"},
                 {"SearchCompanies", "company_count"}, {"GetStatistics", "figures"}};
  for (const auto& dish : kDishes) {
    SCOPED_TRACE(dish.method);
    SetUpHome();
    peer_.Fail(dish.method, OverloadedError(absl::Seconds(1)));
    Asking context("");
    pb::Home page;
    ASSERT_TRUE(stub_->GetHome(&context, {}, &page).ok());
    EXPECT_THAT(ListOf(page.missing()), ElementsAre(dish.field));
    EXPECT_EQ(page.missing_reasons().at(dish.field), type::ERROR_REASON_OVERLOADED);
  }
}

TEST_F(PagesTest, AFirstPageOfNothingIsAnError) {
  for (const char* method : {"ListSectors", "SearchProfessions", "SearchAmbassadors",
                             "SearchOffers", "SearchCompanies", "GetStatistics"}) {
    peer_.Fail(method, BackendUnavailableError("the database"));
  }
  Asking context("");
  pb::Home page;
  const grpc::Status status = stub_->GetHome(&context, {}, &page);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(ReasonOf(status), "BACKEND_UNAVAILABLE");
}

TEST_F(PagesTest, WhatIsAskedWronglyMakesNoPage) {
  SetUpHome();
  Violations violations;
  violations.Add("departments[0]", "is not a département");
  peer_.Fail("SearchOffers", violations.ToStatus());
  Asking context("");
  pb::Home page;
  const grpc::Status status = stub_->GetHome(&context, {}, &page);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(ReasonOf(status), "INVALID_FIELDS");
}

TEST_F(PagesTest, APageDoesNotWaitForASideDishUntilItsCallerHasGone) {
  SetUpHome();
  peer_.Hold("SearchAmbassadors");
  Asking context("", absl::Seconds(2));
  pb::Home page;
  const grpc::Status status = stub_->GetHome(&context, {}, &page);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_THAT(ListOf(page.missing()), ElementsAre("ambassadors"));
  EXPECT_EQ(page.missing_reasons().at("ambassadors"), type::ERROR_REASON_DEADLINE_EXCEEDED);
  EXPECT_EQ(page.company_count(), 52);
}

TEST_F(PagesTest, ASideDishGetsAShareOfWhatIsLeft) {
  SetUpSpace();
  const absl::Time start = absl::Now();
  Asking context("pupil", absl::Seconds(3));
  pb::MySpace page;
  ASSERT_TRUE(stub_->GetMySpace(&context, {}, &page).ok());
  const absl::Duration main = peer_.asked("ListBookings")[0].deadline - start;
  const absl::Duration side = peer_.asked("GetApplicant")[0].deadline - start;
  // Asked for once the bookings are there.
  const absl::Duration later = peer_.asked("BatchGetOffers")[0].deadline - start;
  // What travels is the time that is left, in coarse steps.
  const absl::Duration coarse = absl::Milliseconds(100);
  EXPECT_LT(main, absl::Seconds(3) * 0.9 + coarse);
  EXPECT_GT(main, absl::Seconds(3) * 0.8 + coarse);
  EXPECT_LT(side, absl::Seconds(3) * 0.8 + coarse);
  EXPECT_LT(later, absl::Seconds(3) * 0.9);
}

TEST_F(PagesTest, ASpaceHasTheBookingsWithWhatIsBooked) {
  SetUpSpace();
  pb::MySpace page;
  const grpc::Status status = GetSpace("pupil", &page);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_THAT(NamesOf(page.bookings()),
              ElementsAre("bookings/5", "bookings/4", "bookings/3", "bookings/2"));
  EXPECT_EQ(page.bookings_next_page_token(), "more");
  EXPECT_THAT(ListOf(page.consents_awaited()), ElementsAre("bookings/4"));
  EXPECT_THAT(NamesOf(page.offers()), ElementsAre(kOffer));
  EXPECT_THAT(NamesOf(page.ambassadors()), ElementsAre(kAmbassador));
  EXPECT_EQ(page.applicant().birth_date(), "2012-05-06");
  EXPECT_EQ(page.guardian().display_name(), "Claire Demo");
  EXPECT_THAT(NamesOf(page.consents()), ElementsAre("people/someone/consents/1"));
  EXPECT_THAT(NamesOf(page.agreements()), ElementsAre("bookings/2/agreement"));
  // It is not set, which is no failure.
  EXPECT_FALSE(page.has_contact());
  EXPECT_THAT(ListOf(page.missing()), IsEmpty());
}

TEST_F(PagesTest, WhatIsBookedTakesOneCallHoweverManyBookings) {
  SetUpSpace();
  pb::MySpace page;
  ASSERT_TRUE(GetSpace("pupil", &page).ok());
  ASSERT_EQ(peer_.calls("BatchGetOffers"), 1);
  EXPECT_THAT(
      ListOf(peer_.asked("BatchGetOffers")[0].As<catalogue::BatchGetOffersRequest>().names()),
      ElementsAre("offers/1", "offers/2"));
  EXPECT_EQ(peer_.calls("BatchGetAmbassadors"), 1);
  EXPECT_EQ(peer_.calls(), 8);
}

TEST_F(PagesTest, NobodyIsAskedAboutNothingBooked) {
  SetUpSpace();
  peer_.Give("ListBookings", booking::ListBookingsResponse());
  pb::MySpace page;
  ASSERT_TRUE(GetSpace("pupil", &page).ok());
  EXPECT_EQ(peer_.calls("BatchGetOffers") + peer_.calls("BatchGetAmbassadors"), 0);
  EXPECT_THAT(ListOf(page.missing()), IsEmpty());
}

TEST_F(PagesTest, ASpaceIsOfItsCallerAlone) {
  SetUpSpace();
  pb::MySpace page;
  ASSERT_TRUE(GetSpace("pupil", &page).ok());
  const auto wanted = peer_.asked("ListBookings")[0].As<booking::ListBookingsRequest>();
  EXPECT_EQ(wanted.applicant(), "people/someone");
  EXPECT_EQ(peer_.asked("GetApplicant")[0].As<booking::GetApplicantRequest>().name(),
            "people/me/applicant");
  // Each service sees the token, and decides by it.
  for (const char* method :
       {"ListBookings", "BatchGetOffers", "BatchGetAmbassadors", "GetApplicant", "GetGuardian",
        "ListConsents", "ListAgreements", "GetContact"}) {
    EXPECT_EQ(peer_.asked(method).at(0).authorization, "Bearer pupil") << method;
  }
}

TEST_F(PagesTest, PagesAreForWhomTheyAre) {
  const struct {
    const char* path;
    const char* token;
    int code;
    const char* reason;
  } kCases[] = {{"/v1/people/me/space", "", 401, "TOKEN_MISSING"},
                {"/v1/people/me/space", "wrong", 401, "TOKEN_INVALID"},
                {"/v1/people/me/space", "host", 403, "ROLE_MISSING"},
                {"/v1/people/me/hostDesk", "", 401, "TOKEN_MISSING"},
                {"/v1/people/me/hostDesk", "pupil", 403, "ROLE_MISSING"},
                {"/v1/people/me/agencyDesk", "", 401, "TOKEN_MISSING"},
                {"/v1/people/me/agencyDesk", "host", 403, "ROLE_MISSING"},
                {"/v1/home", "wrong", 401, "TOKEN_INVALID"}};
  for (const auto& one : kCases) {
    SCOPED_TRACE(std::string(one.path) + " " + one.token);
    const std::string token = one.token;
    const auto answer =
        SocketClient(gateway_.http_port())
            .Ask("GET", one.path, token.empty() ? "" : "Authorization: Bearer " + token + "\r\n");
    EXPECT_EQ(answer.status, one.code) << answer.body;
    EXPECT_THAT(answer.body, testing::HasSubstr(one.reason));
  }
  Asking host("host");
  pb::AgencyDesk desk;
  EXPECT_EQ(stub_->GetAgencyDesk(&host, {}, &desk).error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(peer_.calls(), 0);
}

TEST_F(PagesTest, TheErrorOfTheMainDishIsThePages) {
  SetUpSpace();
  peer_.Fail("ListBookings", BackendUnavailableError("the database"));
  pb::MySpace page;
  const grpc::Status status = GetSpace("pupil", &page);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(PagesTest, WhatCannotBeFetchedOfASpaceIsNotTakenForAbsent) {
  SetUpSpace();
  peer_.Fail("GetGuardian", BackendUnavailableError("the database"));
  peer_.Fail("BatchGetOffers", BackendUnavailableError("the database"));
  pb::MySpace page;
  ASSERT_TRUE(GetSpace("pupil", &page).ok());
  EXPECT_THAT(ListOf(page.missing()), ElementsAre("guardian", "offers"));
}

TEST_F(PagesTest, ADeskOfAHostHasAllSessionsToComeInOrder) {
  booking::ListBookingsResponse requests;
  *requests.add_bookings() =
      BookingOf("bookings/1", "offers/1/sessions/1", booking::Booking::STATE_PENDING_HOST);
  peer_.Give("ListBookings", requests);
  catalogue::ListOfferRecordsResponse offers;
  catalogue::OfferRecord& record = *offers.add_records();
  record.mutable_offer()->set_name(kOffer);
  record.mutable_offer()->set_title("Une journée au fournil");
  record.mutable_visibility()->add_reasons()->set_code(catalogue::Visibility::CODE_FULL);
  for (const int hour : {1, 5}) {
    catalogue::Session& session = *record.mutable_offer()->add_sessions();
    session.set_name("offers/1/sessions/" + std::to_string(hour));
    session.mutable_start_time()->set_seconds(hour * 3600);
    session.set_capacity(4);
    session.set_available(1);
  }
  peer_.Give("ListOfferRecords", offers);
  ambassador::ListSessionsResponse meetings;
  meetings.add_sessions()->set_name("ambassadors/1/sessions/3");
  meetings.mutable_sessions(0)->mutable_start_time()->set_seconds(3 * 3600);
  peer_.Give("ListSessions", meetings);
  peer_.Give("GetAmbassador", ambassador::Ambassador());
  catalogue::BatchGetCompaniesResponse companies;
  companies.add_companies()->set_name("companies/00061001400011");
  peer_.Give("BatchGetCompanies", companies);
  peer_.Give("BatchGetCompanySettings", catalogue::BatchGetCompanySettingsResponse());
  peer_.Give("ListAgreements", booking::ListAgreementsResponse());
  Asking context("host");
  pb::HostDesk page;
  const grpc::Status status = stub_->GetHostDesk(&context, {}, &page);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_THAT(NamesOf(page.requests()), ElementsAre("bookings/1"));
  EXPECT_THAT(
      NamesOf(page.sessions()),
      ElementsAre("offers/1/sessions/1", "ambassadors/1/sessions/3", "offers/1/sessions/5"));
  EXPECT_EQ(page.sessions(0).title(), "Une journée au fournil");
  EXPECT_EQ(page.sessions(0).available(), 1);
  EXPECT_EQ(page.offers(0).visibility().reasons(0).code(), catalogue::Visibility::CODE_FULL);
  EXPECT_EQ(page.offers(0).offer().sessions_size(), 0);
  EXPECT_TRUE(page.has_ambassador());
  EXPECT_THAT(ListOf(page.missing()), IsEmpty());
  EXPECT_THAT(
      ListOf(peer_.asked("BatchGetCompanies")[0].As<catalogue::BatchGetCompaniesRequest>().names()),
      ElementsAre("companies/00061001400011", "companies/90000001900019"));
}

TEST_F(PagesTest, ADeskOfAnAgencyHasWhatWaits) {
  const auto set_up = [this] {
    catalogue::ListOfferRecordsResponse offers;
    offers.add_records()->mutable_offer()->set_name(kOffer);
    peer_.Give("ListOfferRecords", offers);
    catalogue::ListOfferReportsResponse reports;
    reports.add_reports()->set_name("offerReports/1");
    peer_.Give("ListOfferReports", reports);
    booking::ListBookingsResponse waiting;
    *waiting.add_bookings() =
        BookingOf("bookings/1", "offers/1/sessions/1", booking::Booking::STATE_PENDING_CONSENT);
    peer_.Give("ListBookings", waiting);
    booking::ListAgreementsResponse agreements;
    agreements.add_agreements()->set_name("bookings/2/agreement");
    peer_.Give("ListAgreements", agreements);
    catalogue::GetStatisticsResponse figures;
    figures.mutable_total()->set_seats(12);
    figures.add_rows()->set_department("61");
    peer_.Give("GetStatistics", figures);
    catalogue::ListFrequentSearchesResponse searches;
    searches.add_searches()->set_words("cosmonaute");
    peer_.Give("ListFrequentSearches", searches);
    catalogue::ListSourcesResponse sources;
    sources.add_sources()->set_name("sources/rome");
    peer_.Give("ListSources", sources);
  };
  set_up();
  Asking clerk("clerk");
  pb::AgencyDesk page;
  const grpc::Status status = stub_->GetAgencyDesk(&clerk, {}, &page);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(page.offers_size(), 1);
  EXPECT_THAT(NamesOf(page.reports()), ElementsAre("offerReports/1"));
  EXPECT_THAT(NamesOf(page.consents_awaited()), ElementsAre("bookings/1"));
  EXPECT_THAT(NamesOf(page.agreements()), ElementsAre("bookings/2/agreement"));
  EXPECT_EQ(page.figures().seats(), 12);
  EXPECT_EQ(page.department_figures(0).department(), "61");
  EXPECT_EQ(page.searches_in_vain(0).words(), "cosmonaute");
  EXPECT_THAT(NamesOf(page.sources()), ElementsAre("sources/rome"));
  EXPECT_THAT(ListOf(page.missing()), IsEmpty());
  EXPECT_THAT(peer_.asked("ListBookings")[0].As<booking::ListBookingsRequest>().states(),
              ElementsAre(static_cast<int>(booking::Booking::STATE_PENDING_CONSENT)));
  // An operator has no part in bookings, and misses nothing.
  Asking operator_("good");
  ASSERT_TRUE(stub_->GetAgencyDesk(&operator_, {}, &page).ok());
  EXPECT_EQ(peer_.calls("ListBookings"), 1);
  EXPECT_THAT(ListOf(page.missing()), IsEmpty());
}

}  // namespace
}  // namespace dm::gateway
