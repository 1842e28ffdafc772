#include "absl/strings/str_split.h"
#include "services/catalogue/domain/words.h"
#include "services/catalogue/feeds/seats_feed.h"
#include "services/catalogue/store/search_changes.h"
#include "tests/integration/catalogue/catalogue_world.h"

#include <set>

namespace dm::catalogue {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

constexpr double kCaligny[] = {48.802545, -0.601345};

class SearchTest : public CatalogueTest {
 protected:
  void SetUp() override { ImportSeed(); }

  pb::SearchOffersResponse Offers(const pb::SearchOffersRequest& request) {
    Violations violations;
    Validate(request, violations);
    EXPECT_TRUE(violations.empty()) << violations.ToStatus();
    CatchUp();
    const auto response = api_.SearchOffers(call_, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(pb::SearchOffersResponse());
  }

  pb::SearchProfessionsResponse Professions(const pb::SearchProfessionsRequest& request) {
    CatchUp();
    const auto response = api_.SearchProfessions(call_, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(pb::SearchProfessionsResponse());
  }

  pb::SearchCompaniesResponse Companies(const pb::SearchCompaniesRequest& request) {
    CatchUp();
    const auto response = api_.SearchCompanies(call_, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(pb::SearchCompaniesResponse());
  }

  static pb::SearchOffersRequest For(const std::string& query) {
    pb::SearchOffersRequest request;
    request.set_query(query);
    request.set_page_size(100);
    return request;
  }
};

// The names on all pages of a search, in order.
template <typename Request, typename Search, typename NamesOf>
std::vector<std::string> AllPages(Request request, Search search, NamesOf names_of) {
  std::vector<std::string> names;
  for (int page = 0; page < 200; ++page) {
    const auto response = search(request);
    for (const auto& item : names_of(response)) names.push_back(item.name());
    if (response.next_page_token().empty()) return names;
    request.set_page_token(response.next_page_token());
  }
  ADD_FAILURE() << "the pages do not end";
  return names;
}

std::map<std::string, int> ToMap(const google::protobuf::RepeatedPtrField<pb::FacetCount>& facets) {
  std::map<std::string, int> counts;
  for (const auto& facet : facets) {
    counts[facet.value()] = facet.count();
    EXPECT_FALSE(facet.display_name().empty()) << facet.value();
  }
  return counts;
}

std::vector<std::string> Fields(const absl::Status& status) {
  std::vector<std::string> fields;
  const auto details = GetErrorDetails(status);
  if (!details.has_value()) return fields;
  for (const auto& field : details->fields) fields.push_back(field.field);
  return fields;
}

TEST_F(SearchTest, FindsThe52CompaniesOfTheOrne) {
  pb::SearchCompaniesRequest request;
  request.add_departments("61");
  const auto first = Companies(request);
  EXPECT_EQ(first.total_size(), 52);
  EXPECT_EQ(first.companies_size(), 20);
  request.set_page_size(7);
  const auto names = AllPages(
      request, [this](const auto& r) { return Companies(r); },
      [](const auto& response) { return response.companies(); });
  EXPECT_EQ(names.size(), 52u);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 52u);
  request.set_page_size(1000);
  std::string before;
  const auto whole = Companies(request);
  for (const pb::Company& company : whole.companies()) {
    EXPECT_EQ(company.place().department(), "61");
    EXPECT_GE(company.offer_count(), 1);
    const std::string key = PlainText(company.display_name());
    EXPECT_LE(before, key);
    before = key;
  }
}

TEST_F(SearchTest, FindsACompanyByItsWordsAndByItsSiret) {
  pb::SearchCompaniesRequest request;
  request.set_query("LEMOINE");
  const auto found = Companies(request);
  ASSERT_EQ(found.total_size(), 1);
  EXPECT_EQ(found.companies(0).name(), "companies/00061001400011");
  pb::GetCompanyRequest get;
  get.set_name("companies/00061001400011");
  const auto company = api_.GetCompany(call_, get);
  ASSERT_TRUE(company.ok()) << company.status();
  EXPECT_EQ(company->place().commune(), "Caligny");
  EXPECT_EQ(company->naf_code(), "13.95Z");
  EXPECT_FALSE(company->demonstration());
  EXPECT_EQ(company->sectors_size(), 2);
  get.set_name("companies/73282932000074");
  EXPECT_EQ(api_.GetCompany(call_, get).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(SearchTest, CompaniesAreFoundAroundAPointByProfessionAndDespiteSpelling) {
  pb::SearchCompaniesRequest request;
  request.set_query("lemione");
  const auto misspelt = Companies(request);
  ASSERT_EQ(misspelt.total_size(), 1);
  EXPECT_EQ(misspelt.companies(0).siret(), "00061001400011");
  EXPECT_EQ(misspelt.companies(0).highlights(0).field(), "display_name");
  request.clear_query();
  request.set_lat(kCaligny[0]);
  request.set_lon(kCaligny[1]);
  request.set_radius_km(20);
  request.set_order_by("distance");
  request.set_page_size(2);
  const auto names = AllPages(
      request, [this](const auto& r) { return Companies(r); },
      [](const auto& response) { return response.companies(); });
  request.set_page_size(100);
  const auto around = Companies(request);
  ASSERT_GT(around.companies_size(), 2);
  EXPECT_EQ(names.size(), static_cast<size_t>(around.companies_size()));
  double before = 0;
  for (const auto& company : around.companies()) {
    EXPECT_GE(company.distance_km(), before - 0.001);
    EXPECT_LE(company.distance_km(), 20);
    before = company.distance_km();
  }
  int sum = 0;
  for (const auto& [code, count] : ToMap(around.department_facets())) sum += count;
  EXPECT_EQ(sum, around.total_size());
  EXPECT_GT(ToMap(around.sector_facets()).size(), 0u);
  request.add_professions("H2405");
  EXPECT_EQ(Companies(request).total_size(), 1);
  pb::SearchCompaniesRequest of_siren;
  of_siren.set_siren("000610014");
  EXPECT_EQ(Companies(of_siren).total_size(), 1);
  of_siren.set_siren("61");
  of_siren.set_order_by("distance");
  Violations violations;
  Validate(of_siren, violations);
  EXPECT_THAT(Fields(violations.ToStatus()), ElementsAre("order_by", "siren"));
}

TEST_F(SearchTest, ListsSectorsByNameAndInterestsByCode) {
  pb::ListSectorsRequest request;
  request.set_page_size(10);
  const auto names = AllPages(
      request, [this](const auto& r) { return *api_.ListSectors(call_, r); },
      [](const auto& response) { return response.sectors(); });
  EXPECT_EQ(names.size(), 35u);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 35u);
  EXPECT_EQ(names.front(), "sectors/110");
  pb::ListInterestsRequest interests;
  interests.set_page_size(7);
  const auto codes = AllPages(
      interests, [this](const auto& r) { return *api_.ListInterests(call_, r); },
      [](const auto& response) { return response.interests(); });
  ASSERT_EQ(codes.size(), 30u);
  EXPECT_EQ(codes[0], "interests/1");
  EXPECT_EQ(codes[1], "interests/2");
  EXPECT_EQ(codes[29], "interests/30");
}

TEST_F(SearchTest, ListsAllProfessionsInAlphabeticalOrderWithoutGapsOrRepeats) {
  pb::SearchProfessionsRequest request;
  request.set_page_size(9);
  const auto names = AllPages(
      request, [this](const auto& r) { return Professions(r); },
      [](const auto& response) { return response.professions(); });
  EXPECT_EQ(names.size(), 67u);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 67u);
  EXPECT_EQ(Professions(request).total_size(), 67);
}

TEST_F(SearchTest, AProfessionIsFoundByItsJobTitlesWhichAreTold) {
  pb::SearchProfessionsRequest request;
  request.set_query("boulangère-viennoisière");
  const auto found = Professions(request);
  ASSERT_GT(found.professions_size(), 0);
  EXPECT_EQ(found.professions(0).rome_code(), "D1102");
  ASSERT_EQ(found.professions(0).appellations_size(), 1);
  EXPECT_EQ(found.professions(0).appellations(0).code(), "38444");
  pb::GetProfessionRequest get;
  get.set_name("professions/D1102");
  const auto profession = api_.GetProfession(call_, get);
  ASSERT_TRUE(profession.ok()) << profession.status();
  EXPECT_GE(profession->appellations_size(), 7);
  EXPECT_EQ(profession->riasec(), "R");
  EXPECT_FALSE(profession->definition().empty());
  EXPECT_GT(profession->sectors_size(), 0);
  EXPECT_GT(profession->interests_size(), 0);
  get.set_name("professions/Z9999");
  EXPECT_EQ(api_.GetProfession(call_, get).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(SearchTest, ProfessionsAreFilteredByAllConditionsAtOnce) {
  pb::SearchProfessionsRequest request;
  request.add_riasec("A");
  const int artistic = Professions(request).total_size();
  EXPECT_GT(artistic, 0);
  EXPECT_LT(artistic, 67);
  request.add_riasec("R");
  EXPECT_GT(Professions(request).total_size(), artistic);
  request.add_sectors("110");
  EXPECT_EQ(Professions(request).total_size(), 0);
  request.clear_riasec();
  EXPECT_GT(Professions(request).total_size(), 0);
  request.clear_sectors();
  request.add_interests("1");
  EXPECT_GT(Professions(request).total_size(), 0);
}

TEST_F(SearchTest, ProfessionsPageWithoutGapsOrRepeatsWithWords) {
  pb::SearchProfessionsRequest request;
  request.set_query("technicien vendeur conducteur");
  const int total = Professions(request).total_size();
  EXPECT_GT(total, 5);
  request.set_page_size(2);
  const auto names = AllPages(
      request, [this](const auto& r) { return Professions(r); },
      [](const auto& response) { return response.professions(); });
  EXPECT_EQ(names.size(), static_cast<size_t>(total));
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
}

TEST_F(SearchTest, CompletesWhatIsTyped) {
  CatchUp();
  pb::SuggestProfessionsRequest request;
  const auto suggest = [&](const std::string& query) {
    request.set_query(query);
    const auto response = api_.SuggestProfessions(call_, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(pb::SuggestProfessionsResponse());
  };
  const auto typed = suggest("boulang");
  ASSERT_GT(typed.suggestions_size(), 0);
  EXPECT_LE(typed.suggestions_size(), 10);
  EXPECT_EQ(typed.suggestions(0).profession(), "professions/D1102");
  ASSERT_EQ(typed.suggestions(0).highlights_size(), 1);
  EXPECT_EQ(typed.suggestions(0).highlights(0).ranges(0).start(), 0);
  EXPECT_EQ(suggest("").suggestions_size(), 0);
  EXPECT_EQ(suggest("xyzxyz").suggestions_size(), 0);
  request.set_limit(1);
  EXPECT_EQ(suggest("boulang").suggestions_size(), 1);
  request.set_limit(11);
  Violations violations;
  Validate(request, violations);
  EXPECT_THAT(Fields(violations.ToStatus()), ElementsAre("limit"));
}

TEST_F(SearchTest, OffersPageWithoutGapsOrRepeatsInEveryOrder) {
  for (const char* order : {"date", "distance", "relevance", ""}) {
    pb::SearchOffersRequest request;
    request.set_order_by(order);
    request.set_lat(kCaligny[0]);
    request.set_lon(kCaligny[1]);
    request.set_radius_km(300);
    request.set_page_size(11);
    const auto names = AllPages(
        request, [this](const auto& r) { return Offers(r); },
        [](const auto& response) { return response.offers(); });
    EXPECT_EQ(names.size(), 96u) << order;
    EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size()) << order;
    EXPECT_EQ(Offers(request).total_size(), 96) << order;
  }
}

TEST_F(SearchTest, PagesStayWholeWhileSessionsPass) {
  pb::SearchOffersRequest request;
  request.set_page_size(10);
  const auto all = AllPages(
      request, [this](const auto& r) { return Offers(r); },
      [](const auto& response) { return response.offers(); });
  std::vector<std::string> names;
  const auto advancing = AllPages(
      request,
      [this](const auto& r) {
        const auto response = Offers(r);
        clock_.Set(clock_.Now() + absl::Hours(2));
        return response;
      },
      [](const auto& response) { return response.offers(); });
  EXPECT_EQ(all, advancing);
}

TEST_F(SearchTest, OffersAroundAPointComeNearestFirstWithTheirDistance) {
  pb::SearchOffersRequest request;
  request.set_lat(kCaligny[0]);
  request.set_lon(kCaligny[1]);
  request.set_radius_km(20);
  request.set_order_by("distance");
  request.set_page_size(100);
  const auto found = Offers(request);
  ASSERT_GT(found.offers_size(), 2);
  double before = 0;
  for (const pb::Offer& offer : found.offers()) {
    EXPECT_LE(offer.distance_km(), 20);
    EXPECT_GE(offer.distance_km(), before - 0.001);
    before = offer.distance_km();
  }
  EXPECT_EQ(found.offers(0).place().commune(), "Caligny");
  EXPECT_LT(found.offers_size(), 96);
  EXPECT_FALSE(Offers({}).offers(0).has_distance_km());
}

TEST_F(SearchTest, NumbersThatAreAllButZeroAreNoTrouble) {
  pb::SearchOffersRequest request;
  request.set_lat(5e-324);
  request.set_lon(-5e-324);
  request.set_radius_km(5e-324);
  request.set_order_by("distance");
  EXPECT_EQ(Offers(request).offers_size(), 0);
  request.set_lat(kCaligny[0]);
  request.set_lon(5e-324);
  EXPECT_EQ(Offers(request).offers_size(), 0);
}

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

TEST_F(SearchTest, ATokenOfAnotherQueryIsRefused) {
  pb::SearchOffersRequest request;
  request.set_page_size(5);
  const std::string token = Offers(request).next_page_token();
  ASSERT_FALSE(token.empty());
  request.add_departments("61");
  for (const std::string& wrong : {token, std::string("nonsense"), token.substr(1)}) {
    request.set_page_token(wrong);
    EXPECT_EQ(ErrorReasonOf(api_.SearchOffers(call_, request).status()), "PAGE_TOKEN_INVALID");
    pb::SearchCompaniesRequest companies;
    companies.set_page_token(wrong);
    EXPECT_EQ(ErrorReasonOf(api_.SearchCompanies(call_, companies).status()), "PAGE_TOKEN_INVALID");
    pb::SearchProfessionsRequest professions;
    professions.set_page_token(wrong);
    EXPECT_EQ(ErrorReasonOf(api_.SearchProfessions(call_, professions).status()),
              "PAGE_TOKEN_INVALID");
    pb::ListSectorsRequest sectors;
    sectors.set_page_token(wrong);
    EXPECT_EQ(ErrorReasonOf(api_.ListSectors(call_, sectors).status()), "PAGE_TOKEN_INVALID");
  }
  request.clear_departments();
  request.set_page_token(token);
  clock_.Set(clock_.Now() + absl::Hours(25));
  EXPECT_EQ(ErrorReasonOf(api_.SearchOffers(call_, request).status()), "PAGE_TOKEN_INVALID");
}

TEST_F(SearchTest, NamesAllThatIsWrongAtOnce) {
  pb::SearchOffersRequest request;
  request.set_query(std::string(201, 'a'));
  request.add_departments("99");
  request.add_professions("x");
  request.add_audiences(type::AUDIENCE_UNSPECIFIED);
  request.set_lat(91);
  request.set_from("2026-13-01");
  request.set_order_by("price");
  request.set_page_size(-1);
  request.add_companies("1");
  request.add_work_modes(pb::WORK_MODE_UNSPECIFIED);
  request.add_languages("français");
  request.set_school("61");
  Violations violations;
  Validate(request, violations);
  EXPECT_THAT(Fields(violations.ToStatus()),
              ElementsAre("query", "departments[0]", "professions[0]", "audiences[0]", "lat", "lon",
                          "radius_km", "from", "order_by", "page_size", "companies[0]",
                          "work_modes[0]", "languages[0]", "school"));
  pb::GetOfferRequest offer;
  for (const char* name : {"", "offers/", "offers/1", "companies/x"}) {
    offer.set_name(name);
    Violations wrong;
    Validate(offer, wrong);
    EXPECT_THAT(Fields(wrong.ToStatus()), ElementsAre("name")) << name;
  }
  offer.set_name("offers/019b8dd0-5780-7615-8c22-1e51d9c1fbd0");
  EXPECT_EQ(api_.GetOffer(call_, offer).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace dm::catalogue
