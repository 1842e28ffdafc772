#pragma once

#include <string>
#include <vector>

// Pages go on after a key, so that rows that come and go between two pages make nobody miss a row
// or see one twice.
namespace dm::catalogue {

// The key of a page's last row, as text; what stands in it is the query's own business.
using PageKey = std::vector<std::string>;

}  // namespace dm::catalogue
