#pragma once

#include "destinationmetier/catalogue/v1/catalogue_service.pb.h"
#include "services/catalogue/domain/labelled.h"
#include "services/catalogue/domain/profession.h"

// Professions and their lists, as the proto says them.
namespace dm::catalogue {

destinationmetier::catalogue::v1::Sector ToSector(const Labelled& sector);
destinationmetier::catalogue::v1::Interest ToInterest(const Labelled& interest);
destinationmetier::catalogue::v1::Theme ToMessage(const Theme& theme);
destinationmetier::catalogue::v1::Domain ToMessage(const ProfessionalDomain& domain);
// With what the lists alone tell of them.
destinationmetier::catalogue::v1::Sector ToMessage(const Sector& sector);
destinationmetier::catalogue::v1::Interest ToMessage(const Interest& interest);
destinationmetier::catalogue::v1::Profession ToMessage(const Profession& profession);

}  // namespace dm::catalogue
