#pragma once

#include "absl/strings/string_view.h"
#include "common/errors/error.h"
#include "destinationmetier/catalogue/v1/company_settings_service.pb.h"
#include "destinationmetier/catalogue/v1/moderation_service.pb.h"

#include <string>

// What is wrong with a request, all of it at once.
namespace dm::catalogue {

void Validate(const destinationmetier::catalogue::v1::GetCompanySettingsRequest& request,
              Violations& violations);
void Validate(const destinationmetier::catalogue::v1::BatchGetCompanySettingsRequest& request,
              Violations& violations);
void Validate(const destinationmetier::catalogue::v1::UpdateCompanySettingsRequest& request,
              Violations& violations);
void Validate(const destinationmetier::catalogue::v1::ReportOfferRequest& request,
              Violations& violations);
void Validate(const destinationmetier::catalogue::v1::ListOfferReportsRequest& request,
              Violations& violations);
void Validate(const destinationmetier::catalogue::v1::ResolveOfferReportRequest& request,
              Violations& violations);
void Validate(const destinationmetier::catalogue::v1::BanCompanyRequest& request,
              Violations& violations);
void Validate(const destinationmetier::catalogue::v1::LiftCompanyBanRequest& request,
              Violations& violations);

// The SIRET of "companies/{siret}/settings"; empty for another name.
std::string SiretOfSettings(absl::string_view name);
// Whether an update sets the field: of the mask, or of every one when the mask is empty.
bool Sets(const destinationmetier::catalogue::v1::UpdateCompanySettingsRequest& request,
          absl::string_view field);

}  // namespace dm::catalogue
