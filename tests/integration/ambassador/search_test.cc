#include "tests/integration/ambassador/ambassador_world.h"

#include <gmock/gmock.h>

#include <set>

namespace dm::ambassador {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr char kJeanne[] = "ambassadors/019b8dd0-5780-7615-8c22-1e51d9c1fbd0";
constexpr double kCaligny[] = {48.802545, -0.601345};

class SearchTest : public AmbassadorTest {
 protected:
  void SetUp() override { ImportSeed(); }

  std::vector<std::string> NamesFor(const std::string& query) {
    pb::SearchAmbassadorsRequest request;
    request.set_query(query);
    std::vector<std::string> names;
    const auto response = Search(request);
    for (const pb::Ambassador& one : response.ambassadors()) {
      names.push_back(one.display_name());
    }
    return names;
  }
};

TEST_F(SearchTest, FindsJeanneLemoineInTheOrne) {
  pb::SearchAmbassadorsRequest request;
  request.add_departments("61");
  request.set_page_size(100);
  const auto response = Search(request);
  EXPECT_EQ(response.total_size(), response.ambassadors_size());
  const auto jeanne = std::find_if(response.ambassadors().begin(), response.ambassadors().end(),
                                   [](const auto& one) { return one.name() == kJeanne; });
  ASSERT_NE(jeanne, response.ambassadors().end());
  EXPECT_EQ(jeanne->display_name(), "Jeanne Lemoine");
  EXPECT_EQ(jeanne->company(), "00061001400011");
  EXPECT_EQ(jeanne->place().commune(), "Caligny");
  EXPECT_FALSE(jeanne->demonstration());
  EXPECT_FALSE(jeanne->has_distance_km());
  EXPECT_GT(jeanne->next_session_time().seconds(), absl::ToUnixSeconds(clock_.Now()));
  EXPECT_THAT(jeanne->formats(),
              ElementsAre(type::MEETING_FORMAT_ON_SITE, type::MEETING_FORMAT_PHONE,
                          type::MEETING_FORMAT_VIDEO));
}

TEST_F(SearchTest, FoldsAccentsPluralsAndCaseAndForgivesTyping) {
  EXPECT_THAT(NamesFor("electriciennes"), ElementsAre("Nour Benlac"));
  EXPECT_THAT(NamesFor("JEANNE lemoine"), ElementsAre("Jeanne Lemoine"));
  EXPECT_THAT(NamesFor("Jeane Lemoinne"), ElementsAre("Jeanne Lemoine"));
  EXPECT_THAT(NamesFor("zzzzzz"), SizeIs(0));
  // What holds no word asks for nothing; what looks like syntax is none.
  EXPECT_THAT(NamesFor("de la"), SizeIs(20));
  EXPECT_THAT(NamesFor("' OR 1=1 & | ! ( :* \\"), SizeIs(0));
}

TEST_F(SearchTest, CombinesFiltersOfWhichEachIsAlternatives) {
  pb::SearchAmbassadorsRequest request;
  request.add_professions("H2405");
  request.add_professions("D1102");
  EXPECT_EQ(Search(request).total_size(), 2);
  request.add_companies("00061001400011");
  EXPECT_EQ(Search(request).total_size(), 1);
  request.add_sectors("90");
  request.add_sectors("84");
  request.add_formats(type::MEETING_FORMAT_VIDEO);
  ASSERT_EQ(Search(request).total_size(), 1);
  EXPECT_EQ(Search(request).ambassadors(0).name(), kJeanne);
  request.add_departments("14");
  EXPECT_EQ(Search(request).total_size(), 0);
}

TEST_F(SearchTest, SortsByDistanceAroundAPointAndKeepsWithinTheRadius) {
  pb::SearchAmbassadorsRequest request;
  request.set_lat(kCaligny[0]);
  request.set_lon(kCaligny[1]);
  request.set_radius_km(60);
  request.set_page_size(3);
  double last = 0;
  int seen = 0;
  int total = 0;
  do {
    const auto response = Search(request);
    if (seen == 0) {
      EXPECT_EQ(response.ambassadors(0).name(), kJeanne);
    }
    for (const pb::Ambassador& one : response.ambassadors()) {
      EXPECT_GE(one.distance_km(), last);
      EXPECT_LE(one.distance_km(), 60);
      last = one.distance_km();
      ++seen;
    }
    total = response.total_size();
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(seen, total);
  EXPECT_GT(seen, 3);
  EXPECT_LT(seen, 21);
}

TEST_F(SearchTest, NumbersThatAreAllButZeroAreNoTrouble) {
  pb::SearchAmbassadorsRequest request;
  request.set_lat(kCaligny[0]);
  request.set_lon(5e-324);
  request.set_radius_km(5e-324);
  EXPECT_EQ(Search(request).total_size(), 0);
}

TEST_F(SearchTest, PagesThroughEverybodyOnceInAlphabeticalOrder) {
  pb::SearchAmbassadorsRequest request;
  request.set_page_size(4);
  std::vector<std::string> order;
  std::set<std::string> names;
  do {
    const auto response = Search(request);
    EXPECT_EQ(response.total_size(), 21);
    for (const pb::Ambassador& one : response.ambassadors()) {
      order.push_back(one.display_name());
      names.insert(one.name());
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(order, SizeIs(21));
  EXPECT_THAT(names, SizeIs(21));
  EXPECT_EQ(order.front(), "Achille Sautereau");
  EXPECT_EQ(order.back(), "Zélie Octet");
}

TEST_F(SearchTest, RefusesTokensThatAreNotOfThisQuery) {
  pb::SearchAmbassadorsRequest request;
  request.set_page_size(1);
  const std::string token = Search(request).next_page_token();
  ASSERT_FALSE(token.empty());
  pb::SearchAmbassadorsRequest other;
  other.set_query("boulangère");
  other.set_page_token(token);
  pb::SearchAmbassadorsRequest broken;
  broken.set_page_token("x" + token);
  pb::SearchAmbassadorsRequest changed_size;
  changed_size.set_page_size(2);
  changed_size.set_page_token(token);
  for (const auto& [wrong, refused] :
       {std::pair(other, true), std::pair(broken, true), std::pair(changed_size, false)}) {
    const auto response = api_.SearchAmbassadors(call_, wrong);
    EXPECT_EQ(ErrorReasonOf(response.status()), refused ? "PAGE_TOKEN_INVALID" : "");
  }
  clock_.Set(clock_.Now() + absl::Hours(25));
  request.set_page_token(token);
  EXPECT_EQ(ErrorReasonOf(api_.SearchAmbassadors(call_, request).status()), "PAGE_TOKEN_INVALID");
}

TEST_F(SearchTest, ChecksNameEveryViolationOfARequest) {
  Violations violations;
  pb::SearchAmbassadorsRequest search;
  search.add_departments("20");
  search.add_formats(type::MEETING_FORMAT_UNSPECIFIED);
  search.add_formats(static_cast<type::MeetingFormat>(77));
  search.set_lat(1);
  AmbassadorApi::CheckSearchAmbassadors(search, violations);
  pb::GetAmbassadorRequest get;
  get.set_name("ambassadors/jeanne");
  AmbassadorApi::CheckGetAmbassador(get, violations);
  pb::ListSessionsRequest list;
  list.set_from("x");
  list.set_page_size(-1);
  AmbassadorApi::CheckListSessions(list, violations);
  std::vector<std::string> fields;
  const auto details = GetErrorDetails(violations.ToStatus());
  for (const auto& one : details->fields) fields.push_back(one.field);
  EXPECT_THAT(fields, ElementsAre("departments[0]", "formats[0]", "formats[1]", "lon", "radius_km",
                                  "name", "parent", "from", "page_size"));
}

TEST_F(SearchTest, GetsAmbassadorsTogetherEachOnceAndLeavesOutWhatIsUnknown) {
  const auto all = Search({});
  ASSERT_GE(all.ambassadors_size(), 2);
  pb::BatchGetAmbassadorsRequest request;
  for (const int i : {1, 0, 1}) request.add_names(all.ambassadors(i).name());
  request.add_names("ambassadors/019b8dd0-5780-7615-8c22-1e51d9c1fbd1");
  const auto found = api_.BatchGetAmbassadors(call_, request);
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_EQ(found->ambassadors_size(), 2);
  EXPECT_LT(found->ambassadors(0).name(), found->ambassadors(1).name());
  for (const pb::Ambassador& ambassador : found->ambassadors()) {
    pb::GetAmbassadorRequest get;
    get.set_name(ambassador.name());
    EXPECT_EQ(api_.GetAmbassador(call_, get)->SerializeAsString(), ambassador.SerializeAsString());
  }
  Violations violations;
  request.add_names("offers/1");
  AmbassadorApi::CheckBatchGetAmbassadors(request, violations);
  AmbassadorApi::CheckBatchGetAmbassadors({}, violations);
  EXPECT_EQ(GetErrorDetails(violations.ToStatus())->fields.size(), 2u);
}

TEST_F(SearchTest, GetsPublishedAmbassadorsOnly) {
  pb::GetAmbassadorRequest request;
  request.set_name(kJeanne);
  const auto jeanne = api_.GetAmbassador(call_, request);
  ASSERT_TRUE(jeanne.ok()) << jeanne.status();
  EXPECT_EQ(jeanne->job_title(), "Directrice générale");
  EXPECT_THAT(jeanne->presentation(), HasSubstr("coton"));

  pb::GetAmbassadorRequest unknown;
  unknown.set_name("ambassadors/019b8dd0-5780-7615-8c22-1e51d9c1fbd1");
  EXPECT_EQ(api_.GetAmbassador(call_, unknown).status().code(), absl::StatusCode::kNotFound);

  const absl::Status hidden =
      database_->Write(call_.deadline, [](database::Transaction& transaction) {
        transaction.Exec({"hide", "UPDATE ambassadors SET published = false"});
        return absl::OkStatus();
      });
  ASSERT_TRUE(hidden.ok()) << hidden;
  EXPECT_EQ(api_.GetAmbassador(call_, request).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Search({}).total_size(), 0);
  pb::ListSessionsRequest sessions;
  sessions.set_parent(kJeanne);
  EXPECT_EQ(api_.ListSessions(call_, sessions).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(SearchTest, ListsSessionsToComeSoonestFirst) {
  pb::ListSessionsRequest request;
  request.set_parent(kJeanne);
  request.set_page_size(4);
  const auto first = api_.ListSessions(call_, request);
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_EQ(first->sessions_size(), 4);
  EXPECT_THAT(first->sessions(0).name(), HasSubstr(std::string(kJeanne) + "/sessions/"));
  EXPECT_EQ(first->sessions(0).available(), first->sessions(0).capacity());
  request.set_page_token(first->next_page_token());
  const auto second = api_.ListSessions(call_, request);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->sessions_size(), 2);
  EXPECT_EQ(second->next_page_token(), "");
  EXPECT_LT(first->sessions(3).start_time().seconds(), second->sessions(0).start_time().seconds());

  // On the Sunday after three of six weeks; a range of days takes its last day whole.
  clock_.Set(clock_.Now() + absl::Hours(24 * 27));
  request.clear_page_token();
  EXPECT_EQ(api_.ListSessions(call_, request)->sessions_size(), 3);
  pb::ListSessionsRequest none = request;
  none.set_from("2030-01-01");
  EXPECT_EQ(api_.ListSessions(call_, none)->sessions_size(), 0);
  clock_.Set(absl::FromUnixSeconds(1795435200));
  pb::ListSessionsRequest day = request;
  day.set_from("2026-11-30");
  day.set_to("2026-11-30");
  const auto of_day = api_.ListSessions(call_, day);
  ASSERT_TRUE(of_day.ok()) << of_day.status();
  EXPECT_EQ(of_day->sessions_size(), 1);
}

}  // namespace
}  // namespace dm::ambassador
