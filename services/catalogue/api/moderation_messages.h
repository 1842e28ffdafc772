#pragma once

#include "destinationmetier/catalogue/v1/company_settings_service.pb.h"
#include "destinationmetier/catalogue/v1/moderation_service.pb.h"
#include "services/catalogue/domain/moderation.h"

#include <string>
#include <vector>

namespace dm::catalogue {

destinationmetier::catalogue::v1::CompanyBan ToMessage(const CompanyBan& ban);
destinationmetier::catalogue::v1::OfferReport ToMessage(const OfferReport& report);
// With the etag of what it says.
destinationmetier::catalogue::v1::CompanySettings ToMessage(const CompanySettings& settings);

// Of settings that Validate found nothing wrong with.
std::vector<Site> ToSites(const destinationmetier::catalogue::v1::CompanySettings& settings);

// The last segment of "companies/{siret}/sites/{site}" when it is a site of that company, else
// empty.
std::string SiteKeyIn(const std::string& name, const std::string& siret);

}  // namespace dm::catalogue
