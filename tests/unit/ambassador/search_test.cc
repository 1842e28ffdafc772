#include "services/ambassador/domain/search.h"

#include "common/time/clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace dm::ambassador {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> FieldsOf(const absl::Status& status) {
  std::vector<std::string> fields;
  const auto details = GetErrorDetails(status);
  if (!details.has_value()) return fields;
  for (const FieldViolation& violation : details->fields) fields.push_back(violation.field);
  return fields;
}

std::vector<std::string> WrongIn(const Search& search) {
  Violations violations;
  CheckSearch(search, violations);
  return FieldsOf(violations.ToStatus());
}

std::vector<std::string> WrongIn(const SessionsRange& range) {
  Violations violations;
  CheckSessionsRange(range, violations);
  return FieldsOf(violations.ToStatus());
}

absl::Time Paris(const std::string& text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime("%Y-%m-%d %H:%M", text, ParisTimeZone(), &time, &error)) << error;
  return time;
}

TEST(CheckSearchTest, AcceptsNothingAskedAndEverythingAskedWell) {
  EXPECT_THAT(WrongIn(Search{}), IsEmpty());
  EXPECT_THAT(WrongIn(Search{.query = "cœur",
                             .departments = {"61", "2A"},
                             .professions = {"M1805"},
                             .sectors = {"90"},
                             .formats = {"PHONE"},
                             .companies = {"00061001400011"},
                             .latitude = 48.8,
                             .longitude = -0.6,
                             .radius_km = 300,
                             .page_size = 1000}),
              IsEmpty());
}

TEST(CheckSearchTest, NamesEveryViolationAtOnce) {
  EXPECT_THAT(WrongIn(Search{.query = std::string(201, 'x'),
                             .departments = {"61", "99"},
                             .professions = {"X"},
                             .sectors = {"?"},
                             .formats = {""},
                             .companies = {"123"},
                             .latitude = 91,
                             .longitude = std::nan(""),
                             .radius_km = 0,
                             .page_size = -1}),
              ElementsAre("query", "departments[1]", "professions[0]", "sectors[0]", "formats[0]",
                          "companies[0]", "lat", "lon", "radius_km", "page_size"));
}

TEST(CheckSearchTest, CountsCharactersAndValues) {
  std::string accents;
  for (int i = 0; i < 200; ++i) accents += "é";
  EXPECT_THAT(WrongIn(Search{.query = accents}), IsEmpty());
  EXPECT_THAT(WrongIn(Search{.departments = std::vector<std::string>(21, "61")}),
              ElementsAre("departments"));
  EXPECT_THAT(WrongIn(Search{.sectors = std::vector<std::string>(51, "90")}),
              ElementsAre("sectors"));
}

TEST(CheckSearchTest, WantsPointAndRadiusTogether) {
  EXPECT_THAT(WrongIn(Search{.latitude = 48}), ElementsAre("lon", "radius_km"));
  EXPECT_THAT(WrongIn(Search{.radius_km = 5}), ElementsAre("lat", "lon"));
  EXPECT_THAT(WrongIn(Search{.latitude = 48, .longitude = 0, .radius_km = 300.1}),
              ElementsAre("radius_km"));
}

TEST(CheckSessionsRangeTest, WantsDaysInOrder) {
  EXPECT_THAT(WrongIn(SessionsRange{}), IsEmpty());
  EXPECT_THAT(WrongIn(SessionsRange{"2026-11-30", "2026-11-30"}), IsEmpty());
  EXPECT_THAT(WrongIn(SessionsRange{"2026-11-30", "2026-11-29"}), ElementsAre("to"));
  EXPECT_THAT(WrongIn(SessionsRange{"2026-02-30", "tomorrow"}), ElementsAre("from", "to"));
}

TEST(ResolveTest, TakesDaysInParisAndNothingPast) {
  const absl::Time now = Paris("2026-11-30 12:00");
  const TimeRange open = Resolve({}, now);
  EXPECT_EQ(open.from, now);
  EXPECT_EQ(open.to, absl::InfiniteFuture());
  const TimeRange days = Resolve({"2026-12-01", "2026-12-02"}, now);
  EXPECT_EQ(days.from, Paris("2026-12-01 00:00"));
  EXPECT_EQ(days.to, Paris("2026-12-03 00:00"));
  EXPECT_EQ(Resolve({"2026-11-01", ""}, now).from, now);
}

constexpr char kId[] = "019b8dd0-5780-7615-8c22-1e51d9c1fbd0";

TEST(PositionTest, ReadsBackWhatItWrote) {
  const SearchPosition found{"12.5", "jeanne lemoine", kId};
  EXPECT_EQ(SearchPositionFrom(ToTokenParts(found)).value(), found);
  const SessionPosition session{1'764'489'600'000'000, kId};
  EXPECT_EQ(SessionPositionFrom(ToTokenParts(session)).value(), session);
  EXPECT_EQ(SearchPositionFrom({}).value(), std::nullopt);
  EXPECT_EQ(SessionPositionFrom({}).value(), std::nullopt);
}

TEST(PositionTest, RefusesPartsOfAnotherList) {
  EXPECT_EQ(ErrorReasonOf(SearchPositionFrom({"1", kId}).status()), "PAGE_TOKEN_INVALID");
  EXPECT_EQ(ErrorReasonOf(SearchPositionFrom({"x", "a", kId}).status()), "PAGE_TOKEN_INVALID");
  EXPECT_EQ(ErrorReasonOf(SearchPositionFrom({"1", "a", "b"}).status()), "PAGE_TOKEN_INVALID");
  EXPECT_EQ(ErrorReasonOf(SessionPositionFrom({"1", "a", kId}).status()), "PAGE_TOKEN_INVALID");
  EXPECT_EQ(ErrorReasonOf(SessionPositionFrom({"x", kId}).status()), "PAGE_TOKEN_INVALID");
}

TEST(NamesTest, FindsTheIdInANameOfItsForm) {
  const std::string id = kId;
  EXPECT_EQ(AmbassadorIdFrom("ambassadors/019B8DD0-5780-7615-8C22-1E51D9C1FBD0"), id);
  for (const std::string& name :
       std::vector<std::string>{"", id, "ambassadors/x", "companies/" + id}) {
    EXPECT_EQ(AmbassadorIdFrom(name), std::nullopt) << name;
  }
  EXPECT_EQ(SessionIdsFrom("ambassadors/" + id + "/sessions/019B8DD0-5780-7615-8C22-1E51D9C1FBD1"),
            (SessionIds{id, "019b8dd0-5780-7615-8c22-1e51d9c1fbd1"}));
  for (const std::string& name : {"offers/" + id + "/sessions/" + id, "ambassadors/" + id,
                                  "ambassadors/" + id + "/sessions/x"}) {
    EXPECT_EQ(SessionIdsFrom(name), std::nullopt) << name;
  }
}

}  // namespace
}  // namespace dm::ambassador
