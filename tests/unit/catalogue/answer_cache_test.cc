#include "services/catalogue/api/answer_cache.h"

#include "absl/strings/str_cat.h"
#include "destinationmetier/catalogue/v1/catalogue_service.pb.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace dm::catalogue {
namespace {

namespace pb = destinationmetier::catalogue::v1;

class SetClock final : public Clock {
 public:
  absl::Time Now() const override { return now; }
  absl::Time now = absl::FromUnixSeconds(1795435200);
};

std::shared_ptr<const pb::Sector> Answer(const std::string& name) {
  auto sector = std::make_shared<pb::Sector>();
  sector->set_name(name);
  return sector;
}

TEST(AnswerCache, GivesBackWhatItKeptForLessThanASecond) {
  SetClock clock;
  AnswerCache cache(&clock, 1 << 20);
  cache.Keep("a", Answer("sectors/1"), clock.now);
  EXPECT_EQ(cache.Find("b"), nullptr);
  clock.now += absl::Milliseconds(999);
  ASSERT_NE(cache.Find("a"), nullptr);
  EXPECT_EQ(static_cast<const pb::Sector&>(*cache.Find("a")).name(), "sectors/1");
  clock.now += absl::Milliseconds(1);
  EXPECT_EQ(cache.Find("a"), nullptr);
}

TEST(AnswerCache, CountsFromWhenTheAnswerWasReadNotFromWhenItWasKept) {
  SetClock clock;
  AnswerCache cache(&clock, 1 << 20);
  const absl::Time read = clock.now;
  clock.now += absl::Milliseconds(800);
  cache.Keep("a", Answer("sectors/1"), read);
  clock.now += absl::Milliseconds(300);
  EXPECT_EQ(cache.Find("a"), nullptr);
}

TEST(AnswerCache, AClockThatIsSetBackMakesAnswersOld) {
  SetClock clock;
  AnswerCache cache(&clock, 1 << 20);
  cache.Keep("a", Answer("sectors/1"), clock.now);
  clock.now -= absl::Hours(1);
  EXPECT_EQ(cache.Find("a"), nullptr);
}

TEST(AnswerCache, IsBounded) {
  SetClock clock;
  AnswerCache cache(&clock, 64 << 10);
  int kept = 0;
  for (int i = 0; i < 1000; ++i) {
    cache.Keep(absl::StrCat("key", i), Answer(std::string(1000, 'x')), clock.now);
  }
  for (int i = 0; i < 1000; ++i) kept += cache.Find(absl::StrCat("key", i)) != nullptr ? 1 : 0;
  EXPECT_GT(kept, 0);
  EXPECT_LE(kept, 64);
  cache.Keep("huge", Answer(std::string(100'000, 'x')), clock.now);
  EXPECT_EQ(cache.Find("huge"), nullptr);
}

}  // namespace
}  // namespace dm::catalogue
