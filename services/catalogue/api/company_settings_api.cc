#include "services/catalogue/api/company_settings_api.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/errors/error.h"
#include "common/rpc/page_token.h"
#include "services/catalogue/api/mandate_of.h"
#include "services/catalogue/api/moderation_messages.h"
#include "services/catalogue/api/moderation_validation.h"
#include "services/catalogue/api/write_once.h"
#include "services/catalogue/domain/offer_rules.h"
#include "services/catalogue/store/company_bans.h"
#include "services/catalogue/store/company_settings.h"
#include "services/catalogue/store/offer_records.h"

#include <algorithm>
#include <set>
#include <vector>

namespace dm::catalogue {
namespace {

namespace pb = destinationmetier::catalogue::v1;

using database::Transaction;

// Of those that are set, what may not be or is not there.
absl::Status CheckSites(Transaction& transaction, const CompanySettings& before,
                        const std::vector<Site>& sites) {
  Violations violations;
  CheckCommunes(transaction, sites, violations);
  if (!violations.empty()) return violations.ToStatus();
  std::vector<std::string> left_out;
  for (const Site& site : before.sites) {
    const bool stays = std::any_of(sites.begin(), sites.end(),
                                   [&](const Site& one) { return one.key == site.key; });
    if (!stays) left_out.push_back(site.key);
  }
  return CheckUnused(transaction, before.standing.siret, left_out);
}

absl::Status CheckSettingsEtag(absl::string_view etag, const pb::CompanySettings& now) {
  // Over HTTP an etag comes in quotes.
  if (absl::ConsumePrefix(&etag, "\"")) absl::ConsumeSuffix(&etag, "\"");
  if (etag.empty() || etag == now.etag()) return absl::OkStatus();
  return SettingsChanged(now.name());
}

// The settings of a company that the caller answers for, NOT_FOUND for others.
absl::StatusOr<CompanySettings> OwnSettings(Transaction& transaction, const rpc::Call& call,
                                            const std::string& siret, absl::Time now) {
  std::optional<CompanySettings> settings = ReadSettings(transaction, siret, now);
  const bool own =
      settings.has_value() &&
      PartyOf(MandateOf(call.caller), siret, settings->standing.department).has_value();
  if (!own) return dm::NotFoundError(absl::StrCat("companies/", siret, "/settings"));
  return *std::move(settings);
}

absl::StatusOr<pb::CompanySettings> Write(Transaction& transaction, const rpc::Call& call,
                                          const pb::UpdateCompanySettingsRequest& request,
                                          absl::Time now) {
  const std::string siret = SiretOfSettings(request.settings().name());
  LockCompany(transaction, siret);
  const auto before = OwnSettings(transaction, call, siret, now);
  if (!before.ok()) return before.status();
  const absl::Status current = CheckSettingsEtag(request.settings().etag(), ToMessage(*before));
  if (!current.ok()) return current;
  std::vector<Site> sites = before->sites;
  if (Sets(request, "sites")) {
    sites = ToSites(request.settings());
    const absl::Status possible = CheckSites(transaction, *before, sites);
    if (!possible.ok()) return possible;
  }
  const int quota = Sets(request, "monthly_request_quota")
                        ? request.settings().monthly_request_quota()
                        : before->standing.monthly_request_quota;
  WriteSettings(transaction, siret, quota, sites);
  const auto after = OwnSettings(transaction, call, siret, now);
  if (!after.ok()) return after.status();
  return ToMessage(*after);
}

// Without the words of who banned.
std::string KeptOf(pb::CompanySettings settings) {
  if (settings.has_ban()) settings.mutable_ban()->clear_justification();
  return settings.SerializeAsString();
}

absl::StatusOr<pb::CompanySettings> FirstAnswer(Transaction& transaction, const std::string& siret,
                                                const std::string& kept) {
  pb::CompanySettings settings;
  if (!settings.ParseFromString(kept)) return absl::InternalError("a kept answer cannot be read");
  if (settings.has_ban()) {
    const auto from = absl::FromUnixSeconds(settings.ban().start_time().seconds()) +
                      absl::Nanoseconds(settings.ban().start_time().nanos());
    const std::optional<CompanyBan> ban = ReadBan(transaction, siret, from);
    if (ban.has_value()) settings.mutable_ban()->set_justification(ban->justification);
  }
  return settings;
}

}  // namespace

absl::StatusOr<pb::CompanySettings> CompanySettingsApi::Get(
    const rpc::Call& call, const pb::GetCompanySettingsRequest& request) const {
  return database_->Read(
      call.deadline, [&](Transaction& transaction) -> absl::StatusOr<pb::CompanySettings> {
        const auto settings =
            OwnSettings(transaction, call, SiretOfSettings(request.name()), clock_->Now());
        if (!settings.ok()) return settings.status();
        return ToMessage(*settings);
      });
}

absl::StatusOr<pb::BatchGetCompanySettingsResponse> CompanySettingsApi::BatchGet(
    const rpc::Call& call, const pb::BatchGetCompanySettingsRequest& request) const {
  std::set<std::string> sirets;
  for (const std::string& name : request.names()) sirets.insert(SiretOfSettings(name));
  using Response = pb::BatchGetCompanySettingsResponse;
  return database_->Read(call.deadline, [&](Transaction& transaction) -> absl::StatusOr<Response> {
    Response response;
    const absl::Time now = clock_->Now();
    for (const std::string& siret : sirets) {
      const auto settings = OwnSettings(transaction, call, siret, now);
      if (settings.ok()) *response.add_settings() = ToMessage(*settings);
    }
    return response;
  });
}

absl::StatusOr<pb::CompanySettings> CompanySettingsApi::Update(
    const rpc::Call& call, const pb::UpdateCompanySettingsRequest& request) const {
  const std::string siret = SiretOfSettings(request.settings().name());
  pb::UpdateCompanySettingsRequest asked = request;
  absl::AsciiStrToLower(asked.mutable_request_id());
  WriteOnce<pb::CompanySettings> once{
      .request = {.caller = call.caller.PersonName(),
                  .request_id = asked.request_id(),
                  .method = call.method,
                  .fingerprint = rpc::QueryFingerprint(asked)},
      .write = [&](Transaction& transaction,
                   absl::Time now) { return Write(transaction, call, request, now); },
      .keep = KeptOf,
      .tell = [&](Transaction& transaction,
                  absl::Time now) { return TellSettings(transaction, siret, now); },
      .replay = [&](Transaction& transaction,
                    const std::string& kept) { return FirstAnswer(transaction, siret, kept); }};
  return RunWrite(database_, clock_, call, once, on_events_);
}

std::unique_ptr<rpc::ServiceBinding> CompanySettingsApi::Bind(rpc::Pipeline* pipeline) const {
  auto binding = std::make_unique<rpc::ServiceBinding>(
      pb::CompanySettings::descriptor()->file()->FindServiceByName("CompanySettingsService"),
      pipeline);
  const auth::Roles roles = {auth::Role::kHost, auth::Role::kAgency, auth::Role::kOperator};
  const auto validate = [](const auto& asked, Violations& violations) {
    Validate(asked, violations);
  };
  binding->Blocking<pb::GetCompanySettingsRequest, pb::CompanySettings>(
      "GetCompanySettings", {.roles = roles}, validate,
      [this](const rpc::Call& call, const auto& asked) { return Get(call, asked); });
  binding->Blocking<pb::BatchGetCompanySettingsRequest, pb::BatchGetCompanySettingsResponse>(
      "BatchGetCompanySettings", {.roles = roles}, validate,
      [this](const rpc::Call& call, const auto& asked) { return BatchGet(call, asked); });
  binding->Blocking<pb::UpdateCompanySettingsRequest, pb::CompanySettings>(
      "UpdateCompanySettings", {.roles = roles}, validate,
      [this](const rpc::Call& call, const auto& asked) { return Update(call, asked); });
  return binding;
}

}  // namespace dm::catalogue
