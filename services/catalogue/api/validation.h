#pragma once

#include "absl/strings/string_view.h"
#include "common/errors/error.h"
#include "destinationmetier/catalogue/v1/catalogue_service.pb.h"
#include "destinationmetier/catalogue/v1/reference_service.pb.h"

#include <optional>
#include <string>

// What is wrong with a request, all of it at once; the rules are the domain's.
namespace dm::catalogue {

void Validate(const destinationmetier::catalogue::v1::ListSectorsRequest& request,
              Violations& violations);
void Validate(const destinationmetier::catalogue::v1::ListInterestsRequest& request,
              Violations& violations);
void Validate(const destinationmetier::catalogue::v1::SearchProfessionsRequest& request,
              Violations& violations);
void Validate(const destinationmetier::catalogue::v1::SuggestProfessionsRequest& request,
              Violations& violations);
void Validate(const destinationmetier::catalogue::v1::GetProfessionRequest& request,
              Violations& violations);
void Validate(const destinationmetier::catalogue::v1::SearchCompaniesRequest& request,
              Violations& violations);
void Validate(const destinationmetier::catalogue::v1::GetCompanyRequest& request,
              Violations& violations);
void Validate(const destinationmetier::catalogue::v1::BatchGetCompaniesRequest& request,
              Violations& violations);
void Validate(const destinationmetier::catalogue::v1::SearchOffersRequest& request,
              Violations& violations);
void Validate(const destinationmetier::catalogue::v1::GetOfferRequest& request,
              Violations& violations);
void Validate(const destinationmetier::catalogue::v1::BatchGetOffersRequest& request,
              Violations& violations);
void Validate(const destinationmetier::catalogue::v1::CancelSessionRequest& request,
              Violations& violations);

void Validate(const destinationmetier::catalogue::v1::ListCommunesRequest& request,
              Violations& violations);
void Validate(const destinationmetier::catalogue::v1::ListSchoolsRequest& request,
              Violations& violations);
void Validate(const destinationmetier::catalogue::v1::ListThemesRequest& request,
              Violations& violations);
void Validate(const destinationmetier::catalogue::v1::ListDomainsRequest& request,
              Violations& violations);
void Validate(const destinationmetier::catalogue::v1::ListSourcesRequest& request,
              Violations& violations);
void Validate(const destinationmetier::catalogue::v1::GetSourceRequest& request,
              Violations& violations);

// The id in "professions/D1102" when it stands after that collection; empty for another name.
std::string IdIn(absl::string_view name, absl::string_view collection);

}  // namespace dm::catalogue
