#include "services/catalogue/domain/chamber.h"

#include <gtest/gtest.h>

namespace dm::catalogue {
namespace {

struct Case {
  const char* naf_code;
  const char* what;
  Chamber chamber;
};

constexpr Case kCases[] = {
    {"01.11Z", "cereals", Chamber::kAgriculture},
    {"01.41Z", "dairy cows", Chamber::kAgriculture},
    {"01.43Z", "horses", Chamber::kAgriculture},
    {"01.61Z", "farm contractor", Chamber::kAgriculture},
    {"01.62Z", "work with animals, farriers among others", Chamber::kAgriculture},
    {"01.70Z", "hunting", Chamber::kCci},
    {"02.10Z", "forestry", Chamber::kAgriculture},
    {"02.20Z", "logging", Chamber::kAgriculture},
    {"03.11Z", "fishing at sea", Chamber::kCci},
    {"03.21Z", "oysters", Chamber::kAgriculture},
    {"03.22Z", "trout", Chamber::kAgriculture},
    {"05.10Z", "coal", Chamber::kCci},
    {"08.11Z", "stone quarry", Chamber::kCma},
    {"09.10Z", "work for oil wells", Chamber::kCci},
    {"09.90Z", "work for quarries", Chamber::kCma},
    {"10.13B", "pork butcher", Chamber::kCma},
    {"10.51C", "cheese", Chamber::kCma},
    {"10.71A", "industrial bread", Chamber::kCci},
    {"10.71B", "bread baked from dough of others", Chamber::kCci},
    {"10.71C", "bakery", Chamber::kCma},
    {"10.71D", "pastry", Chamber::kCma},
    {"10.72Z", "biscuits", Chamber::kCma},
    {"11.02A", "sparkling wine", Chamber::kCma},
    {"11.02B", "still wine", Chamber::kCci},
    {"11.03Z", "cider", Chamber::kCma},
    {"11.05Z", "beer", Chamber::kCma},
    {"12.00Z", "tobacco", Chamber::kCci},
    {"13.95Z", "nonwovens", Chamber::kCci},
    {"13.99A", "lace", Chamber::kCma},
    {"16.23Z", "joinery", Chamber::kCma},
    {"17.22Z", "cotton and paper hygiene goods", Chamber::kCci},
    {"18.11Z", "printing of newspapers", Chamber::kCci},
    {"18.12Z", "printing", Chamber::kCma},
    {"20.42Z", "perfume", Chamber::kCci},
    {"22.29A", "plastic parts", Chamber::kCci},
    {"23.41Z", "pottery", Chamber::kCma},
    {"25.11Z", "metal structures", Chamber::kCma},
    {"25.62B", "machining", Chamber::kCma},
    {"29.10Z", "cars", Chamber::kCci},
    {"31.09B", "furniture", Chamber::kCma},
    {"32.12Z", "jewels", Chamber::kCma},
    {"32.50A", "dental prostheses", Chamber::kCma},
    {"32.50B", "spectacles", Chamber::kCci},
    {"35.11Z", "electricity", Chamber::kCci},
    {"38.32Z", "recovery of waste", Chamber::kCma},
    {"41.10A", "property developer", Chamber::kCci},
    {"41.20A", "houses", Chamber::kCma},
    {"42.11Z", "roads", Chamber::kCma},
    {"43.21A", "electrician", Chamber::kCma},
    {"43.22A", "plumber", Chamber::kCma},
    {"43.91A", "carpenter", Chamber::kCma},
    {"43.99C", "mason", Chamber::kCma},
    {"45.11Z", "sale of cars", Chamber::kCci},
    {"45.20A", "garage", Chamber::kCma},
    {"45.40Z", "motorcycles", Chamber::kCma},
    {"47.21Z", "greengrocer", Chamber::kCci},
    {"47.22Z", "butcher's shop", Chamber::kCma},
    {"47.23Z", "fishmonger", Chamber::kCma},
    {"47.73Z", "pharmacy", Chamber::kCci},
    {"47.76Z", "florist", Chamber::kCma},
    {"47.78A", "optician", Chamber::kCci},
    {"49.32Z", "taxi", Chamber::kCma},
    {"49.41A", "haulage", Chamber::kCci},
    {"49.42Z", "removals", Chamber::kCma},
    {"55.10Z", "hotel", Chamber::kCci},
    {"56.10A", "restaurant", Chamber::kCci},
    {"56.10C", "fast food", Chamber::kCci},
    {"62.01Z", "software", Chamber::kCci},
    {"71.11Z", "architect", Chamber::kCci},
    {"71.20A", "technical inspection of cars", Chamber::kCma},
    {"71.20B", "laboratory", Chamber::kCci},
    {"74.10Z", "design", Chamber::kCci},
    {"74.20Z", "photographer", Chamber::kCma},
    {"81.21Z", "cleaning", Chamber::kCma},
    {"81.30Z", "gardens", Chamber::kCci},
    {"82.20Z", "call centre", Chamber::kCci},
    {"86.90A", "ambulance", Chamber::kCma},
    {"86.90E", "physiotherapist", Chamber::kCci},
    {"90.03A", "artist", Chamber::kCci},
    {"95.11Z", "repair of computers", Chamber::kCma},
    {"95.24Z", "upholsterer", Chamber::kCma},
    {"96.01B", "laundry", Chamber::kCma},
    {"96.02A", "hairdresser", Chamber::kCma},
    {"96.02B", "beauty", Chamber::kCma},
    {"96.04Z", "sauna", Chamber::kCci},
    {"96.09Z", "other services, groomers among others", Chamber::kCci},
    {"", "not told", Chamber::kCci},
    {"0", "no code", Chamber::kCci},
    {"XX.XXX", "no code", Chamber::kCci},
};

TEST(Chamber, FollowsFromTheActivity) {
  for (const Case& one : kCases) {
    EXPECT_EQ(ChamberOf(one.naf_code), one.chamber) << one.naf_code << ", " << one.what;
  }
}

}  // namespace
}  // namespace dm::catalogue
