#include "common/text/uuid.h"
#include "destinationmetier/event/v1/booking_events.pb.h"
#include "services/catalogue/api/company_settings_api.h"
#include "services/catalogue/api/moderation_validation.h"
#include "services/catalogue/feeds/requests_feed.h"
#include "tests/integration/catalogue/catalogue_world.h"

#include <thread>

namespace dm::catalogue {
namespace {

class CompanySettingsTest : public CatalogueTest {
 protected:
  CompanySettingsTest() {
    ImportSeed();
    OpenCall(host_, {auth::Role::kAnonymous, auth::Role::kHost});
    host_.caller.subject = "hote";
    host_.caller.companies = {kLemoine};
    host_.method = "/destinationmetier.catalogue.v1.CompanySettingsService/UpdateCompanySettings";
    operator_.caller.subject = "operateur";
    operator_.method = host_.method;
  }

  static std::string Name() { return absl::StrCat("companies/", kLemoine, "/settings"); }

  absl::StatusOr<pb::CompanySettings> Get(const rpc::Call& call) {
    pb::GetCompanySettingsRequest request;
    request.set_name(Name());
    return settings_.Get(call, request);
  }
  pb::CompanySettings MustGet() {
    const auto settings = Get(host_);
    EXPECT_TRUE(settings.ok()) << settings.status();
    return settings.value_or(pb::CompanySettings());
  }

  static pb::UpdateCompanySettingsRequest Request(const std::string& path) {
    pb::UpdateCompanySettingsRequest request;
    request.mutable_settings()->set_name(Name());
    if (!path.empty()) request.mutable_update_mask()->add_paths(path);
    request.set_request_id(NewUuid(absl::Now()));
    return request;
  }
  static void AddSite(pb::UpdateCompanySettingsRequest* request, const std::string& key,
                      const std::string& commune_code, const std::string& postal_code) {
    pb::Site* site = request->mutable_settings()->add_sites();
    site->set_name(absl::StrCat("companies/", kLemoine, "/sites/", key));
    site->set_display_name("Atelier");
    site->mutable_place()->set_street("3 rue du Bief");
    site->mutable_place()->set_postal_code(postal_code);
    site->mutable_place()->set_commune_code(commune_code);
  }

  void Execute(const std::string& sql) {
    const absl::Status status =
        owner_->Write(absl::Now() + absl::Seconds(30), [&](database::Transaction& transaction) {
          transaction.raw().exec(sql);
          return absl::OkStatus();
        });
    ASSERT_TRUE(status.ok()) << status;
  }

  // The communes of the seed: the one of the company first.
  std::vector<std::string> Communes() {
    std::vector<std::string> codes;
    for (const pqxx::row& row :
         Ask({"test_communes",
              "SELECT m.code FROM communes m LEFT JOIN companies c ON c.siret = "
              "'00061001400011' AND c.commune_code = m.code WHERE NOT obsolete "
              "ORDER BY c.siret NULLS LAST, m.code LIMIT 2"})) {
      codes.emplace_back(row[0].c_str());
    }
    return codes;
  }

  CompanySettingsApi settings_{database_.get(), &clock_, [this] { ++wakes_; }};
  rpc::Call host_;
};

TEST_F(CompanySettingsTest, ThoseOfSeveralCompaniesComeTogetherAndOthersAreLeftOut) {
  pb::BatchGetCompanySettingsRequest request;
  request.add_names(Name());
  request.add_names("companies/00061019600016/settings");
  request.add_names(Name());
  const auto own = settings_.BatchGet(host_, request);
  ASSERT_TRUE(own.ok()) << own.status();
  ASSERT_EQ(own->settings_size(), 1);
  EXPECT_EQ(own->settings(0).SerializeAsString(), MustGet().SerializeAsString());
  EXPECT_EQ(settings_.BatchGet(operator_, request)->settings_size(), 2);
  Violations violations;
  request.add_names("companies/1/settings");
  Validate(request, violations);
  EXPECT_EQ(GetErrorDetails(violations.ToStatus())->fields.at(0).field, "names[3]");
}

TEST_F(CompanySettingsTest, AQuotaIsToldWithEverySessionToCome) {
  const int64_t before = Events("SessionScheduled");
  auto request = Request("monthly_request_quota");
  request.mutable_settings()->set_monthly_request_quota(7);
  const auto after = settings_.Update(host_, request);
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->monthly_request_quota(), 7);
  EXPECT_EQ(MustGet().SerializeAsString(), after->SerializeAsString());
  EXPECT_GT(Events("SessionScheduled"), before);
  event::SessionScheduled told;
  const auto last = Ask({"test_last_session",
                         "SELECT payload FROM outbox WHERE type LIKE '%SessionScheduled' "
                         "ORDER BY seq DESC LIMIT 1"});
  ASSERT_TRUE(told.ParseFromString(database::FromBytea(last[0][0])));
  EXPECT_EQ(told.monthly_request_quota(), 7);
  EXPECT_EQ(told.host(), absl::StrCat("companies/", kLemoine));

  const int64_t events = Ask({"test_events", "SELECT FROM outbox"}).size();
  const auto again = settings_.Update(host_, request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), after->SerializeAsString());
  EXPECT_EQ(Ask({"test_events", "SELECT FROM outbox"}).size(), events);
}

TEST_F(CompanySettingsTest, OfTwoWhoSawTheSameOneWins) {
  const std::string etag = MustGet().etag();
  absl::Status results[2];
  std::vector<std::thread> writers;
  for (int i = 0; i < 2; ++i) {
    writers.emplace_back([&, i] {
      auto request = Request("monthly_request_quota");
      request.mutable_settings()->set_monthly_request_quota(10 + i);
      request.mutable_settings()->set_etag(i == 0 ? etag : absl::StrCat("\"", etag, "\""));
      results[i] = settings_.Update(host_, request).status();
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_NE(results[0].ok(), results[1].ok());
  const absl::Status& lost = results[0].ok() ? results[1] : results[0];
  EXPECT_EQ(lost.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ErrorReasonOf(lost), "ETAG_MISMATCH");
}

TEST_F(CompanySettingsTest, OffersLieWhereTheirSiteLiesAndASiteThatOneNamesStays) {
  const std::vector<std::string> communes = Communes();
  auto request = Request("sites");
  AddSite(&request, "atelier", communes[0], "61100");
  AddSite(&request, "chantier", communes[0], "61100");
  const auto added = settings_.Update(host_, request);
  ASSERT_TRUE(added.ok()) << added.status();
  ASSERT_EQ(added->sites_size(), 2);
  EXPECT_EQ(added->sites(0).place().commune_code(), communes[0]);
  EXPECT_NE(added->sites(0).place().commune(), "");
  Execute(
      "UPDATE offers SET site_key = 'atelier' WHERE id = (SELECT min(id::text)::uuid FROM "
      "offers WHERE siret = '00061001400011')");

  request = Request("sites");
  AddSite(&request, "atelier", communes[1], "61100");
  ASSERT_TRUE(settings_.Update(host_, request).ok()) << "a site that nothing names may go";
  EXPECT_EQ(Ask({"test_moved",
                 "SELECT FROM offers o JOIN sites x ON (x.siret, x.key) = "
                 "(o.siret, o.site_key) JOIN communes m ON m.code = x.commune_code "
                 "WHERE (o.latitude, o.longitude) = (m.latitude, m.longitude)"})
                .size(),
            1u);

  const absl::Status left_out = settings_.Update(host_, Request("sites")).status();
  EXPECT_EQ(left_out.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ErrorReasonOf(left_out), "SITE_IN_USE");
  request = Request("sites");
  AddSite(&request, "atelier", "99999", "61100");
  const absl::Status nowhere = settings_.Update(host_, request).status();
  ASSERT_EQ(ErrorReasonOf(nowhere), "INVALID_FIELDS");
  EXPECT_EQ(GetErrorDetails(nowhere)->fields[0].field, "settings.sites[0].place.commune_code");
  EXPECT_EQ(MustGet().sites_size(), 1);
}

TEST_F(CompanySettingsTest, AreForWhoAnswersForTheCompany) {
  rpc::Call stranger;
  OpenCall(stranger, {auth::Role::kAnonymous, auth::Role::kHost});
  stranger.caller.companies = {"00061019600016"};
  rpc::Call elsewhere;
  OpenCall(elsewhere, {auth::Role::kAnonymous, auth::Role::kAgency});
  elsewhere.caller.territory = {"14"};
  for (const rpc::Call* call : {&stranger, &elsewhere}) {
    EXPECT_EQ(Get(*call).status().code(), absl::StatusCode::kNotFound);
    EXPECT_EQ(settings_.Update(*call, Request("")).status().code(), absl::StatusCode::kNotFound);
  }
  elsewhere.caller.territory = {"61"};
  EXPECT_TRUE(Get(elsewhere).ok());
  EXPECT_TRUE(Get(operator_).ok());
}

TEST_F(CompanySettingsTest, RequestsAreCountedByTheMonthOfParisInWhichTheyWereMade) {
  const auto told = [](const std::string& host, int change, int64_t seconds) {
    event::BookingChanged changed;
    changed.set_host(host);
    changed.set_counted_requests(change);
    changed.mutable_request_time()->set_seconds(seconds);
    event::Event event;
    event.mutable_data()->PackFrom(changed);
    return event;
  };
  const std::string lemoine = absl::StrCat("companies/", kLemoine);
  const int64_t now = absl::ToUnixSeconds(clock_.Now());
  // 23:30 UTC on 31 October 2026 is November in Paris.
  const int64_t border = 1793489400;
  const auto apply = [&](const std::vector<event::Event>& events) {
    const absl::Status status =
        database_->Write(absl::Now() + absl::Seconds(30), [&](database::Transaction& transaction) {
          ApplyRequests(transaction, events);
          return absl::OkStatus();
        });
    ASSERT_TRUE(status.ok()) << status;
  };
  apply({told(lemoine, 1, now), told(lemoine, 1, border), told(lemoine, 1, border - 3600),
         told(lemoine, 0, now), told("ambassadors/x", 1, now), told(lemoine, 1, now)});
  EXPECT_EQ(MustGet().requests_this_month(), 3);
  const std::string etag = MustGet().etag();
  apply({told(lemoine, -1, now)});
  EXPECT_EQ(MustGet().requests_this_month(), 2);
  EXPECT_EQ(MustGet().etag(), etag);
  apply({told(lemoine, -1, border - 3600), told(lemoine, -1, border - 3600)});
  EXPECT_EQ(Ask({"test_october",
                 "SELECT FROM company_requests WHERE month = '2026-10-01' AND "
                 "requests = 0"})
                .size(),
            1u);
}

TEST_F(CompanySettingsTest, EveryWrongFieldIsNamed) {
  const auto fields = [](const pb::UpdateCompanySettingsRequest& request) {
    Violations violations;
    Validate(request, violations);
    std::string names;
    if (violations.empty()) return names;
    const std::optional<ErrorDetails> details = GetErrorDetails(violations.ToStatus());
    for (const auto& field : details.value().fields) {
      absl::StrAppend(&names, names.empty() ? "" : " ", field.field);
    }
    return names;
  };
  EXPECT_EQ(fields(Request("")), "");
  EXPECT_EQ(fields(pb::UpdateCompanySettingsRequest()), "settings.name request_id");
  auto request = Request("etag");
  EXPECT_EQ(fields(request), "update_mask.paths[0]");
  request = Request("monthly_request_quota");
  request.mutable_settings()->set_monthly_request_quota(501);
  EXPECT_EQ(fields(request), "settings.monthly_request_quota");
  request = Request("sites");
  AddSite(&request, "atelier", "61169", "61100");
  AddSite(&request, "atelier", "61169", "61100");
  AddSite(&request, "Atelier", "x", "6110");
  request.mutable_settings()->mutable_sites(2)->set_display_name(" ");
  EXPECT_EQ(fields(request),
            "settings.sites[1].name settings.sites[2].name settings.sites[2].display_name "
            "settings.sites[2].place.postal_code settings.sites[2].place.commune_code");
  request = Request("sites");
  for (int i = 0; i < 51; ++i) AddSite(&request, absl::StrCat("site-", i), "61169", "61100");
  EXPECT_EQ(fields(request), "settings.sites");
}

}  // namespace
}  // namespace dm::catalogue
