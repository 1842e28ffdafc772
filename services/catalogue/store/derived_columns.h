#pragma once

#include "common/database/database.h"

#include <string>

// Columns that follow from other tables and are kept by who writes those. Arrays are written as
// PostgreSQL writes them. Throws pqxx exceptions, like Transaction::Exec.
namespace dm::catalogue {

// What searches look at of some offers.
void RefreshOffers(database::Transaction& transaction, const std::string& offer_ids);
// The same of all offers of some companies.
void RefreshOffersOf(database::Transaction& transaction, const std::string& sirets);

// The number of published offers of some companies: after every change of an offer's state.
void CountOffers(database::Transaction& transaction, const std::string& sirets);

// The ids of all offers of some companies, as an array.
std::string OffersOf(database::Transaction& transaction, const std::string& sirets);

}  // namespace dm::catalogue
