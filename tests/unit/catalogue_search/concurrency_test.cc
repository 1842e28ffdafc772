#include "tests/unit/catalogue_search/random_corpus.h"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>
#include <vector>

namespace dm::catalogue::search {
namespace {

// Offers that nobody touches are found on exactly one page each, whatever comes, changes and goes
// between the pages. Run under a thread sanitizer, it also shows that nothing races.
TEST(OfferIndex, PagesStayWholeWhileOffersComeAndGo) {
  constexpr int kUntouched = 300;
  constexpr int kTouched = 400;
  OfferIndex index;
  RandomCorpus words(1);
  index.SetWords({words.Professions(), words.Companies(), {}});
  const auto offer = [](RandomCorpus& corpus, int number) {
    OfferDocument made = corpus.Offer(0);
    made.id = {static_cast<uint64_t>(number % 7), static_cast<uint64_t>(number)};
    made.sessions = {{100 + number % 5, true}};
    return made;
  };
  std::vector<OfferDocument> untouched;
  for (int i = 0; i < kUntouched; ++i) untouched.push_back(offer(words, i));
  index.Apply(untouched, {});

  std::atomic<bool> stop = false;
  std::thread writer([&] {
    RandomCorpus corpus(2);
    while (!stop) {
      std::vector<OfferDocument> published;
      std::vector<OfferId> gone;
      for (int i = 0; i < 60; ++i) {
        const auto made = offer(corpus, kUntouched + corpus.Upto(kTouched));
        if (corpus.OneIn(3)) {
          gone.push_back(made.id);
        } else {
          published.push_back(made);
        }
      }
      index.Apply(published, gone);
      if (corpus.OneIn(20)) index.SetWords({words.Professions(), words.Companies(), {}});
    }
  });
  const auto read = [&](int limit) {
    for (int round = 0; round < 15; ++round) {
      OfferQuery query{.order = OfferOrder::kDate, .limit = limit};
      std::multiset<uint64_t> seen;
      while (true) {
        const OfferHits hits = index.Search(query);
        EXPECT_GE(hits.total, kUntouched);
        for (const auto& hit : hits.page) {
          if (hit.id.low < kUntouched) seen.insert(hit.id.low);
        }
        if (!hits.more) break;
        query.after = hits.page.back();
      }
      EXPECT_EQ(seen.size(), static_cast<size_t>(kUntouched));
      EXPECT_EQ(std::set(seen.begin(), seen.end()).size(), static_cast<size_t>(kUntouched));
    }
  };
  std::thread first([&] { read(7); });
  std::thread second([&] { read(23); });
  first.join();
  second.join();
  stop = true;
  writer.join();
}

}  // namespace
}  // namespace dm::catalogue::search
