#include "services/catalogue/domain/chamber.h"

#include "absl/strings/match.h"

#include <array>

namespace dm::catalogue {
namespace {

struct Rule {
  // The beginning of codes; the longest that fits decides.
  absl::string_view prefix;
  Chamber chamber;
};

constexpr Chamber kCci = Chamber::kCci;
constexpr Chamber kCma = Chamber::kCma;
constexpr Chamber kAgriculture = Chamber::kAgriculture;

constexpr std::array kRules = {
    Rule{"01", kAgriculture},    // farming
    Rule{"01.70Z", kCci},        // hunting
    Rule{"02", kAgriculture},    // forestry
    Rule{"03.2", kAgriculture},  // fish farming
    Rule{"08", kCma},            // quarries
    Rule{"09.90Z", kCma},        // work for quarries
    Rule{"10", kCma},            // food
    Rule{"10.71A", kCci},        // industrial bread
    Rule{"10.71B", kCci},        // bread that is baked only: the decree's own exception
    Rule{"11.01Z", kCma},        // spirits
    Rule{"11.02A", kCma},        // sparkling wine
    Rule{"11.03Z", kCma},        // cider
    Rule{"11.04Z", kCma},        // other fermented drinks
    Rule{"11.05Z", kCma},        // beer
    Rule{"11.06Z", kCma},        // malt
    Rule{"11.07", kCma},         // other drinks
    Rule{"13", kCma},            // textiles
    Rule{"13.95Z", kCci},        // nonwovens
    Rule{"13.96Z", kCci},        // technical textiles
    Rule{"14", kCma},            // clothes
    Rule{"15", kCma},            // leather and shoes
    Rule{"16", kCma},            // wood
    Rule{"18.12Z", kCma},        // printing, but of newspapers
    Rule{"18.13Z", kCma},        // pre-press
    Rule{"18.14Z", kCma},        // bookbinding
    Rule{"18.20Z", kCma},        // copies of recordings
    Rule{"23", kCma},            // glass, ceramics, stone
    Rule{"25", kCma},            // metal goods
    Rule{"31", kCma},            // furniture
    Rule{"32", kCma},            // jewels, instruments, toys
    Rule{"32.50B", kCci},        // spectacles: the decree's own exception
    Rule{"33", kCma},            // repair and installation of machines
    Rule{"38.31Z", kCma},        // breakers' yards
    Rule{"38.32Z", kCma},        // recovery of sorted waste
    Rule{"41.20", kCma},         // construction of buildings
    Rule{"42", kCma},            // civil engineering
    Rule{"43", kCma},            // building trades
    Rule{"45.20", kCma},         // repair of cars
    Rule{"45.40Z", kCma},        // motorcycles
    Rule{"47.22Z", kCma},        // butchers
    Rule{"47.23Z", kCma},        // fishmongers
    Rule{"47.76Z", kCma},        // florists
    Rule{"49.32Z", kCma},        // taxis
    Rule{"49.42Z", kCma},        // removals
    Rule{"71.20A", kCma},        // technical inspection of cars
    Rule{"74.20Z", kCma},        // photographers
    Rule{"81.21Z", kCma},        // cleaning of buildings
    Rule{"81.22Z", kCma},        // industrial cleaning, chimney sweeps
    Rule{"81.29", kCma},         // pest control, other cleaning
    Rule{"82.11Z", kCma},        // office services
    Rule{"82.19Z", kCma},        // copies, secretariats
    Rule{"82.92Z", kCma},        // packaging
    Rule{"86.90A", kCma},        // ambulances
    Rule{"95", kCma},            // repair of goods
    Rule{"96.01", kCma},         // laundries
    Rule{"96.02", kCma},         // hairdressers and beauty
};

}  // namespace

Chamber ChamberOf(absl::string_view naf_code) {
  const Rule* found = nullptr;
  for (const Rule& rule : kRules) {
    if (!absl::StartsWith(naf_code, rule.prefix)) continue;
    if (found == nullptr || found->prefix.size() < rule.prefix.size()) found = &rule;
  }
  return found == nullptr ? Chamber::kCci : found->chamber;
}

}  // namespace dm::catalogue
