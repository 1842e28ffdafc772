#include "absl/strings/str_join.h"
#include "tests/integration/catalogue/offer_world.h"

#include <map>
#include <string>

namespace dm::catalogue {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class OfferContentTest : public OfferWorld {
 protected:
  pb::UpdateOfferRequest ToUpdate(const std::string& name, const std::vector<std::string>& fields) {
    pb::UpdateOfferRequest request;
    request.mutable_offer()->set_name(name);
    for (const std::string& field : fields) request.mutable_update_mask()->add_paths(field);
    request.set_request_id(Fresh());
    return request;
  }

  Record Retitle(const rpc::Call& call, const std::string& name, const std::string& title) {
    auto request = ToUpdate(name, {"title"});
    request.mutable_offer()->set_title(title);
    return offers_.UpdateOffer(call, request);
  }

  std::vector<std::string> List(const rpc::Call& call, const std::string& parent,
                                const std::vector<pb::Offer::State>& states = {}) {
    pb::ListOfferRecordsRequest request;
    request.set_parent(parent);
    for (const auto state : states) request.add_states(state);
    request.set_page_size(2);
    std::vector<std::string> keys;
    do {
      const auto page = Must(offers_.ListOfferRecords(call, request));
      for (const pb::OfferRecord& record : page.records()) {
        EXPECT_EQ(record.offer().sessions_size(), 0);
        keys.push_back(record.key());
      }
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return keys;
  }
};

TEST_F(OfferContentTest, WhatIsWrittenIsRead) {
  pb::Offer offer = Bakery();
  offer.set_accessibility(pb::ACCESSIBILITY_PARTIAL);
  offer.set_work_mode(pb::WORK_MODE_HYBRID);
  offer.add_languages("fr");
  offer.add_languages("en");
  pb::DayHours& hours = *offer.add_hours();
  hours.set_day(pb::DAY_MONDAY);
  hours.set_start("09:00");
  hours.set_end("17:00");
  hours.set_break_minutes(60);
  offer.set_supervision("Un chef de production");
  offer.set_to_bring("Des chaussures fermées");
  offer.set_priority_areas_only(true);
  const auto created = Must(offers_.CreateOffer(host_, ToCreate(offer, "fournil")));
  EXPECT_EQ(created.key(), "fournil");
  EXPECT_EQ(created.offer().place().department(), "61");
  EXPECT_FALSE(created.offer().sectors().empty());
  EXPECT_EQ(created.offer().state(), pb::Offer::STATE_DRAFT);
  ASSERT_EQ(created.offer().sessions_size(), 1);
  EXPECT_EQ(created.offer().sessions(0).etag(), "v1");
  EXPECT_EQ(Read(created.offer().name()).SerializeAsString(), created.SerializeAsString());
  for (const char* field : {"title", "description", "profession", "supervision", "to_bring"}) {
    const auto* descriptor = pb::Offer::descriptor()->FindFieldByName(field);
    EXPECT_EQ(created.offer().GetReflection()->GetString(created.offer(), descriptor),
              offer.GetReflection()->GetString(offer, descriptor));
  }
  EXPECT_EQ(created.offer().hours(0).SerializeAsString(), hours.SerializeAsString());
  EXPECT_EQ(absl::StrJoin(created.offer().languages(), ","), "fr,en");
  EXPECT_EQ(created.offer().work_mode(), pb::WORK_MODE_HYBRID);
  EXPECT_TRUE(created.offer().priority_areas_only());

  const auto again = offers_.CreateOffer(host_, ToCreate(offer, "fournil"));
  EXPECT_EQ(again.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ErrorReasonOf(again.status()), "OFFER_KEY_TAKEN");
}

TEST_F(OfferContentTest, AFullListTellsSessionsToComeAndWhyAnOfferDoesNotShow) {
  pb::Offer offer = Bakery();
  *offer.add_sessions() = SessionAfter(absl::Hours(24));
  const std::string draft = Must(offers_.CreateOffer(host_, ToCreate(offer))).offer().name();
  const std::string published = Publish();
  clock_.Set(clock_.Now() + absl::Hours(30));
  pb::ListOfferRecordsRequest request;
  request.set_parent(kParent);
  request.set_page_size(100);
  request.set_view(pb::OFFER_RECORD_VIEW_FULL);
  const auto page = Must(offers_.ListOfferRecords(host_, request));
  std::map<std::string, pb::OfferRecord> found;
  for (const pb::OfferRecord& record : page.records()) {
    found[record.offer().name()] = record;
    pb::ExplainVisibilityRequest explain;
    explain.set_name(record.offer().name());
    EXPECT_EQ(Must(offers_.ExplainVisibility(host_, explain)).SerializeAsString(),
              record.visibility().SerializeAsString());
  }
  ASSERT_TRUE(found.contains(draft) && found.contains(published));
  // The one that has begun is no longer to come.
  EXPECT_EQ(found[draft].offer().sessions_size(), 1);
  EXPECT_EQ(found[draft].visibility().reasons(0).code(), pb::Visibility::CODE_STATE_DRAFT);
  EXPECT_FALSE(found[draft].visibility().visible());
  EXPECT_EQ(found[published].offer().sessions_size(), 1);
  EXPECT_EQ(found[published].offer().title(), "Au fournil");
  request.set_view(static_cast<pb::OfferRecordView>(9));
  EXPECT_THAT(FaultsOf(request), ElementsAre("view"));
}

TEST_F(OfferContentTest, EveryWrongFieldIsNamedAtOnce) {
  pb::CreateOfferRequest request;
  request.set_parent("companies/1");
  request.set_key(std::string(41, 'k'));
  pb::Offer& offer = *request.mutable_offer();
  offer.set_profession("D1102");
  offer.set_appellation("appellations/");
  offer.set_title("Deux\nlignes");
  offer.set_description(std::string(5001, 'd'));
  offer.add_audiences(type::AUDIENCE_UNSPECIFIED);
  offer.set_accessibility(static_cast<pb::Accessibility>(9));
  offer.set_work_mode(static_cast<pb::WorkMode>(9));
  offer.add_languages("français");
  offer.add_hours()->set_day(pb::DAY_MONDAY);
  offer.set_supervision("\x07");
  offer.set_to_bring(std::string(1001, 't'));
  offer.add_reserved_schools("0610021A");
  offer.set_site("sites/1");
  offer.add_sessions();
  EXPECT_THAT(
      FaultsOf(request),
      ElementsAre("parent", "offer.profession", "offer.appellation", "offer.title",
                  "offer.description", "offer.audiences[0]", "offer.accessibility",
                  "offer.work_mode", "offer.languages[0]", "offer.hours[0]", "offer.supervision",
                  "offer.to_bring", "offer.reserved_schools[0]", "offer.site",
                  "offer.sessions[0].start_time", "offer.sessions[0].end_time",
                  "offer.sessions[0].capacity", "key", "request_id"));
  EXPECT_THAT(FaultsOf(ToCreate(Bakery())), IsEmpty());
}

TEST_F(OfferContentTest, WhatIsNamedMustBeThereAndToCome) {
  pb::Offer offer = Bakery();
  offer.set_profession("professions/Z9999");
  offer.set_appellation("appellations/11573");
  offer.set_site(absl::StrCat(kParent, "/sites/atelier"));
  *offer.add_sessions() = SessionAfter(-absl::Hours(1));
  const auto refused = offers_.CreateOffer(host_, ToCreate(offer));
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(FieldsOf(refused.status()),
              ElementsAre("offer.profession", "offer.appellation", "offer.site",
                          "offer.sessions[1].start_time"));
  EXPECT_EQ(Ask({"test_none", "SELECT FROM offers WHERE state = 1"}).size(), 0u);
}

TEST_F(OfferContentTest, IsNotFoundForWhoDoesNotAnswerForTheCompany) {
  const std::string name = Create().offer().name();
  pb::GetOfferRecordRequest get;
  get.set_name(name);
  pb::ExplainVisibilityRequest explain;
  explain.set_name(name);
  pb::ListOfferRecordsRequest list;
  list.set_parent(kParent);
  pb::DuplicateOfferRequest duplicate;
  duplicate.set_name(name);
  duplicate.set_request_id(Fresh());
  pb::CreateSessionRequest session;
  session.set_parent(name);
  *session.mutable_session() = SessionAfter(absl::Hours(72));
  session.set_request_id(Fresh());
  for (const absl::Status& status : {offers_.GetOfferRecord(elsewhere_, get).status(),
                                     offers_.ExplainVisibility(elsewhere_, explain).status(),
                                     offers_.ListOfferRecords(elsewhere_, list).status(),
                                     offers_.CreateOffer(elsewhere_, ToCreate(Bakery())).status(),
                                     Retitle(elsewhere_, name, "Autre").status(),
                                     offers_.DuplicateOffer(elsewhere_, duplicate).status(),
                                     offers_.CreateSession(elsewhere_, session).status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kNotFound) << status;
  }
}

TEST_F(OfferContentTest, TheAgencyLooksAgainAtWhatAHostChangesOfAPublishedOffer) {
  const std::string name = Publish();
  auto access = ToUpdate(name, {"accessibility"});
  access.mutable_offer()->set_accessibility(pb::ACCESSIBILITY_PARTIAL);
  access.mutable_offer()->set_title("Not in the mask");
  EXPECT_EQ(Must(offers_.UpdateOffer(host_, access)).offer().state(), pb::Offer::STATE_PUBLISHED);
  EXPECT_EQ(Read(name).offer().title(), "Au fournil");
  EXPECT_EQ(Must(Retitle(agency_, name, "Le fournil")).offer().state(), pb::Offer::STATE_PUBLISHED);
  // The same again changes nothing at all.
  const std::string etag = Read(name).etag();
  EXPECT_EQ(Must(Retitle(host_, name, "Le fournil")).etag(), etag);
  EXPECT_TRUE(IsFound(name));
  const auto edited = Must(Retitle(host_, name, "Mon fournil"));
  EXPECT_EQ(edited.offer().state(), pb::Offer::STATE_SUBMITTED);
  EXPECT_EQ(edited.cause(), pb::OfferRecord::CAUSE_EDITED);
  EXPECT_FALSE(IsFound(name));
  EXPECT_EQ(Told(name).back(), "PUBLISHED>SUBMITTED HOST EDITED");
}

TEST_F(OfferContentTest, TheAgencyReadsEveryTextThatYoungPeopleRead) {
  const std::string name = Publish();
  for (const char* field : {"supervision", "to_bring"}) {
    auto request = ToUpdate(name, {field});
    const auto* descriptor = pb::Offer::descriptor()->FindFieldByName(field);
    auto* const offer = request.mutable_offer();
    offer->GetReflection()->SetString(offer, descriptor, "Venez me voir après la journée");
    EXPECT_EQ(Must(offers_.UpdateOffer(host_, request)).offer().state(), pb::Offer::STATE_SUBMITTED)
        << field;
    EXPECT_FALSE(IsFound(name)) << field;
    Must(Step(agency_, "APPROVE", name));
    EXPECT_TRUE(IsFound(name)) << field;
  }
}

TEST_F(OfferContentTest, NothingUnreadComesIntoSightByWayOfASuspension) {
  const std::string name = Publish();
  Must(Step(host_, "SUSPEND", name));
  EXPECT_EQ(Must(Retitle(agency_, name, "Le fournil")).offer().state(), pb::Offer::STATE_SUSPENDED);
  EXPECT_EQ(Must(Retitle(host_, name, "Mon fournil")).offer().state(), pb::Offer::STATE_SUBMITTED);
  EXPECT_EQ(ErrorReasonOf(Step(host_, "RESUME", name).status()), "OFFER_STATE_CONFLICT");
}

TEST_F(OfferContentTest, WhatIsShownStaysWhole) {
  const std::string name = Publish();
  const auto request = ToUpdate(name, {"title", "profession", "audiences"});
  for (const rpc::Call* call : {&host_, &agency_}) {
    const auto emptied = offers_.UpdateOffer(*call, request);
    EXPECT_EQ(ErrorReasonOf(emptied.status()), "OFFER_INCOMPLETE");
    EXPECT_THAT(FieldsOf(emptied.status()),
                ElementsAre("offer.title", "offer.audiences", "offer.profession"));
  }
  Must(Step(host_, "ARCHIVE", name));
  EXPECT_EQ(ErrorReasonOf(Retitle(host_, name, "Trop tard").status()), "OFFER_STATE_CONFLICT");
  EXPECT_THAT(FaultsOf(ToUpdate(name, {"state", "sessions"})),
              ElementsAre("update_mask.paths[0]", "update_mask.paths[1]"));
}

TEST_F(OfferContentTest, BookedPeopleLearnWhatChangesWithTheirSession) {
  const std::string name = Publish();
  const int64_t scheduled = Events("SessionScheduled");
  Must(Retitle(agency_, name, "Le fournil"));
  EXPECT_EQ(Events("SessionScheduled"), scheduled + 1);
  auto notes = ToUpdate(name, {"to_bring"});
  notes.mutable_offer()->set_to_bring("Rien");
  Must(offers_.UpdateOffer(host_, notes));
  EXPECT_EQ(Events("SessionScheduled"), scheduled + 1);
}

TEST_F(OfferContentTest, ADuplicateIsADraftWithOtherDates) {
  const auto made = Must(offers_.CreateOffer(host_, ToCreate(Bakery(), "fournil")));
  const std::string name = made.offer().name();
  Must(Step(host_, "ARCHIVE", name));
  for (const char* key : {"fournil-2", "fournil-3"}) {
    pb::DuplicateOfferRequest request;
    request.set_name(name);
    *request.add_sessions() = SessionAfter(absl::Hours(240), 5);
    request.set_request_id(Fresh());
    const auto copy = Must(offers_.DuplicateOffer(host_, request));
    EXPECT_EQ(copy.key(), key);
    EXPECT_NE(copy.offer().name(), name);
    EXPECT_EQ(copy.offer().state(), pb::Offer::STATE_DRAFT);
    EXPECT_EQ(copy.offer().title(), made.offer().title());
    EXPECT_EQ(copy.offer().description(), made.offer().description());
    ASSERT_EQ(copy.offer().sessions_size(), 1);
    EXPECT_EQ(copy.offer().sessions(0).capacity(), 5);
    // The same request is the same duplicate.
    EXPECT_EQ(Must(offers_.DuplicateOffer(host_, request)).offer().name(), copy.offer().name());
    EXPECT_TRUE(Step(host_, "SUBMIT", copy.offer().name()).ok());
  }
}

TEST_F(OfferContentTest, ListsWhatSomebodyAnswersForLastChangedFirst) {
  for (const char* key : {"one", "two", "three"}) {
    clock_.Set(clock_.Now() + absl::Seconds(1));
    Must(offers_.CreateOffer(host_, ToCreate(Bakery(), key)));
  }
  const auto in_orne = Ask({"test_orne", R"sql(
    SELECT count(*) FROM offers JOIN companies USING (siret) WHERE companies.department = '61'
  )sql"})[0][0]
                           .as<size_t>();
  const auto all = Ask({"test_all", "SELECT count(*) FROM offers"})[0][0].as<size_t>();
  ASSERT_GT(all, in_orne);
  EXPECT_THAT(List(host_, kParent, {pb::Offer::STATE_DRAFT}), ElementsAre("three", "two", "one"));
  EXPECT_EQ(List(host_, kParent), List(agency_, kParent));
  EXPECT_EQ(List(host_, kParent), List(host_, "companies/-"));
  EXPECT_EQ(List(agency_, "companies/-").size(), in_orne);
  EXPECT_EQ(List(operator_, "companies/-").size(), all);
  EXPECT_THAT(List(agency_, "companies/-", {pb::Offer::STATE_SUBMITTED}), IsEmpty());
  const std::string waiting = Create().offer().name();
  const std::string key = Must(Step(host_, "SUBMIT", waiting)).key();
  EXPECT_THAT(List(agency_, "companies/-", {pb::Offer::STATE_SUBMITTED}), ElementsAre(key));
  EXPECT_THAT(List(elsewhere_, "companies/-", {pb::Offer::STATE_SUBMITTED}), IsEmpty());
}

TEST_F(OfferContentTest, ReportsAreForTheAgencyToCount) {
  const std::string name = Publish();
  Ask({"test_report", R"sql(
    INSERT INTO offer_reports (id, offer_id, reporter, ground, text, create_time)
    SELECT gen_random_uuid(), id, 'people/x', 1, '', now() FROM offers WHERE title = 'Au fournil'
  )sql"});
  pb::GetOfferRecordRequest get;
  get.set_name(name);
  EXPECT_EQ(Must(offers_.GetOfferRecord(agency_, get)).open_reports(), 1);
  EXPECT_EQ(Must(offers_.GetOfferRecord(host_, get)).open_reports(), 0);
}

TEST_F(OfferContentTest, TakesPlaceAtASiteOfItsCompany) {
  Ask({"test_site", R"sql(
    INSERT INTO sites (siret, key, display_name, street, postal_code, commune_code)
    VALUES ('00061001400011', 'atelier', 'Atelier', '1 rue du Four', '61100', '61169')
  )sql"});
  pb::GetCompanyRequest get;
  get.set_name(kParent);
  const pb::Company company = Must(api_.GetCompany(call_, get));
  ASSERT_EQ(company.sites_size(), 1);
  EXPECT_EQ(company.sites(0).name(), absl::StrCat(kParent, "/sites/atelier"));
  EXPECT_EQ(company.sites(0).place().commune(), "Flers");
  pb::Offer offer = Bakery();
  offer.set_site(company.sites(0).name());
  const pb::OfferRecord created = Must(offers_.CreateOffer(host_, ToCreate(offer)));
  EXPECT_EQ(created.offer().site(), offer.site());
  EXPECT_EQ(created.offer().place().street(), "1 rue du Four");
  EXPECT_NE(created.offer().place().commune(), company.place().commune());
}

}  // namespace
}  // namespace dm::catalogue
