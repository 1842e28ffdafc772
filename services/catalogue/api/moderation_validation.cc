#include "services/catalogue/api/moderation_validation.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/codes/official_codes.h"
#include "common/codes/siret.h"
#include "common/text/free_text.h"
#include "common/text/uuid.h"
#include "services/catalogue/api/moderation_messages.h"
#include "services/catalogue/api/validation.h"
#include "services/catalogue/domain/moderation.h"
#include "services/catalogue/domain/offer_rules.h"

#include <algorithm>
#include <set>

namespace dm::catalogue {
namespace {

namespace pb = destinationmetier::catalogue::v1;

constexpr size_t kLongestEtag = 64;
constexpr int kMostSettingsAtOnce = 50;

void CheckRequestId(const std::string& request_id, Violations& violations) {
  if (!IsUuid(request_id)) violations.Add("request_id", "must be a UUID made by the client");
}

void CheckText(absl::string_view field, absl::string_view text, size_t most,
               Violations& violations) {
  const std::string fault = FreeTextFault(text, most);
  if (!fault.empty()) violations.Add(field, fault);
}

void CheckCompany(const std::string& name, Violations& violations) {
  if (!IsSiret(IdIn(name, "companies"))) violations.Add("name", "must be companies/{siret}");
}

void CheckSite(const std::string& field, const pb::Site& site, const std::string& siret,
               std::set<std::string>* keys, Violations& violations) {
  const std::string key = SiteKeyIn(site.name(), siret);
  if (key.empty()) {
    violations.Add(absl::StrCat(field, ".name"), "must be companies/{siret}/sites/{site}");
  } else if (!keys->insert(key).second) {
    violations.Add(absl::StrCat(field, ".name"), "must not be there twice");
  }
  if (absl::StripAsciiWhitespace(site.display_name()).empty()) {
    violations.Add(absl::StrCat(field, ".display_name"), "must not be empty");
  }
  CheckText(absl::StrCat(field, ".display_name"), site.display_name(), kLongestSiteName,
            violations);
  CheckText(absl::StrCat(field, ".place.street"), site.place().street(), kLongestStreet,
            violations);
  if (!IsPostalCode(site.place().postal_code())) {
    violations.Add(absl::StrCat(field, ".place.postal_code"), "must be a postal code of 5 digits");
  }
  if (!IsCommuneCode(site.place().commune_code())) {
    violations.Add(absl::StrCat(field, ".place.commune_code"), "must be the code of a commune");
  }
}

// Code points of what is more than space around it.
size_t Written(absl::string_view text) {
  const absl::string_view said = absl::StripAsciiWhitespace(text);
  return static_cast<size_t>(
      std::count_if(said.begin(), said.end(), [](char byte) { return (byte & '\xC0') != '\x80'; }));
}

}  // namespace

std::string SiretOfSettings(absl::string_view name) {
  if (!absl::ConsumeSuffix(&name, "/settings")) return "";
  const std::string siret = IdIn(name, "companies");
  return IsSiret(siret) ? siret : "";
}

bool Sets(const pb::UpdateCompanySettingsRequest& request, absl::string_view field) {
  const auto& paths = request.update_mask().paths();
  return paths.empty() || std::find(paths.begin(), paths.end(), field) != paths.end();
}

void Validate(const pb::GetCompanySettingsRequest& request, Violations& violations) {
  if (SiretOfSettings(request.name()).empty()) {
    violations.Add("name", "must be companies/{siret}/settings");
  }
}

void Validate(const pb::BatchGetCompanySettingsRequest& request, Violations& violations) {
  if (request.names().empty() || request.names_size() > kMostSettingsAtOnce) {
    violations.Add("names", absl::StrCat("must be 1 to ", kMostSettingsAtOnce, " names"));
    return;
  }
  for (int i = 0; i < request.names_size(); ++i) {
    if (SiretOfSettings(request.names(i)).empty()) {
      violations.Add(absl::StrCat("names[", i, "]"), "must be companies/{siret}/settings");
    }
  }
}

void Validate(const pb::UpdateCompanySettingsRequest& request, Violations& violations) {
  const pb::CompanySettings& settings = request.settings();
  const std::string siret = SiretOfSettings(settings.name());
  if (siret.empty()) violations.Add("settings.name", "must be companies/{siret}/settings");
  for (int i = 0; i < request.update_mask().paths_size(); ++i) {
    const std::string& path = request.update_mask().paths(i);
    if (path != "monthly_request_quota" && path != "sites") {
      violations.Add(absl::StrCat("update_mask.paths[", i, "]"),
                     "must be monthly_request_quota or sites");
    }
  }
  const int quota = settings.monthly_request_quota();
  if (Sets(request, "monthly_request_quota") && (quota < 0 || quota > kGreatestQuota)) {
    violations.Add("settings.monthly_request_quota", "must be from 0 to 500");
  }
  if (Sets(request, "sites")) {
    if (settings.sites_size() > static_cast<int>(kMostSites)) {
      violations.Add("settings.sites", "must be at most 50");
    }
    std::set<std::string> keys;
    const int looked_at = std::min(settings.sites_size(), static_cast<int>(kMostSites));
    for (int i = 0; i < looked_at; ++i) {
      CheckSite(absl::StrCat("settings.sites[", i, "]"), settings.sites(i), siret, &keys,
                violations);
    }
  }
  if (settings.etag().size() > kLongestEtag) {
    violations.Add("settings.etag", "must have at most 64 characters");
  }
  CheckRequestId(request.request_id(), violations);
}

void Validate(const pb::ReportOfferRequest& request, Violations& violations) {
  if (!IsUuid(IdIn(request.name(), "offers"))) violations.Add("name", "must be offers/{uuid}");
  const bool known = pb::OfferReport::Ground_IsValid(request.ground()) &&
                     request.ground() != pb::OfferReport::GROUND_UNSPECIFIED;
  if (!known) violations.Add("ground", "must be a ground");
  CheckText("text", request.text(), kLongestReportText, violations);
  if (request.ground() == pb::OfferReport::GROUND_OTHER && Written(request.text()) == 0) {
    violations.Add("text", "must say what is wrong");
  }
  CheckRequestId(request.request_id(), violations);
}

void Validate(const pb::ListOfferReportsRequest& request, Violations& violations) {
  if (!request.offer().empty() && !IsUuid(IdIn(request.offer(), "offers"))) {
    violations.Add("offer", "must be offers/{uuid}");
  }
  if (request.page_size() < 0) violations.Add("page_size", "must not be negative");
}

void Validate(const pb::ResolveOfferReportRequest& request, Violations& violations) {
  if (!IsUuid(IdIn(request.name(), "offerReports"))) {
    violations.Add("name", "must be offerReports/{uuid}");
  }
  const bool known = pb::OfferReport::Outcome_IsValid(request.outcome()) &&
                     request.outcome() != pb::OfferReport::OUTCOME_UNSPECIFIED;
  if (!known) violations.Add("outcome", "must be an outcome");
  CheckText("note", request.note(), kLongestReportNote, violations);
  CheckRequestId(request.request_id(), violations);
}

void Validate(const pb::BanCompanyRequest& request, Violations& violations) {
  CheckCompany(request.name(), violations);
  CheckText("justification", request.justification(), kLongestJustification, violations);
  if (Written(request.justification()) < kShortestJustification) {
    violations.Add("justification", "must have at least 20 characters");
  }
  CheckRequestId(request.request_id(), violations);
}

void Validate(const pb::LiftCompanyBanRequest& request, Violations& violations) {
  CheckCompany(request.name(), violations);
  CheckRequestId(request.request_id(), violations);
}

}  // namespace dm::catalogue
