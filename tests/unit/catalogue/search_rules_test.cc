#include "services/catalogue/domain/search_rules.h"

#include "absl/time/civil_time.h"
#include "common/codes/official_codes.h"
#include "common/time/clock.h"
#include "services/catalogue/domain/audiences.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace dm::catalogue {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// The fields that a check finds wrong.
std::vector<std::string> Wrong(const std::function<void(Violations&)>& check) {
  Violations violations;
  check(violations);
  std::vector<std::string> fields;
  const absl::Status status = violations.ToStatus();
  if (const auto details = GetErrorDetails(status); details.has_value()) {
    for (const auto& field : details->fields) fields.push_back(field.field);
  }
  return fields;
}

TEST(SearchRules, AQueryHasAtMost200Characters) {
  std::string accents;
  for (int i = 0; i < 200; ++i) accents += "é";
  EXPECT_THAT(Wrong([&](Violations& v) { CheckQuery(accents, v); }), IsEmpty());
  EXPECT_THAT(Wrong([&](Violations& v) { CheckQuery(accents + "e", v); }), ElementsAre("query"));
  EXPECT_THAT(Wrong([](Violations& v) { CheckQuery(std::string("a\0b", 3), v); }),
              ElementsAre("query"));
}

TEST(SearchRules, NamesEachWrongValue) {
  EXPECT_THAT(Wrong([](Violations& v) {
                CheckDepartments({"61", "99", "2A", "", "974", "1"}, v);
              }),
              ElementsAre("departments[1]", "departments[3]", "departments[5]"));
  EXPECT_THAT(Wrong([](Violations& v) {
                CheckRiasec({"R", "X", "RI", ""}, v);
              }),
              ElementsAre("riasec[1]", "riasec[2]", "riasec[3]"));
  EXPECT_THAT(Wrong([](Violations& v) {
                CheckRomeCodes({"D1102", "d1102", "D110"}, v);
              }),
              ElementsAre("professions[1]", "professions[2]"));
  EXPECT_THAT(Wrong([](Violations& v) {
                CheckSirets({"73282932000074", "1"}, v);
              }),
              ElementsAre("companies[1]"));
}

TEST(SearchRules, ListsAreBounded) {
  EXPECT_THAT(Wrong([](Violations& v) {
                CheckListCodes("sectors", std::vector<std::string>(51, "110"), v);
              }),
              ElementsAre("sectors"));
  EXPECT_THAT(Wrong([](Violations& v) { CheckDepartments(std::vector<std::string>(21, "61"), v); }),
              ElementsAre("departments"));
}

TEST(SearchRules, APointIsWholeOrAbsent) {
  const auto wrong = [](std::optional<double> lat, std::optional<double> lon,
                        std::optional<double> km) {
    return Wrong([&](Violations& v) { CheckPoint(lat, lon, km, v); });
  };
  EXPECT_THAT(wrong({}, {}, {}), IsEmpty());
  EXPECT_THAT(wrong(48.8, -0.6, 20), IsEmpty());
  EXPECT_THAT(wrong(48.8, {}, {}), ElementsAre("lon", "radius_km"));
  EXPECT_THAT(wrong({}, {}, 5), ElementsAre("lat", "lon"));
  EXPECT_THAT(wrong(91, 181, 0), ElementsAre("lat", "lon", "radius_km"));
  EXPECT_THAT(wrong(48, 0, 300.1), ElementsAre("radius_km"));
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(wrong(nan, nan, nan), ElementsAre("lat", "lon", "radius_km"));
}

TEST(SearchRules, DaysExistAndAreInOrder) {
  const auto wrong = [](const char* from, const char* to) {
    return Wrong([&](Violations& v) { CheckDays(from, to, v); });
  };
  EXPECT_THAT(wrong("", ""), IsEmpty());
  EXPECT_THAT(wrong("2026-12-07", "2026-12-07"), IsEmpty());
  EXPECT_THAT(wrong("2026-02-30", "7/12/2026"), ElementsAre("from", "to"));
  EXPECT_THAT(wrong("2026-12-08", "2026-12-07"), ElementsAre("to"));
}

TEST(SearchRules, OrdersAreKnownAndDistanceNeedsAPoint) {
  const auto wrong = [](const char* order, bool point) {
    return Wrong([&](Violations& v) { CheckOrder(order, point, v); });
  };
  EXPECT_THAT(wrong("", false), IsEmpty());
  EXPECT_THAT(wrong("distance", true), IsEmpty());
  EXPECT_THAT(wrong("distance", false), ElementsAre("order_by"));
  EXPECT_THAT(wrong("price", true), ElementsAre("order_by"));
  EXPECT_EQ(OrderOf("", true), OfferOrder::kRelevance);
  EXPECT_EQ(OrderOf("", false), OfferOrder::kDate);
  EXPECT_EQ(OrderOf("relevance", false), OfferOrder::kDate);
}

TEST(SearchRules, TheSpanOfDaysFollowsParisThroughSummerTime) {
  const Span span = SpanOf("2026-03-29", "2026-03-29");
  ASSERT_TRUE(span.from.has_value() && span.until.has_value());
  EXPECT_EQ(*span.until - *span.from, absl::Hours(23));
  EXPECT_EQ(*span.from, absl::FromCivil(absl::CivilSecond(2026, 3, 28, 23), absl::UTCTimeZone()));
  EXPECT_FALSE(SpanOf("", "").from.has_value());
}

TEST(Audiences, HaveNamesAndLabels) {
  EXPECT_EQ(AudienceNumber("QUATRIEME"), 1);
  EXPECT_EQ(AudienceNumber("ADULT"), 7);
  EXPECT_FALSE(AudienceNumber("").has_value());
  EXPECT_FALSE(AudienceNumber("adult").has_value());
  EXPECT_EQ(AudienceLabel(2), "Élèves de 3e");
  EXPECT_EQ(AudienceLabel(8), "");
  EXPECT_EQ(AudienceLabel(-1), "");
}

}  // namespace
}  // namespace dm::catalogue
