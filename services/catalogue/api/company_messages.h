#pragma once

#include "destinationmetier/catalogue/v1/catalogue_service.pb.h"
#include "services/catalogue/domain/company.h"

namespace dm::catalogue {

destinationmetier::catalogue::v1::Company ToMessage(const Company& company);

}  // namespace dm::catalogue
