#include "services/catalogue/search/shown_offers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace dm::catalogue::search {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

OfferId Id(uint64_t number) { return {.high = 7, .low = number}; }

ShownOffers::Offer Showing(const std::string& text) {
  return std::make_shared<const ShownOffer>(ShownOffer{.encoded = text});
}

std::string TextOf(ShownOffers& shown, const OfferId& id, absl::Time now = kNow) {
  const auto found = shown.Find(id, now).offer;
  return found == nullptr ? "" : found->encoded;
}

// Reads and keeps, as a search that missed.
void Read(ShownOffers& shown, const OfferId& id, const std::string& text) {
  shown.Keep(id, shown.Find(id, kNow).ticket, Showing(text));
}

TEST(ShownOffers, KeepsWhatWasReadUntilItIsTouched) {
  ShownOffers shown;
  shown.FollowedUpTo(kNow);
  Read(shown, Id(1), "one");
  Read(shown, Id(2), "two");
  EXPECT_EQ(TextOf(shown, Id(1)), "one");
  shown.Drop(Id(1));
  EXPECT_EQ(TextOf(shown, Id(1)), "");
  EXPECT_EQ(TextOf(shown, Id(2)), "two");
  shown.DropAll();
  EXPECT_EQ(TextOf(shown, Id(2)), "");
  EXPECT_EQ(shown.bytes(), 0);
}

TEST(ShownOffers, DoesNotKeepWhatWasReadBeforeAChange) {
  ShownOffers shown;
  shown.FollowedUpTo(kNow);
  const auto before = shown.Find(Id(1), kNow);
  shown.Drop(Id(1));
  shown.Keep(Id(1), before.ticket, Showing("old"));
  EXPECT_EQ(TextOf(shown, Id(1)), "");
  const auto before_all = shown.Find(Id(1), kNow);
  shown.DropAll();
  shown.Keep(Id(1), before_all.ticket, Showing("old"));
  EXPECT_EQ(TextOf(shown, Id(1)), "");
}

TEST(ShownOffers, GivesNothingWhileNobodyFollowsTheChanges) {
  ShownOffers shown;
  Read(shown, Id(1), "one");
  EXPECT_EQ(TextOf(shown, Id(1)), "");
  shown.FollowedUpTo(kNow);
  EXPECT_EQ(TextOf(shown, Id(1)), "one");
  EXPECT_EQ(TextOf(shown, Id(1), kNow + ShownOffers::kMostBehind - absl::Milliseconds(1)), "one");
  EXPECT_EQ(TextOf(shown, Id(1), kNow + ShownOffers::kMostBehind), "");
  EXPECT_EQ(TextOf(shown, Id(1), kNow - absl::Seconds(1)), "");
}

TEST(ShownOffers, StaysWithinItsBytesAndForgetsWhatWasNotShownForLongest) {
  constexpr size_t kMost = size_t{1} << 20;
  ShownOffers shown(kMost);
  shown.FollowedUpTo(kNow);
  const std::string text(500, 'x');
  for (uint64_t number = 0; number < 5'000; ++number) {
    Read(shown, Id(number), text);
    EXPECT_EQ(TextOf(shown, Id(0)), text) << "shown each time";
  }
  EXPECT_LE(shown.bytes(), kMost);
  EXPECT_GT(shown.bytes(), kMost / 2);
  EXPECT_EQ(TextOf(shown, Id(1)), "");
  EXPECT_EQ(TextOf(shown, Id(4'999)), text);
}

TEST(ShownOffers, KeepsNothingThatIsLargerThanItsShareNorWithoutBytes) {
  ShownOffers small(size_t{64} << 10);
  small.FollowedUpTo(kNow);
  Read(small, Id(1), std::string(2'000, 'x'));
  EXPECT_EQ(TextOf(small, Id(1)), "");
  ShownOffers none(0);
  none.FollowedUpTo(kNow);
  Read(none, Id(1), "one");
  EXPECT_EQ(TextOf(none, Id(1)), "");
}

// Versions of one offer, as the tables hold them, are read by many while they change: whoever finds
// one after its change was followed never finds an older one.
TEST(ShownOffers, NeverGivesWhatIsOlderThanWhatWasFollowed) {
  ShownOffers shown;
  shown.FollowedUpTo(kNow);
  std::atomic<int> committed = 0;
  std::atomic<int> followed = 0;
  std::atomic<bool> ends = false;
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!ends) {
        const int least = followed;
        const auto found = shown.Find(Id(1), kNow);
        if (found.offer == nullptr) {
          const int read = committed;
          std::this_thread::yield();
          shown.Keep(Id(1), found.ticket, Showing(std::to_string(read)));
        } else {
          ASSERT_GE(std::stoi(found.offer->encoded), least);
        }
      }
    });
  }
  for (int version = 1; version <= 20'000; ++version) {
    committed = version;
    shown.Drop(Id(1));
    followed = version;
  }
  ends = true;
  for (auto& reader : readers) reader.join();
}

}  // namespace
}  // namespace dm::catalogue::search
