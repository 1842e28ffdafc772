#pragma once

#include "destinationmetier/catalogue/v1/catalogue_service.pb.h"
#include "services/catalogue/domain/company.h"

namespace dm::catalogue {

destinationmetier::catalogue::v1::Company ToMessage(const Company& company);
destinationmetier::catalogue::v1::Site ToMessage(const std::string& company_name, const Site& site);

}  // namespace dm::catalogue
