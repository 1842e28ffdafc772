#pragma once

#include "destinationmetier/catalogue/v1/catalogue_service.pb.h"
#include "services/catalogue/domain/cancellation.h"
#include "services/catalogue/domain/catalogue.h"

// What the catalogue knows, as its proto says it.
namespace dm::catalogue {

destinationmetier::catalogue::v1::Sector ToSector(const Labelled& sector);
destinationmetier::catalogue::v1::Interest ToInterest(const Labelled& interest);
destinationmetier::catalogue::v1::Profession ToMessage(const Profession& profession);
destinationmetier::catalogue::v1::Company ToMessage(const Company& company);
destinationmetier::catalogue::v1::Offer ToMessage(const Offer& offer);
destinationmetier::catalogue::v1::Session ToMessage(const HostedSession& hosted);

// Facet counts; the labels of départements and audiences come from here.
destinationmetier::catalogue::v1::FacetCount ToSectorFacet(const ValueCount& count);
destinationmetier::catalogue::v1::FacetCount ToDepartmentFacet(const ValueCount& count);
destinationmetier::catalogue::v1::FacetCount ToAudienceFacet(const ValueCount& count);

}  // namespace dm::catalogue
