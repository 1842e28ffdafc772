// Several feeds as one, in the order of each, whatever becomes of a source.
#include "absl/strings/str_cat.h"
#include "tests/integration/gateway/partner_events_world.h"

#include <string>
#include <thread>
#include <vector>

namespace dm::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_F(PartnerEventsTest, WhatWasThereBeforeComesFromTheSourcesInTheOrderOfEach) {
  for (int i = 0; i < 3; ++i) {
    catalogue_.Append(absl::StrCat("c", i), Closed("61"));
    booking_.Append(absl::StrCat("b", i), Seats("61"));
  }
  Open();
  const auto seen = FollowUntil(6, "");
  EXPECT_THAT(seen.at("catalogue"), ElementsAre("c0", "c1", "c2"));
  EXPECT_THAT(seen.at("booking"), ElementsAre("b0", "b1", "b2"));
}

TEST_F(PartnerEventsTest, WhoIsFurtherBehindThanMemoryCatchesUpFromTheSource) {
  PartnerEventApi::Options options;
  options.mirrors.most_events = 10;
  Open(std::move(options));
  std::string position = EndPosition();
  for (int i = 0; i < 2'000; ++i) booking_.Append(absl::StrCat(i), Seats("61"));
  const auto seen = FollowUntil(2'000, position, &position);
  ASSERT_EQ(seen.at("booking").size(), 2'000u);
  for (int i = 0; i < 2'000; ++i)
    ASSERT_EQ(seen.at("booking")[static_cast<size_t>(i)], absl::StrCat(i));
  EXPECT_THAT(Read(position).events(), IsEmpty());
}

TEST_F(PartnerEventsTest, ManyReadersCostASourceOneStreamAndNoPages) {
  Open();
  const std::string start = EndPosition();
  const int pages = booking_.pages();
  std::vector<std::thread> readers;
  for (int i = 0; i < 12; ++i) {
    readers.emplace_back([&] {
      pb::ListEventsRequest request;
      request.set_after(start);
      pb::PartnerEvents page;
      EXPECT_TRUE(List(request, &page).ok());
      EXPECT_EQ(page.events_size(), 1);
    });
  }
  booking_.Append("one", Seats("61"));
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(booking_.streams(), 1);
  EXPECT_EQ(booking_.pages(), pages);
}

TEST_F(PartnerEventsTest, NothingIsLostWhileASourceIsAway) {
  Open();
  std::string position = EndPosition();
  booking_.Append("before", Seats("61"));
  FollowUntil(1, position, &position);
  booking_.Stop();
  catalogue_.Append("meanwhile", Closed("61"));
  EXPECT_THAT(FollowUntil(1, position, &position).at("catalogue"), ElementsAre("meanwhile"));
  booking_.Append("after", Seats("61"), 2);
  booking_.Start();
  EXPECT_THAT(FollowUntil(2, position).at("booking"), ElementsAre("after", "after"));
}

}  // namespace
}  // namespace dm::gateway
