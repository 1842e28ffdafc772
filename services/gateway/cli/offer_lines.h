#pragma once

#include "destinationmetier/catalogue/v1/catalogue_service.pb.h"

#include <string>

// Offers as a spreadsheet opens them: CSV (RFC 4180), a line for each session, times of Paris.
namespace dm::gateway::cli {

std::string CsvHeading();
// One line for an offer without sessions.
std::string CsvLines(const destinationmetier::catalogue::v1::Offer& offer);

}  // namespace dm::gateway::cli
