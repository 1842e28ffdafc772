#include "services/catalogue/api/answer_cache.h"

#include "absl/strings/str_cat.h"
#include "destinationmetier/catalogue/v1/catalogue_service.pb.h"
#include "services/catalogue/api/normal_request.h"

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

AnswerCache::Answer Answer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return std::make_shared<const AnswerCache::Message>(
      AnswerCache::Message{grpc::ByteBuffer(&slice, 1)});
}

void Keep(AnswerCache& cache, const std::string& key, const std::string& bytes, absl::Time read) {
  cache.Finish(key, Answer(bytes), read);
}

std::string Found(const AnswerCache& cache, const std::string& key) {
  const AnswerCache::Answer found = cache.Find(key);
  if (found == nullptr) return "nothing";
  grpc::Slice slice;
  EXPECT_TRUE(found->bytes.DumpToSingleSlice(&slice).ok());
  return {reinterpret_cast<const char*>(slice.begin()), slice.size()};
}

TEST(AnswerCache, GivesBackWhatItKeptForLessThanASecond) {
  SetClock clock;
  AnswerCache cache(&clock, 1 << 20);
  Keep(cache, "a", "bread", clock.now);
  EXPECT_EQ(Found(cache, "b"), "nothing");
  clock.now += absl::Milliseconds(999);
  EXPECT_EQ(Found(cache, "a"), "bread");
  clock.now += absl::Milliseconds(1);
  EXPECT_EQ(Found(cache, "a"), "nothing");
}

TEST(AnswerCache, CountsFromWhenTheAnswerWasReadNotFromWhenItWasKept) {
  SetClock clock;
  AnswerCache cache(&clock, 1 << 20);
  const absl::Time read = clock.now;
  clock.now += absl::Milliseconds(800);
  Keep(cache, "a", "bread", read);
  clock.now += absl::Milliseconds(300);
  EXPECT_EQ(Found(cache, "a"), "nothing");
}

TEST(AnswerCache, AClockThatIsSetBackMakesAnswersOld) {
  SetClock clock;
  AnswerCache cache(&clock, 1 << 20);
  Keep(cache, "a", "bread", clock.now);
  clock.now -= absl::Hours(1);
  EXPECT_EQ(Found(cache, "a"), "nothing");
}

TEST(AnswerCache, IsBoundedAndLosesTheOldestFirst) {
  SetClock clock;
  AnswerCache cache(&clock, 64 << 10);
  int kept = 0;
  for (int i = 0; i < 1000; ++i) {
    Keep(cache, absl::StrCat("key", i), std::string(1000, 'x'), clock.now);
    // What was kept last is there.
    EXPECT_NE(Found(cache, absl::StrCat("key", i)), "nothing");
  }
  for (int i = 0; i < 1000; ++i) kept += cache.Find(absl::StrCat("key", i)) != nullptr ? 1 : 0;
  EXPECT_GT(kept, 16);
  EXPECT_LE(kept, 64);
  EXPECT_EQ(Found(cache, "key0"), "nothing");
  Keep(cache, "huge", std::string(100'000, 'x'), clock.now);
  EXPECT_EQ(Found(cache, "huge"), "nothing");
}

TEST(AnswerCache, OfThoseWhoAskTheSameAtOnceOneReads) {
  SetClock clock;
  AnswerCache cache(&clock, 1 << 20);
  int answered = 0;
  const auto waiter = [&answered](AnswerCache::Answer answer) {
    answered += answer != nullptr ? 1 : 100;
  };
  EXPECT_TRUE(cache.Begin("a", waiter));
  EXPECT_FALSE(cache.Begin("a", waiter));
  EXPECT_FALSE(cache.Begin("a", waiter));
  EXPECT_TRUE(cache.Begin("b", waiter));
  EXPECT_EQ(answered, 0);
  cache.Finish("a", Answer("bread"), clock.now);
  EXPECT_EQ(answered, 2);
  EXPECT_TRUE(cache.Begin("a", waiter));
}

TEST(AnswerCache, AReadingThatFailsIsNobodyElsesFailure) {
  SetClock clock;
  AnswerCache cache(&clock, 1 << 20);
  bool asks_again = false;
  EXPECT_TRUE(cache.Begin("a", nullptr));
  EXPECT_FALSE(cache.Begin("a", [&](AnswerCache::Answer answer) {
    asks_again = answer == nullptr && cache.Begin("a", nullptr);
  }));
  cache.Finish("a", nullptr, clock.now);
  EXPECT_TRUE(asks_again);
}

TEST(AnswerCache, NobodyWaitsForAnAnswerThatWillBeOld) {
  SetClock clock;
  AnswerCache cache(&clock, 1 << 20);
  AnswerCache::Answer got = Answer("nothing yet");
  const absl::Time read = clock.now;
  EXPECT_TRUE(cache.Begin("a", nullptr));
  EXPECT_FALSE(cache.Begin("a", [&got](AnswerCache::Answer answer) { got = std::move(answer); }));
  clock.now += absl::Milliseconds(600);
  EXPECT_TRUE(cache.Begin("a", nullptr));
  clock.now += absl::Milliseconds(600);
  cache.Finish("a", Answer("old"), read);
  EXPECT_EQ(got, nullptr);
  EXPECT_EQ(Found(cache, "a"), "nothing");
}

TEST(Normalise, MakesRequestsThatAskTheSameTheSame) {
  pb::SearchOffersRequest one;
  one.set_query("  Boulangère ÉTÉ");
  one.add_departments("61");
  one.add_departments("14");
  one.add_departments("61");
  one.add_audiences(destinationmetier::type::v1::AUDIENCE_ADULT);
  pb::SearchOffersRequest other;
  other.set_query("boulangere ete");
  other.add_departments("14");
  other.add_departments("61");
  other.add_audiences(destinationmetier::type::v1::AUDIENCE_ADULT);
  other.set_order_by("relevance");
  other.set_page_size(20);
  Normalise(&one);
  Normalise(&other);
  EXPECT_EQ(one.SerializeAsString(), other.SerializeAsString());
  const std::string once = one.SerializeAsString();
  Normalise(&one);
  EXPECT_EQ(one.SerializeAsString(), once);
  other.add_departments("27");
  Normalise(&other);
  EXPECT_NE(other.SerializeAsString(), once);
}

TEST(Normalise, KeepsWhetherTheLastWordIsFinished) {
  pb::SearchProfessionsRequest typing;
  typing.set_query("Boul");
  pb::SearchProfessionsRequest typed;
  typed.set_query("Boul ");
  Normalise(&typing);
  Normalise(&typed);
  EXPECT_NE(typing.SerializeAsString(), typed.SerializeAsString());
  EXPECT_EQ(typed.query(), "boul ");
}

}  // namespace
}  // namespace dm::catalogue
