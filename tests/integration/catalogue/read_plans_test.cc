#include "services/catalogue/api/reference_api.h"
#include "services/catalogue/store/search_changes.h"
#include "tests/integration/catalogue/catalogue_world.h"
#include "tests/support/recording_database.h"
#include "tests/support/statement_plan.h"

#include <functional>
#include <map>
#include <regex>
#include <set>
#include <string>

namespace dm::catalogue {
namespace {

using database::Statement;
using database::Transaction;
using testing::RecordingDatabase;
using testing::RunStatement;

// As many rows as the service may have one day, of which the plans are made: 10⁵ offers of 20,000
// companies, and as many professions as ROME has.
constexpr Statement kManyProfessions{"test_many_professions", R"sql(
INSERT INTO professions (rome_code, title, definition, access, riasec_major, riasec_minor, sort_key,
                         folded_title, folded_definition)
SELECT 'Z' || lpad(n::text, 4, '0'), 'Métier ' || n, '', '', 'R', '', 'metier ' || n, 'metier ' || n,
       ''
FROM generate_series(1, 1000) AS n
)sql"};
constexpr Statement kManyCompanies{"test_many_companies", R"sql(
INSERT INTO companies (siret, display_name, description, naf_code, sectors, street, postal_code,
                       commune_code, website, demonstration, sort_key, folded_name,
                       folded_description, department, offer_count)
SELECT '9' || lpad(n::text, 13, '0'), 'Entreprise ' || n, '', '', '{}', '', '61000', m.code, '', true,
       'entreprise ' || n, 'entrepris ' || n, '', m.department, 5
FROM generate_series(1, 20000) AS n
JOIN (SELECT *, row_number() OVER (ORDER BY code) - 1 AS place, count(*) OVER () AS communes
      FROM communes) AS m ON n % m.communes = m.place
)sql"};
constexpr Statement kManyOffers{"test_many_offers_of_companies", R"sql(
WITH added AS (
  INSERT INTO offers (id, siret, key, rome_code, title, description, audiences, accessible,
                      instant_confirmation, demonstration, published, state, folded_title,
                      department, latitude, longitude)
  SELECT gen_random_uuid(), c.siret, 'many-' || n, 'Z' || lpad((1 + n % 1000)::text, 4, '0'),
         'Offre ' || n, '', '{3}', false, false, true, true, 3, 'ofr ' || n, c.department, 48.7, -0.5
  FROM generate_series(1, 100000) AS n
  JOIN companies c ON c.siret = '9' || lpad((1 + n % 20000)::text, 13, '0')
  RETURNING id
)
INSERT INTO sessions (id, offer_id, start_time, end_time, capacity)
SELECT gen_random_uuid(), id, dm_time($1) + make_interval(days => day),
       dm_time($1) + make_interval(days => day, hours => 8), 3
FROM added, generate_series(1, 2) AS day
)sql"};

// None of the statements looks through the whole of one of the tables ("offers|sessions").
void ExpectNoScan(database::Database& database,
                  const std::map<std::string, RunStatement>& statements,
                  const std::string& tables) {
  const std::regex scan("Seq Scan on (" + tables + ")\\b");
  const absl::Status explained =
      database.Read(absl::Now() + absl::Minutes(1), [&](Transaction& transaction) {
        for (const auto& [name, statement] : statements) {
          for (const char* const mode : {"force_custom_plan", "force_generic_plan"}) {
            const std::string plan = testing::PlanOf(transaction, statement, mode);
            EXPECT_FALSE(std::regex_search(plan, scan)) << name << ", " << mode << ":\n" << plan;
          }
        }
        return absl::OkStatus();
      });
  EXPECT_TRUE(explained.ok()) << explained;
}

class ReadPlansTest : public CatalogueTest {
 protected:
  void SetUp() override {
    ImportSeed();
    const absl::Status filled = owner_->Write(call_.deadline, [&](Transaction& transaction) {
      transaction.Exec(kManyProfessions);
      transaction.Exec(kManyCompanies);
      transaction.Exec(kManyOffers, database::ToMicros(clock_.Now()));
      transaction.raw().exec("ANALYZE offers, sessions, companies, professions, communes");
      return absl::OkStatus();
    });
    ASSERT_TRUE(filled.ok()) << filled;
    CatchUp();
  }

  void TouchSome() {
    const absl::Status touched = database_->Write(call_.deadline, [&](Transaction& transaction) {
      const pqxx::result some = transaction.Exec(
          {"test_some", "SELECT array_agg(id) FROM (SELECT id FROM offers LIMIT 50) AS o"});
      TouchOffers(transaction, std::string(some[0][0].c_str()), clock_.Now());
      return absl::OkStatus();
    });
    ASSERT_TRUE(touched.ok()) << touched;
  }

  // Every read of the service, by its name.
  std::map<std::string, std::function<absl::Status()>> Reads(const CatalogueApi& api) {
    pb::SearchOffersRequest near;
    near.set_query("offre");
    near.set_lat(48.7);
    near.set_lon(-0.5);
    near.set_radius_km(20);
    near.set_available_only(true);
    pb::SearchCompaniesRequest companies;
    companies.set_query("entreprise");
    pb::SearchProfessionsRequest professions;
    professions.set_query("métier");
    pb::SuggestProfessionsRequest typed;
    typed.set_query("mét");
    pb::GetProfessionRequest profession;
    profession.set_name("professions/Z0001");
    pb::GetCompanyRequest company;
    company.set_name("companies/90000000000001");
    pb::GetOfferRequest offer;
    offer.set_name(absl::StrCat(
        "offers/", Ask({"test_any", "SELECT min(id::text) FROM offers"})[0][0].c_str()));
    pb::BatchGetCompaniesRequest some_companies;
    pb::BatchGetOffersRequest some_offers;
    for (int i = 0; i < 3; ++i) {
      some_companies.add_names(absl::StrCat("companies/9000000000000", i));
      some_offers.add_names(offer.name());
    }
    return {
        {"BatchGetCompanies",
         [&api, this, some_companies] {
           return api.BatchGetCompanies(call_, some_companies).status();
         }},
        {"BatchGetOffers",
         [&api, this, some_offers] { return api.BatchGetOffers(call_, some_offers).status(); }},
        {"ListSectors", [&api, this] { return api.ListSectors(call_, {}).status(); }},
        {"ListInterests", [&api, this] { return api.ListInterests(call_, {}).status(); }},
        {"SearchProfessions",
         [&api, this, professions] { return api.SearchProfessions(call_, professions).status(); }},
        {"SuggestProfessions",
         [&api, this, typed] { return api.SuggestProfessions(call_, typed).status(); }},
        {"GetProfession",
         [&api, this, profession] { return api.GetProfession(call_, profession).status(); }},
        {"SearchCompanies",
         [&api, this, companies] { return api.SearchCompanies(call_, companies).status(); }},
        {"GetCompany", [&api, this, company] { return api.GetCompany(call_, company).status(); }},
        {"SearchOffers", [&api, this, near] { return api.SearchOffers(call_, near).status(); }},
        {"GetOffer", [&api, this, offer] { return api.GetOffer(call_, offer).status(); }},
    };
  }
};

TEST_F(ReadPlansTest, NoReadLooksThroughAWholeTable) {
  RecordingDatabase recording(database_.get());
  // What readers in memory ask when an offer changed; at first they read everything.
  search::CatalogueIndex index;
  IndexFollower follower(&recording, &index, &clock_);
  ASSERT_TRUE(follower.CatchUp(call_.deadline).ok());
  recording.Forget();
  TouchSome();
  ASSERT_TRUE(follower.CatchUp(call_.deadline).ok());
  const CatalogueApi api(&recording, &index_, &page_tokens_, &clock_, [] {});
  const auto reads = Reads(api);
  const auto* const service =
      pb::Sector::descriptor()->file()->FindServiceByName("CatalogueService");
  for (int i = 0; i < service->method_count(); ++i) {
    const std::string name = service->method(i)->name();
    // Cancelling writes.
    if (name == "CancelSession") continue;
    ASSERT_TRUE(reads.contains(name)) << name << " is a read whose plans nobody looks at";
    const absl::Status status = reads.at(name)();
    EXPECT_TRUE(status.ok()) << name << ": " << status;
  }
  const std::map<std::string, RunStatement> statements = recording.statements();
  EXPECT_GE(statements.size(), 10u);
  ExpectNoScan(*database_, statements, "offers|sessions|companies|professions");
}

// As many communes and schools as France has.
constexpr Statement kManyCommunes{"test_many_communes", R"sql(
INSERT INTO communes (code, name, department, postal_codes, population, latitude, longitude,
                      sort_key)
SELECT lpad(n::text, 5, '0'), 'Commune ' || n, lpad((1 + n % 95)::text, 2, '0'),
       ARRAY[lpad(n::text, 5, '0')], n % 5000, 48, 0,
       CASE WHEN n % 5 = 0 THEN 'saint ' ELSE 'commune ' END || md5(n::text)
FROM generate_series(1, 35000) AS n
)sql"};
constexpr Statement kManySchools{"test_many_schools", R"sql(
INSERT INTO schools (uai, display_name, kind, is_public, street, postal_code, commune_code,
                     department, siret, sort_key, folded_name)
SELECT lpad(n::text, 7, '0') || 'A', 'Lycée ' || n, '', true, '', '61000', m.code, m.department,
       '', 'lycee ' || md5(n::text), 'lyce ' || md5(n::text)
FROM generate_series(1, 20000) AS n JOIN communes m ON m.code = lpad(n::text, 5, '0')
)sql"};

TEST_F(CatalogueTest, NoReadLooksThroughAllCommunesOrSchools) {
  const absl::Status filled = owner_->Write(call_.deadline, [](Transaction& transaction) {
    transaction.Exec(kManyCommunes);
    transaction.Exec(kManySchools);
    transaction.raw().exec("ANALYZE communes, schools");
    return absl::OkStatus();
  });
  ASSERT_TRUE(filled.ok()) << filled;
  RecordingDatabase recording(database_.get());
  const ReferenceApi api(&recording, &page_tokens_, &clock_);
  for (const char* const query : {"", "0c1", "61"}) {
    pb::ListCommunesRequest communes;
    communes.set_query(query);
    communes.add_departments("61");
    EXPECT_TRUE(api.ListCommunes(call_, communes).ok());
    pb::ListSchoolsRequest schools;
    schools.set_query(query);
    EXPECT_TRUE(api.ListSchools(call_, schools).ok());
  }
  const std::map<std::string, RunStatement> statements = recording.statements();
  EXPECT_EQ(statements.size(), 4u);
  ExpectNoScan(*database_, statements, "communes|schools");
}

}  // namespace
}  // namespace dm::catalogue
