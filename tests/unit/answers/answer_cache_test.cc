#include "common/answers/answer_cache.h"

#include "absl/strings/str_cat.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>

namespace dm {
namespace {

class SetClock final : public Clock {
 public:
  absl::Time Now() const override { return now; }
  absl::Time now = absl::FromUnixSeconds(1795435200);
};

struct Text {
  std::string text;
  size_t ByteSize() const { return text.size(); }
};
using Cache = AnswerCache<Text>;

Cache::Kept Answer(const std::string& text, absl::Time read) {
  return {std::make_shared<const Text>(Text{text}), read};
}

void Keep(Cache& cache, const std::string& key, const std::string& text, absl::Time read) {
  cache.Finish(key, Answer(text, read));
}

std::string Found(const Cache& cache, const std::string& key) {
  const Cache::Kept found = cache.Find(key);
  return found ? found.answer->text : "nothing";
}

// Says what somebody who waited was given.
Cache::Waiter Into(std::string* given) {
  return [given](Cache::Kept kept) { *given = kept ? kept.answer->text : "nothing"; };
}

TEST(AnswerCache, GivesBackWhatItKeptForLessThanASecond) {
  SetClock clock;
  Cache cache(&clock, 1 << 20);
  Keep(cache, "a", "bread", clock.now);
  EXPECT_EQ(Found(cache, "b"), "nothing");
  clock.now += absl::Milliseconds(999);
  EXPECT_EQ(Found(cache, "a"), "bread");
  clock.now += absl::Milliseconds(1);
  EXPECT_EQ(Found(cache, "a"), "nothing");
}

TEST(AnswerCache, CountsFromWhenTheAnswerWasReadNotFromWhenItWasKept) {
  SetClock clock;
  Cache cache(&clock, 1 << 20);
  const absl::Time read = clock.now;
  clock.now += absl::Milliseconds(800);
  Keep(cache, "a", "bread", read);
  EXPECT_EQ(cache.Find("a").read, read);
  clock.now += absl::Milliseconds(300);
  EXPECT_EQ(Found(cache, "a"), "nothing");
}

TEST(AnswerCache, AClockThatIsSetBackMakesAnswersOld) {
  SetClock clock;
  Cache cache(&clock, 1 << 20);
  Keep(cache, "a", "bread", clock.now);
  clock.now -= absl::Hours(1);
  EXPECT_EQ(Found(cache, "a"), "nothing");
}

TEST(AnswerCache, IsBoundedAndLosesTheOldestFirst) {
  SetClock clock;
  constexpr size_t kMost = 64 << 10;
  Cache cache(&clock, kMost);
  int kept = 0;
  for (int i = 0; i < 1000; ++i) {
    Keep(cache, absl::StrCat("key", i), std::string(1000, 'x'), clock.now);
    // What was kept last is there.
    EXPECT_NE(Found(cache, absl::StrCat("key", i)), "nothing");
    EXPECT_LE(cache.bytes(), kMost);
  }
  for (int i = 0; i < 1000; ++i) kept += cache.Find(absl::StrCat("key", i)) ? 1 : 0;
  EXPECT_GT(kept, 16);
  EXPECT_LE(kept, 64);
  EXPECT_EQ(Found(cache, "key0"), "nothing");
  Keep(cache, "huge", std::string(100'000, 'x'), clock.now);
  EXPECT_EQ(Found(cache, "huge"), "nothing");
}

TEST(AnswerCache, KeepsTheLastOfOneKeyAlone) {
  SetClock clock;
  Cache cache(&clock, 1 << 20);
  Keep(cache, "a", "bread", clock.now);
  const size_t bytes = cache.bytes();
  Keep(cache, "a", "toast", clock.now);
  EXPECT_EQ(Found(cache, "a"), "toast");
  EXPECT_EQ(cache.bytes(), bytes);
}

TEST(AnswerCache, WhatWasMadeOfAnAnswerTakesItsPlaceWhileItIsThere) {
  SetClock clock;
  Cache cache(&clock, 1 << 20);
  Keep(cache, "a", "bread", clock.now);
  cache.Replace("a", Answer("toast", clock.now));
  EXPECT_EQ(Found(cache, "a"), "toast");
  cache.Replace("a", Answer("of another", clock.now - absl::Milliseconds(1)));
  EXPECT_EQ(Found(cache, "a"), "toast");
  cache.Drop("a");
  cache.Replace("a", Answer("toast", clock.now));
  EXPECT_EQ(Found(cache, "a"), "nothing");
}

TEST(AnswerCache, WhoLookedJustBeforeAnAnswerCameIsGivenItAndDoesNotRead) {
  SetClock clock;
  Cache cache(&clock, 1 << 20);
  std::string given;
  ASSERT_TRUE(cache.Begin("a", Into(&given)));
  EXPECT_EQ(Found(cache, "a"), "nothing");
  cache.Finish("a", Answer("bread", clock.now));
  EXPECT_FALSE(cache.Begin("a", Into(&given)));
  EXPECT_EQ(given, "bread");
  clock.now += absl::Seconds(1);
  EXPECT_TRUE(cache.Begin("a", Into(&given)));
}

TEST(AnswerCache, OfThoseWhoAskTheSameAtOnceOneReads) {
  SetClock clock;
  Cache cache(&clock, 1 << 20);
  int answered = 0;
  const auto waiter = [&answered](Cache::Kept kept) { answered += kept ? 1 : 100; };
  EXPECT_TRUE(cache.Begin("a", waiter));
  EXPECT_FALSE(cache.Begin("a", waiter));
  EXPECT_FALSE(cache.Begin("a", waiter));
  EXPECT_TRUE(cache.Begin("b", waiter));
  EXPECT_EQ(answered, 0);
  cache.Finish("a", Answer("bread", clock.now));
  EXPECT_EQ(answered, 2);
  clock.now += absl::Seconds(1);
  EXPECT_TRUE(cache.Begin("a", waiter));
}

TEST(AnswerCache, AReadingThatFailsIsNobodyElsesFailure) {
  SetClock clock;
  Cache cache(&clock, 1 << 20);
  bool asks_again = false;
  EXPECT_TRUE(cache.Begin("a", nullptr));
  EXPECT_FALSE(
      cache.Begin("a", [&](Cache::Kept kept) { asks_again = !kept && cache.Begin("a", nullptr); }));
  cache.Finish("a", {});
  EXPECT_TRUE(asks_again);
}

TEST(AnswerCache, NobodyWaitsForAnAnswerThatWillBeOld) {
  SetClock clock;
  Cache cache(&clock, 1 << 20);
  Cache::Kept got = Answer("nothing yet", clock.now);
  const absl::Time read = clock.now;
  EXPECT_TRUE(cache.Begin("a", nullptr));
  EXPECT_FALSE(cache.Begin("a", [&got](Cache::Kept kept) { got = std::move(kept); }));
  clock.now += absl::Milliseconds(600);
  EXPECT_TRUE(cache.Begin("a", nullptr));
  clock.now += absl::Milliseconds(600);
  cache.Finish("a", Answer("old", read));
  EXPECT_FALSE(got);
  EXPECT_EQ(Found(cache, "a"), "nothing");
}

TEST(AnswerCache, WhatChangedIsNotGivenAnyMore) {
  SetClock clock;
  Cache cache(&clock, 1 << 20);
  Keep(cache, "a", "bread", clock.now);
  Keep(cache, "b", "butter", clock.now);
  cache.Drop("a");
  EXPECT_EQ(Found(cache, "a"), "nothing");
  EXPECT_EQ(Found(cache, "b"), "butter");
  cache.Drop("c");
}

TEST(AnswerCache, WhatWasReadBeforeAChangeIsNotKept) {
  SetClock clock;
  Cache cache(&clock, 1 << 20);
  const absl::Time read = clock.now;
  EXPECT_TRUE(cache.Begin("a", nullptr));
  clock.now += absl::Milliseconds(10);
  cache.Drop("a");
  cache.Finish("a", Answer("bread", read));
  EXPECT_EQ(Found(cache, "a"), "nothing");
  EXPECT_TRUE(cache.Begin("a", nullptr));
  clock.now += absl::Milliseconds(10);
  cache.Finish("a", Answer("toast", clock.now));
  EXPECT_EQ(Found(cache, "a"), "toast");
}

TEST(AnswerCache, WhatWasReadBeforeAChangeIsNotKeptBySomebodyElseWhoReadLonger) {
  SetClock clock;
  Cache cache(&clock, 1 << 20);
  const absl::Time first = clock.now;
  EXPECT_TRUE(cache.Begin("a", nullptr));
  clock.now += absl::Milliseconds(600);
  const absl::Time second = clock.now;
  EXPECT_TRUE(cache.Begin("a", nullptr));
  clock.now += absl::Milliseconds(50);
  cache.Drop("a");
  cache.Finish("a", Answer("bread", first));
  cache.Finish("a", Answer("toast", second));
  EXPECT_EQ(Found(cache, "a"), "nothing");
}

TEST(AnswerCache, NobodyIsGivenWhatWasReadBeforeAChange) {
  SetClock clock;
  Cache cache(&clock, 1 << 20);
  std::string before;
  std::string after;
  const absl::Time first = clock.now;
  EXPECT_TRUE(cache.Begin("a", nullptr));
  EXPECT_FALSE(cache.Begin("a", Into(&before)));
  clock.now += absl::Milliseconds(10);
  cache.Drop("a");
  clock.now += absl::Milliseconds(10);
  // It would wait for what is of no use.
  const absl::Time second = clock.now;
  EXPECT_TRUE(cache.Begin("a", nullptr));
  EXPECT_FALSE(cache.Begin("a", Into(&after)));
  cache.Finish("a", Answer("bread", first));
  EXPECT_EQ(before, "nothing");
  EXPECT_EQ(after, "");
  cache.Finish("a", Answer("toast", second));
  EXPECT_EQ(after, "toast");
  EXPECT_EQ(Found(cache, "a"), "toast");
}

TEST(AnswerCache, AReadingThatFailsIsToldToThoseWhoWaitedForItAlone) {
  SetClock clock;
  Cache cache(&clock, 1 << 20);
  std::string early;
  std::string late;
  std::string latest;
  EXPECT_TRUE(cache.Begin("a", nullptr));
  EXPECT_FALSE(cache.Begin("a", Into(&early)));
  clock.now += absl::Milliseconds(600);
  EXPECT_TRUE(cache.Begin("a", nullptr));
  EXPECT_FALSE(cache.Begin("a", Into(&late)));
  cache.Finish("a", {});
  EXPECT_EQ(early, "nothing");
  EXPECT_EQ(late, "");
  // The second goes on.
  EXPECT_FALSE(cache.Begin("a", Into(&latest)));
  cache.Finish("a", Answer("toast", clock.now));
  EXPECT_EQ(late, "toast");
  EXPECT_EQ(latest, "toast");
}

// Who knows of changes, and when they looked last.
struct Follower {
  uint64_t changes = 0;
  absl::Time followed = absl::InfinitePast();

  Cache::UnchangedUntil UnchangedUntil() const {
    return [this](uint64_t known) { return known == changes ? followed : absl::InfinitePast(); };
  }
};

class FollowedAnswers : public ::testing::Test {
 protected:
  // As it is read now.
  void KeepSteady(const std::string& key, absl::Time until = absl::InfiniteFuture()) {
    cache_.Finish(key, {.answer = std::make_shared<const Text>(Text{"bread"}),
                        .read = clock_.now,
                        .steady_until = until,
                        .changes = follower_.changes});
  }
  void Pass(absl::Duration time) { clock_.now += time; }

  SetClock clock_;
  Follower follower_;
  Cache cache_{&clock_, 1 << 20, follower_.UnchangedUntil()};
};

TEST_F(FollowedAnswers, StayAsYoungAsTheLastLookThatFoundNothingChanged) {
  KeepSteady("a");
  Keep(cache_, "b", "butter", clock_.now);
  Pass(absl::Seconds(50));
  follower_.followed = clock_.now - absl::Milliseconds(60);
  EXPECT_EQ(cache_.Find("a").read, follower_.followed);
  EXPECT_FALSE(cache_.Begin("a", [](Cache::Kept kept) { EXPECT_TRUE(kept); }));
  // Of this nobody said that it stays the same.
  EXPECT_EQ(Found(cache_, "b"), "nothing");
}

TEST_F(FollowedAnswers, OfBeforeAChangeGrowOld) {
  KeepSteady("a");
  ++follower_.changes;
  Pass(absl::Milliseconds(900));
  follower_.followed = clock_.now;
  EXPECT_EQ(Found(cache_, "a"), "bread");
  Pass(absl::Milliseconds(100));
  EXPECT_EQ(Found(cache_, "a"), "nothing");
  EXPECT_TRUE(cache_.Begin("a", nullptr));
}

TEST_F(FollowedAnswers, OfBeforeAChangeGrowOldAlsoWhenTheClockWasSetBackMeanwhile) {
  KeepSteady("a");
  Pass(-absl::Seconds(1));
  ++follower_.changes;
  Pass(absl::Seconds(3));
  follower_.followed = clock_.now;
  EXPECT_EQ(Found(cache_, "a"), "nothing");
}

TEST_F(FollowedAnswers, GrowOldOnceNobodyLooksForChanges) {
  KeepSteady("a");
  Pass(absl::Minutes(5));
  follower_.followed = clock_.now;
  Pass(absl::Milliseconds(999));
  EXPECT_EQ(Found(cache_, "a"), "bread");
  Pass(absl::Milliseconds(1));
  EXPECT_EQ(Found(cache_, "a"), "nothing");
}

TEST_F(FollowedAnswers, GrowOldOnceTimeAloneWouldMakeThemSaySomethingElse) {
  const absl::Time starts = clock_.now + absl::Seconds(10);
  KeepSteady("a", starts);
  clock_.now = starts + absl::Milliseconds(999);
  follower_.followed = clock_.now;
  EXPECT_EQ(cache_.Find("a").read, starts);
  Pass(absl::Milliseconds(1));
  EXPECT_EQ(Found(cache_, "a"), "nothing");
}

TEST(AnswerCache, KeepsNothingWithoutMemory) {
  SetClock clock;
  Cache cache(&clock, 0);
  EXPECT_TRUE(cache.Begin("a", nullptr));
  EXPECT_TRUE(cache.Begin("a", nullptr));
  Keep(cache, "a", "bread", clock.now);
  EXPECT_EQ(Found(cache, "a"), "nothing");
  EXPECT_EQ(cache.bytes(), 0u);
}

}  // namespace
}  // namespace dm
