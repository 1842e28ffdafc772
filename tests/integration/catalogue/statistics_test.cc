#include "services/catalogue/store/statistics.h"

#include "absl/strings/str_join.h"
#include "services/catalogue/api/statistics_api.h"
#include "services/catalogue/jobs/statistics_jobs.h"
#include "services/catalogue/store/search_counts.h"
#include "tests/integration/catalogue/catalogue_world.h"

#include <string>
#include <vector>

namespace dm::catalogue {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::IsEmpty;
using ::testing::Lt;

constexpr absl::Duration kPatience = absl::Seconds(30);

class StatisticsTest : public CatalogueTest {
 protected:
  StatisticsTest() {
    OpenCall(agency_, {auth::Role::kAnonymous, auth::Role::kAgency});
    agency_.caller.territory = {"61"};
  }

  pb::GetStatisticsResponse Get(const rpc::Call& call,
                                std::vector<pb::StatisticsDimension> dimensions,
                                std::vector<std::string> departments = {}) {
    pb::GetStatisticsRequest request;
    request.set_from("2026-11");
    request.set_to("2027-12");
    for (const auto dimension : dimensions) request.add_group_by(dimension);
    for (const std::string& code : departments) request.add_departments(code);
    const auto response = api().GetStatistics(call, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(pb::GetStatisticsResponse());
  }

  // "display name: offers companies sessions seats held".
  static std::string Text(const pb::StatisticsRow& row) {
    return absl::StrCat(row.display_name(), ": ", row.offers(), " ", row.companies(), " ",
                        row.sessions(), " ", row.seats(), " ", row.held());
  }
  static std::vector<std::string> Texts(const pb::GetStatisticsResponse& response) {
    std::vector<std::string> texts;
    for (const auto& row : response.rows()) texts.push_back(Text(row));
    return texts;
  }

  int64_t Refresh() {
    const auto changed = RefreshMonthlyFigures(*database_, absl::Now() + kPatience, clock_.Now());
    EXPECT_TRUE(changed.ok() && changed->has_value()) << changed.status();
    return changed.ok() ? changed->value_or(-1) : -1;
  }

  // A company with one published offer and one session of 4 seats, one of which is held, a month.
  void AddCompany(int number, const std::string& commune, const std::string& profession,
                  const std::vector<std::string>& days) {
    const std::string siret = absl::StrCat(10000000000000 + number);
    const absl::Status added =
        database_->Write(absl::Now() + kPatience, [&](database::Transaction& transaction) {
          transaction.Exec(database::Statement{"test_company", R"sql(
INSERT INTO companies (siret, display_name, description, naf_code, sectors, street, postal_code,
                       commune_code, website, demonstration, sort_key, folded_name,
                       folded_description, department)
SELECT $1, $1, '', '', '{}', '', '61000', code, '', true, '', '', '', department
FROM communes WHERE code = $2
)sql"},
                           siret, commune);
          transaction.Exec(database::Statement{"test_offer", R"sql(
INSERT INTO offers (id, siret, key, rome_code, title, description, audiences, accessible,
                    instant_confirmation, demonstration, published, state, publish_time,
                    folded_title, department, sectors)
SELECT gen_random_uuid(), siret, 'a', $2, '', '', '{1}', false, false, true, true, 3, now(), '',
       department, ARRAY['9', '10']
FROM companies WHERE siret = $1
)sql"},
                           siret, profession);
          transaction.Exec(database::Statement{"test_sessions", R"sql(
INSERT INTO sessions (id, offer_id, start_time, end_time, capacity, held)
SELECT gen_random_uuid(), id, day::timestamptz, day::timestamptz + interval '1 day', 4, 1
FROM offers, unnest($2::text[]) AS day WHERE siret = $1
)sql"},
                           siret, days);
          return absl::OkStatus();
        });
    ASSERT_TRUE(added.ok()) << added;
  }

  StatisticsApi& api() { return statistics_; }

  StatisticsApi statistics_{database_.get(), &page_tokens_, &clock_};
  rpc::Call agency_;
};

class FoldedStatistics : public StatisticsTest {
 protected:
  // Six companies in the Orne, of which one is a carpenter, and two in the Manche.
  FoldedStatistics() {
    MustImport("communes", Seed("communes.csv"));
    MustImport("rome", SeedRome());
    for (int i = 0; i < 5; ++i) {
      AddCompany(i, "61070", "D1102", {"2026-12-31 23:30+01", "2027-01-01 00:30+01"});
    }
    AddCompany(5, "61070", "H2206", {"2027-01-04 09:00+01"});
    AddCompany(6, "50129", "D1102", {"2027-01-05 09:00+01"});
    AddCompany(7, "50129", "D1102", {"2027-01-05 09:00+01"});
    Refresh();
  }
};

TEST_F(FoldedStatistics, CountOffersAndCompaniesOnceHoweverManyMonthsTheyAreIn) {
  const auto all = Get(operator_, {});
  EXPECT_EQ(Text(all.total()), "Ensemble: 8 8 13 52 13");
  EXPECT_DOUBLE_EQ(all.total().fill_rate(), 0.25);
  EXPECT_THAT(Texts(all), ElementsAre("Ensemble: 8 8 13 52 13"));
  // Midnight is that of Paris.
  EXPECT_THAT(Texts(Get(operator_, {pb::STATISTICS_DIMENSION_MONTH})),
              ElementsAre("décembre 2026: 5 5 5 20 5", "janvier 2027: 8 8 8 32 8"));
  // An offer counts in each of its sectors, and once in the sum.
  const auto sectors = Get(operator_, {pb::STATISTICS_DIMENSION_SECTOR});
  EXPECT_EQ(sectors.rows_size(), 2);
  EXPECT_EQ(sectors.rows(0).offers(), 8);
  EXPECT_EQ(sectors.rows(1).offers(), 8);
  EXPECT_EQ(Text(sectors.total()), "Ensemble: 8 8 13 52 13");
  EXPECT_THAT(
      Texts(Get(operator_, {pb::STATISTICS_DIMENSION_DEPARTMENT, pb::STATISTICS_DIMENSION_MONTH})),
      ElementsAre("Manche · janvier 2027: 2 2 2 8 2", "Orne · décembre 2026: 5 5 5 20 5",
                  "Orne · janvier 2027: 6 6 6 24 6"));
}

TEST_F(FoldedStatistics, ShowEverybodyNoRowOfFewCompanies) {
  // Two and one make three: the next smallest goes with them, lest the sum tell.
  const std::vector<pb::StatisticsDimension> by = {pb::STATISTICS_DIMENSION_DEPARTMENT,
                                                   pb::STATISTICS_DIMENSION_PROFESSION};
  const auto folded = Get(call_, by);
  EXPECT_THAT(Texts(folded), ElementsAre("Autres: 8 8 13 52 13"));
  EXPECT_EQ(folded.rows(0).department(), "");
  EXPECT_EQ(Get(operator_, by).rows_size(), 3);
  // Its own territory an agency sees as it is, the rest as everybody.
  const auto own = Texts(Get(agency_, by));
  EXPECT_EQ(own.size(), 2u);
  EXPECT_THAT(own, ::testing::Each(::testing::StartsWith("Orne · ")));
  EXPECT_EQ(Texts(Get(agency_, by, {"61", "50"})), own);
}

TEST_F(FoldedStatistics, TellNothingOfASumOfFewCompanies) {
  const auto few = Get(call_, {pb::STATISTICS_DIMENSION_MONTH}, {"50"});
  EXPECT_THAT(few.rows(), IsEmpty());
  EXPECT_FALSE(few.has_total());
  EXPECT_FALSE(Get(agency_, {}, {"50"}).has_total());
  EXPECT_EQ(Text(Get(agency_, {}).total()), "Ensemble: 6 6 11 44 11");
  // None at all is no secret.
  EXPECT_EQ(Text(Get(call_, {}, {"14"}).total()), "Ensemble: 0 0 0 0 0");
}

TEST_F(FoldedStatistics, FollowWhatIsCancelledAndLeaveWhatIsLongPast) {
  EXPECT_EQ(Refresh(), 0);
  Ask({"test_cancel", R"sql(
    UPDATE sessions SET closed = true, cancel_time = now(), cancelled_by = 'people/a',
                        cancel_reason = '' WHERE start_time > '2027-01-04')sql"});
  EXPECT_EQ(Refresh(), 3);
  EXPECT_EQ(Text(Get(operator_, {}).total()), "Ensemble: 5 5 10 40 10");
  clock_.Set(clock_.Now() + absl::Hours(24 * 120));
  EXPECT_EQ(Refresh(), 0);
  Ask({"test_raise", "UPDATE sessions SET capacity = 9, held = 12"});
  EXPECT_EQ(Refresh(), 0);
  EXPECT_EQ(Text(Get(operator_, {}).total()), "Ensemble: 5 5 10 40 10");
}

TEST_F(StatisticsTest, RefuseEveryWrongFieldAtOnce) {
  const auto fields = [this](const auto& request) {
    Violations violations;
    api().Validate(request, violations);
    std::vector<std::string> names;
    const auto details = GetErrorDetails(violations.ToStatus());
    if (details.has_value()) {
      for (const FieldViolation& field : details->fields) names.push_back(field.field);
    }
    return absl::StrJoin(names, " ");
  };
  pb::GetStatisticsRequest request;
  EXPECT_EQ(fields(request), "");
  request.set_from("2026-13");
  request.add_departments("99");
  request.add_group_by(pb::STATISTICS_DIMENSION_MONTH);
  request.add_group_by(pb::STATISTICS_DIMENSION_MONTH);
  EXPECT_EQ(fields(request), "from departments[0] group_by");
  pb::GetStatisticsRequest span;
  span.set_from("2023-01");
  span.set_to("2026-02");
  EXPECT_EQ(fields(span), "to");
  span.set_to("2026-01");
  EXPECT_EQ(fields(span), "");
  span.set_to("2022-12");
  EXPECT_EQ(fields(span), "to");
  pb::ListFrequentSearchesRequest list;
  EXPECT_EQ(fields(list), "");
  list.set_page_size(-1);
  list.set_from("hier");
  list.set_kind(static_cast<pb::ListFrequentSearchesRequest::Kind>(9));
  EXPECT_EQ(fields(list), "page_size from kind");
}

class SearchStatistics : public StatisticsTest {
 protected:
  void Count(SearchSubject subject, const std::string& query, int times, int empty = 0) {
    for (int i = 0; i < times; ++i) tally_.Count(subject, query, i < empty);
  }
  void Flush() {
    const absl::Status flushed = job_.Flush(absl::Now() + kPatience);
    ASSERT_TRUE(flushed.ok()) << flushed;
  }
  // "words searches/empty".
  std::vector<std::string> List(pb::ListFrequentSearchesRequest request = {}) {
    std::vector<std::string> texts;
    do {
      const auto page = api().ListFrequentSearches(agency_, request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      for (const auto& search : page->searches()) {
        texts.push_back(absl::StrCat(search.words(), " ", search.searches(), "/", search.empty()));
      }
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return texts;
  }
  int64_t Kept() {
    return Ask({"test_kept", "SELECT count(*) FROM search_counts"})[0][0].as<int64_t>();
  }

  SearchCountsJob job_{database_.get(), &tally_, &clock_};
};

TEST_F(SearchStatistics, ListWhatIsSearchedForMostAndMostInVain) {
  Count(SearchSubject::kOffers, "Boulanger", 4);
  Count(SearchSubject::kOffers, "  boulangère ", 3);
  Count(SearchSubject::kProfessions, "licorne", 6, 6);
  Count(SearchSubject::kProfessions, "soudeur", 9, 2);
  Flush();
  EXPECT_THAT(List(), ElementsAre("soudeu 9/2", "boulanger 7/0", "licorn 6/6"));
  pb::ListFrequentSearchesRequest request;
  request.set_page_size(1);
  EXPECT_EQ(List(request).size(), 3u);
  request.set_kind(pb::ListFrequentSearchesRequest::KIND_EMPTY);
  EXPECT_THAT(List(request), ElementsAre("licorn 6/6", "soudeu 9/2"));
  request.set_kind(pb::ListFrequentSearchesRequest::KIND_FREQUENT);
  request.set_subject(pb::ListFrequentSearchesRequest::SUBJECT_OFFERS);
  EXPECT_THAT(List(request), ElementsAre("boulanger 7/0"));
  request.set_to("2026-11-22");
  EXPECT_THAT(List(request), IsEmpty());
}

TEST_F(SearchStatistics, NeverListNorKeepWhatIsSearchedForRarely) {
  Count(SearchSubject::kOffers, "Ophélie Martin", 4);
  Count(SearchSubject::kOffers, "soudeur", 5);
  Flush();
  EXPECT_THAT(List(), ElementsAre("soudeu 5/0"));
  EXPECT_TRUE(job_.Forget(absl::Now() + kPatience).ok());
  EXPECT_EQ(Kept(), 2);
  // Four a day do not become often.
  clock_.Set(clock_.Now() + absl::Hours(24));
  Count(SearchSubject::kOffers, "Ophélie Martin", 4);
  Flush();
  EXPECT_THAT(List(), ElementsAre("soudeu 5/0"));
  EXPECT_TRUE(job_.Forget(absl::Now() + kPatience).ok());
  EXPECT_EQ(Kept(), 2);
  clock_.Set(clock_.Now() + absl::Hours(24 * 500));
  EXPECT_TRUE(job_.Forget(absl::Now() + kPatience).ok());
  EXPECT_EQ(Kept(), 0);
}

TEST_F(SearchStatistics, CountNothingThatTellsOfAPerson) {
  for (const char* query :
       {"06 12 34 56 78", "ophelie@example.org", "ophelie martin 61000",
        "je cherche ophelie martin caligny orne normandie boulanger", "", "  "}) {
    Count(SearchSubject::kOffers, query, 50);
  }
  Flush();
  EXPECT_EQ(Kept(), 0);
}

TEST_F(SearchStatistics, BoundWhatIsCountedAtOnce) {
  for (int i = 0; i < 60'000; ++i) {
    std::string query;
    for (int rest = i; rest > 0; rest /= 26) query += static_cast<char>('a' + rest % 26);
    tally_.Count(SearchSubject::kOffers, query, false);
  }
  EXPECT_THAT(tally_.Take().size(), AllOf(Gt(1'000u), Lt(16'001u)));
  EXPECT_THAT(tally_.Take(), IsEmpty());
}

}  // namespace
}  // namespace dm::catalogue
