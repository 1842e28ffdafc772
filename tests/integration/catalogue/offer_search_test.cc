#include "services/catalogue/feeds/seats_feed.h"
#include "services/catalogue/store/search_changes.h"
#include "tests/integration/catalogue/search_world.h"

namespace dm::catalogue {
namespace {

using ::testing::Contains;

TEST_F(SearchTest, OffersAreFoundByTitleProfessionJobTitleAndCompany) {
  for (const char* query : {"coton", "lemoine", "Groupe LEMOINE", "cotton"}) {
    const auto found = Offers(For(query));
    std::vector<std::string> companies;
    for (const auto& offer : found.offers()) companies.push_back(offer.company());
    EXPECT_THAT(companies, Contains("companies/00061001400011")) << query;
  }
  EXPECT_GT(Offers(For("boulangere")).total_size(), 0);
  EXPECT_EQ(Offers(For("boulangere")).total_size(), Offers(For("boulnger")).total_size());
  EXPECT_EQ(Offers(For("xyzxyz")).total_size(), 0);
  EXPECT_EQ(Offers(For("' | ! (")).total_size(), 96);
}

TEST_F(SearchTest, FacetsCountAsIfTheirOwnConditionWereNotAsked) {
  const auto all = Offers({});
  const auto departments = ToMap(all.department_facets());
  EXPECT_THAT(departments, ::testing::SizeIs(5));
  EXPECT_EQ(departments.at("61"), [&] {
    pb::SearchOffersRequest request;
    request.add_departments("61");
    return Offers(request).total_size();
  }());
  int sum = 0;
  for (const auto& [code, count] : departments) sum += count;
  EXPECT_EQ(sum, 96);

  pb::SearchOffersRequest request;
  request.add_departments("61");
  request.add_sectors("79");
  request.add_audiences(type::AUDIENCE_ADULT);
  const auto narrow = Offers(request);
  pb::SearchOffersRequest without = request;
  without.clear_departments();
  EXPECT_EQ(ToMap(narrow.department_facets()), ToMap(Offers(without).department_facets()));
  int elsewhere = 0;
  for (const auto& [code, count] : ToMap(narrow.department_facets())) elsewhere += count;
  EXPECT_EQ(elsewhere, Offers(without).total_size());
  without = request;
  without.clear_sectors();
  EXPECT_EQ(ToMap(narrow.sector_facets()), ToMap(Offers(without).sector_facets()));
  EXPECT_EQ(ToMap(narrow.sector_facets()).at("79"), narrow.total_size());
  without = request;
  without.clear_audiences();
  EXPECT_EQ(ToMap(narrow.audience_facets()), ToMap(Offers(without).audience_facets()));
  EXPECT_EQ(ToMap(narrow.audience_facets()).at("AUDIENCE_ADULT"), narrow.total_size());
}

TEST_F(SearchTest, DaysBoundTheSessionsThatAreShown) {
  pb::SearchOffersRequest request;
  request.set_from("2026-12-07");
  request.set_to("2026-12-07");
  request.set_page_size(100);
  const auto found = Offers(request);
  ASSERT_GT(found.offers_size(), 0);
  EXPECT_LT(found.offers_size(), 96);
  for (const auto& offer : found.offers()) {
    ASSERT_EQ(offer.sessions_size(), 1);
    EXPECT_EQ(absl::ToCivilDay(absl::FromUnixSeconds(offer.sessions(0).start_time().seconds()),
                               ParisTimeZone()),
              absl::CivilDay(2026, 12, 7));
  }
  request.set_from("2026-12-08");
  request.set_to("2026-12-08");
  EXPECT_EQ(Offers(request).total_size(), 0);
  // Nothing is to come any more.
  clock_.Set(clock_.Now() + absl::Hours(24 * 365));
  EXPECT_EQ(Offers({}).total_size(), 0);
}

TEST_F(SearchTest, SeatsComeFromBookingAndHideWhatIsFull) {
  const auto all = Offers({});
  pb::GetOfferRequest get;
  get.set_name(all.offers(0).name());
  const auto offer = api_.GetOffer(call_, get);
  ASSERT_TRUE(offer.ok()) << offer.status();
  EXPECT_EQ(offer->sessions(0).available(), offer->sessions(0).capacity());

  // Every session of the offer is full, told twice, the last word counting.
  std::vector<event::Event> events;
  const auto tell = [&events](const std::string& session, int held) {
    event::SeatsChanged seats;
    seats.set_session(session);
    seats.set_held(held);
    events.emplace_back().mutable_data()->PackFrom(seats);
  };
  for (const auto& session : offer->sessions()) {
    tell(session.name(), 0);
    tell(session.name(), session.capacity() + 1);
  }
  tell(
      "ambassadors/019b8dd0-5780-7615-8c22-1e51d9c1fbd0/sessions/"
      "019b8dd0-5780-7615-8c22-1e51d9c1fbd1",
      1);
  tell("offers/x/sessions/y", 1);
  const int64_t told = Events("ResourceChanged");
  const absl::Status applied =
      database_->Write(call_.deadline, [&](database::Transaction& transaction) {
        return ApplySeatsChanged(transaction, events, clock_.Now());
      });
  ASSERT_TRUE(applied.ok()) << applied;
  EXPECT_EQ(Events("ResourceChanged"), told + 1);
  EXPECT_EQ(api_.GetOffer(call_, get)->sessions(0).available(), 0);
  EXPECT_EQ(Offers({}).total_size(), 96);
  pb::SearchOffersRequest available;
  available.set_available_only(true);
  EXPECT_EQ(Offers(available).total_size(), 95);
}

TEST_F(SearchTest, GetsOffersTogetherEachOnceAndLeavesOutWhatIsNotShown) {
  const auto all = Offers({});
  pb::BatchGetOffersRequest request;
  request.add_names(all.offers(1).name());
  request.add_names("offers/019b8dd0-5780-7615-8c22-1e51d9c1fbd0");
  request.add_names(all.offers(0).name());
  request.add_names(all.offers(1).name());
  const auto found = api_.BatchGetOffers(call_, request);
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_EQ(found->offers_size(), 2);
  EXPECT_LT(found->offers(0).name(), found->offers(1).name());
  for (const pb::Offer& offer : found->offers()) {
    pb::GetOfferRequest get;
    get.set_name(offer.name());
    EXPECT_EQ(api_.GetOffer(call_, get)->SerializeAsString(), offer.SerializeAsString());
  }
  Violations violations;
  request.add_names("companies/1");
  Validate(request, violations);
  Validate(pb::BatchGetOffersRequest(), violations);
  const auto details = GetErrorDetails(violations.ToStatus());
  ASSERT_TRUE(details.has_value());
  ASSERT_EQ(details->fields.size(), 2u);
  EXPECT_EQ(details->fields[0].field, "names[4]");
  EXPECT_EQ(details->fields[1].field, "names");
}

TEST_F(SearchTest, AccessibleOnlyLeavesOutTheOthers) {
  pb::SearchOffersRequest request;
  request.set_accessible_only(true);
  request.set_page_size(100);
  const auto found = Offers(request);
  EXPECT_GT(found.offers_size(), 0);
  EXPECT_LT(found.offers_size(), 96);
  for (const auto& offer : found.offers()) EXPECT_TRUE(offer.accessible());
}

TEST_F(SearchTest, EachConditionLeavesOutTheOffersThatDoNotMeetIt) {
  CatchUp();
  // Of two offers, the first meets every condition and the second none.
  const absl::Status written =
      database_->Write(call_.deadline, [&](database::Transaction& transaction) {
        const pqxx::result ids = transaction.Exec(database::Statement{"test_terms", R"sql(
WITH picked AS (SELECT id, row_number() OVER (ORDER BY id) AS place FROM offers)
UPDATE offers o
SET accessibility = CASE place WHEN 1 THEN 2 ELSE 1 END, accessible = false,
    work_mode = CASE place WHEN 1 THEN 3 ELSE 1 END,
    languages = CASE place WHEN 1 THEN '{fr,en}' ELSE '{fr}' END::text[],
    reserved_schools = CASE place WHEN 1 THEN '{0610021S}' ELSE '{0140004D}' END::text[]
FROM picked p WHERE p.id = o.id AND p.place <= 2
RETURNING o.id
)sql"});
        TouchOffers(transaction, std::vector<std::string>{ids[0][0].c_str(), ids[1][0].c_str()},
                    clock_.Now());
        return absl::OkStatus();
      });
  ASSERT_TRUE(written.ok()) << written;
  const auto total = [this](const auto& narrow) {
    pb::SearchOffersRequest request;
    narrow(request);
    return Offers(request).total_size();
  };
  EXPECT_EQ(total([](auto& r) { r.add_accessibilities(pb::ACCESSIBILITY_PARTIAL); }), 1);
  EXPECT_EQ(total([](auto& r) { r.add_work_modes(pb::WORK_MODE_REMOTE); }), 1);
  EXPECT_EQ(total([](auto& r) { r.add_work_modes(pb::WORK_MODE_ON_SITE); }), 96);
  EXPECT_EQ(total([](auto& r) { r.add_languages("en"); }), 1);
  EXPECT_EQ(total([](auto& r) { r.set_school("0610021S"); }), 95);
  EXPECT_EQ(total([](auto& r) { r.set_school("0761735Y"); }), 94);
  const int interested = total([](auto& r) { r.add_interests("1"); });
  EXPECT_GT(interested, 0);
  EXPECT_LT(interested, 96);
}

TEST_F(SearchTest, TellsWhereTheWordsStand) {
  const auto found = Offers(For("coton"));
  ASSERT_GT(found.offers_size(), 0);
  bool in_title = false;
  for (const auto& offer : found.offers()) {
    for (const pb::Highlight& highlight : offer.highlights()) {
      if (highlight.field() != "title") continue;
      in_title = true;
      ASSERT_GT(highlight.ranges_size(), 0);
      EXPECT_GT(highlight.ranges(0).end(), highlight.ranges(0).start());
    }
  }
  EXPECT_TRUE(in_title);
  EXPECT_EQ(Offers(For("")).offers(0).highlights_size(), 0);
}

}  // namespace
}  // namespace dm::catalogue
