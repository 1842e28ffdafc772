#include "services/catalogue/api/company_messages.h"

#include "absl/strings/str_cat.h"
#include "services/catalogue/api/place_messages.h"
#include "services/catalogue/api/profession_messages.h"

namespace dm::catalogue {
namespace {

namespace pb = destinationmetier::catalogue::v1;

}  // namespace

pb::Site ToMessage(const std::string& company_name, const Site& site) {
  pb::Site message;
  message.set_name(absl::StrCat(company_name, "/sites/", site.key));
  message.set_display_name(site.display_name);
  Fill(site.place, message.mutable_place());
  return message;
}

pb::Company ToMessage(const Company& company) {
  pb::Company message;
  message.set_name(absl::StrCat("companies/", company.siret));
  message.set_siret(company.siret);
  message.set_display_name(company.display_name);
  message.set_description(company.description);
  message.set_naf_code(company.naf_code);
  for (const Labelled& sector : company.sectors) *message.add_sectors() = ToSector(sector);
  Fill(company.place, message.mutable_place());
  message.set_website_uri(company.website);
  message.set_offer_count(company.offer_count);
  message.set_demonstration(company.demonstration);
  if (!company.naf_code.empty()) {
    message.mutable_naf()->set_nomenclature(company.naf_nomenclature);
    message.mutable_naf()->set_code(company.naf_code);
    message.mutable_naf()->set_label(company.naf_label);
  }
  message.set_siren(company.siret.substr(0, 9));
  for (const Site& site : company.sites) *message.add_sites() = ToMessage(message.name(), site);
  return message;
}

}  // namespace dm::catalogue
