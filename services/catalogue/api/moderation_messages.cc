#include "services/catalogue/api/moderation_messages.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/rpc/page_token.h"
#include "services/catalogue/api/company_messages.h"
#include "services/catalogue/api/place_messages.h"

namespace dm::catalogue {

namespace pb = destinationmetier::catalogue::v1;

pb::CompanyBan ToMessage(const CompanyBan& ban) {
  pb::CompanyBan message;
  message.set_company(absl::StrCat("companies/", ban.siret));
  message.set_justification(ban.justification);
  Fill(ban.from, message.mutable_start_time());
  if (ban.until.has_value()) Fill(*ban.until, message.mutable_end_time());
  if (ban.lifted.has_value()) Fill(*ban.lifted, message.mutable_lift_time());
  return message;
}

pb::OfferReport ToMessage(const OfferReport& report) {
  pb::OfferReport message;
  message.set_name(report.Name());
  message.set_offer(absl::StrCat("offers/", report.offer));
  message.set_ground(static_cast<pb::OfferReport::Ground>(report.ground));
  message.set_text(report.text);
  message.set_reporter(report.reporter);
  Fill(report.create_time, message.mutable_create_time());
  if (report.resolve_time.has_value()) {
    Fill(*report.resolve_time, message.mutable_resolve_time());
    message.set_outcome(static_cast<pb::OfferReport::Outcome>(*report.outcome));
  }
  message.set_note(report.note);
  return message;
}

pb::CompanySettings ToMessage(const CompanySettings& settings) {
  pb::CompanySettings message;
  const std::string company = absl::StrCat("companies/", settings.standing.siret);
  message.set_name(absl::StrCat(company, "/settings"));
  message.set_monthly_request_quota(settings.standing.monthly_request_quota);
  for (const Site& site : settings.sites) {
    *message.add_sites() = ToMessage(company, site);
  }
  if (settings.ban.has_value()) *message.mutable_ban() = ToMessage(*settings.ban);
  if (settings.standing.closed_since.has_value()) {
    Fill(*settings.standing.closed_since, message.mutable_closed_time());
  }
  // Before the number of requests: who sets something is not disturbed by one that comes meanwhile.
  message.set_etag(rpc::QueryFingerprint(message));
  message.set_requests_this_month(settings.requests);
  return message;
}

std::vector<Site> ToSites(const pb::CompanySettings& settings) {
  std::string company = settings.name();
  company.resize(company.size() - std::string("/settings").size());
  std::vector<Site> sites;
  for (const pb::Site& site : settings.sites()) {
    sites.push_back({.key = site.name().substr(company.size() + std::string("/sites/").size()),
                     .display_name = site.display_name(),
                     .place = {.street = site.place().street(),
                               .postal_code = site.place().postal_code(),
                               .commune_code = site.place().commune_code()}});
  }
  return sites;
}

std::string SiteKeyIn(const std::string& name, const std::string& siret) {
  absl::string_view rest = name;
  if (!absl::ConsumePrefix(&rest, absl::StrCat("companies/", siret, "/sites/"))) return "";
  return IsSiteKey(rest) ? std::string(rest) : "";
}

}  // namespace dm::catalogue
