#pragma once

#include "destinationmetier/catalogue/v1/catalogue_service.pb.h"
#include "services/catalogue/domain/labelled.h"

// Facet counts; the labels of départements and audiences come from here.
namespace dm::catalogue {

destinationmetier::catalogue::v1::FacetCount ToSectorFacet(const ValueCount& count);
destinationmetier::catalogue::v1::FacetCount ToDepartmentFacet(const ValueCount& count);
destinationmetier::catalogue::v1::FacetCount ToAudienceFacet(const ValueCount& count);

}  // namespace dm::catalogue
