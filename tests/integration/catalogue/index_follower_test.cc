#include "services/catalogue/feeds/index_follower.h"

#include "services/catalogue/store/search_changes.h"
#include "services/catalogue/store/search_rows.h"
#include "tests/integration/catalogue/catalogue_world.h"

#include <atomic>
#include <functional>
#include <set>
#include <thread>
#include <utility>
#include <vector>

namespace dm::catalogue {
namespace {

using database::Statement;
using database::Transaction;

class IndexFollowerTest : public CatalogueTest {
 protected:
  void SetUp() override {
    ImportSeed();
    CatchUp();
  }

  pb::SearchOffersResponse Offers(const std::string& query) {
    pb::SearchOffersRequest request;
    request.set_query(query);
    request.set_page_size(100);
    const auto response = api_.SearchOffers(call_, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(pb::SearchOffersResponse());
  }

  std::string AnyOffer() {
    return Ask({"test_any", "SELECT min(id::text) FROM offers"})[0][0].c_str();
  }

  // Writes to an offer as everything that writes does.
  void Write(const std::string& id, const Statement& statement) {
    const absl::Status written = database_->Write(call_.deadline, [&](Transaction& transaction) {
      transaction.Exec(statement, id);
      TouchOffers(transaction, std::vector<std::string>{id}, clock_.Now());
      return absl::OkStatus();
    });
    ASSERT_TRUE(written.ok()) << written;
  }

  static constexpr Statement kHide{"test_hide_offer",
                                   "UPDATE offers SET published = false, state = 4 WHERE id = $1"};
  static constexpr Statement kShow{"test_show_offer",
                                   "UPDATE offers SET published = true, state = 3 WHERE id = $1"};
};

TEST_F(IndexFollowerTest, SearchesWaitUntilEverythingWasReadOnce) {
  search::CatalogueIndex empty;
  CatalogueApi api(database_.get(), &empty, &page_tokens_, &clock_, [] {});
  EXPECT_EQ(api.SearchOffers(call_, {}).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(IndexFollowerTest, SeesWhatIsPublishedAndWhatIsNotAnyMore) {
  EXPECT_EQ(Offers("").total_size(), 96);
  const std::string id = AnyOffer();
  Write(id, kHide);
  EXPECT_EQ(Offers("").total_size(), 96);
  CatchUp();
  EXPECT_EQ(Offers("").total_size(), 95);
  EXPECT_EQ(index_.offers().VersionOf(*search::OfferId::Parse(id)), std::nullopt);
  Write(id, kShow);
  CatchUp();
  EXPECT_EQ(Offers("").total_size(), 96);
}

TEST_F(IndexFollowerTest, AnOfferThatWentBetweenIndexAndRowIsLeftOut) {
  Write(AnyOffer(), kHide);
  const auto found = Offers("");
  EXPECT_EQ(found.total_size(), 96);
  EXPECT_EQ(found.offers_size(), 95);
}

TEST_F(IndexFollowerTest, ShowsWhatAnOfferSaysNowOnceTheChangeWasFollowed) {
  const auto before = Offers("");
  ASSERT_EQ(before.offers_size(), 96);
  const std::string name = before.offers(40).name();
  const std::string id = name.substr(name.find('/') + 1);
  Write(id, {"test_describe", "UPDATE offers SET description = 'Tout neuf' WHERE id = $1"});
  EXPECT_EQ(Offers("").offers(40).description(), before.offers(40).description());
  CatchUp();
  EXPECT_EQ(Offers("").offers(40).description(), "Tout neuf");
}

TEST_F(IndexFollowerTest, ShowsNewLabelsOfWhatOffersName) {
  const std::string title = Offers("").offers(0).profession_display_name();
  Ask({"test_entitle", "UPDATE professions SET title = 'Métier de demain'"});
  EXPECT_EQ(Offers("").offers(0).profession_display_name(), title);
  const absl::Status touched = database_->Write(call_.deadline, [&](Transaction& transaction) {
    TouchWords(transaction, clock_.Now());
    return absl::OkStatus();
  });
  ASSERT_TRUE(touched.ok()) << touched;
  CatchUp();
  EXPECT_EQ(Offers("").offers(0).profession_display_name(), "Métier de demain");
}

TEST_F(IndexFollowerTest, SearchesAskTheTablesWhileChangesAreNotFollowed) {
  const std::string title = Offers("").offers(0).title();
  Ask({"test_rename_offers", "UPDATE offers SET title = 'Autrement'"});
  EXPECT_EQ(Offers("").offers(0).title(), title);
  clock_.Set(clock_.Now() + absl::Seconds(1));
  EXPECT_EQ(Offers("").offers(0).title(), "Autrement");
}

TEST_F(IndexFollowerTest, SeesNewWordsOfCompaniesAndProfessions) {
  EXPECT_EQ(Offers("zorglub").total_size(), 0);
  Ask({"test_rename",
       "UPDATE companies SET folded_name = 'zorglub' WHERE siret = '00061001400011'"});
  const absl::Status touched = database_->Write(call_.deadline, [&](Transaction& transaction) {
    TouchWords(transaction, clock_.Now());
    return absl::OkStatus();
  });
  ASSERT_TRUE(touched.ok()) << touched;
  CatchUp();
  EXPECT_GT(Offers("zorglub").total_size(), 0);
}

TEST_F(IndexFollowerTest, ReadsEverythingAnewWhenChangesWereDeletedUnread) {
  const std::string id = AnyOffer();
  Write(id, kHide);
  Write(id, {"test_nothing", "SELECT $1::text"});
  const absl::Status deleted = database_->Write(call_.deadline, [&](Transaction& transaction) {
    DeleteSearchChanges(transaction, clock_.Now() + absl::Hours(1));
    return absl::OkStatus();
  });
  ASSERT_TRUE(deleted.ok()) << deleted;
  CatchUp();
  EXPECT_EQ(Offers("").total_size(), 95);
}

TEST_F(IndexFollowerTest, LosesNothingWhereAnOlderChangeWasWrittenByAClockThatIsAhead) {
  const pqxx::result two = Ask({"test_two", "SELECT id FROM offers ORDER BY id LIMIT 2"});
  clock_.Set(clock_.Now() + absl::Minutes(5));
  Write(two[0][0].c_str(), kHide);
  clock_.Set(clock_.Now() - absl::Minutes(5));
  Write(two[1][0].c_str(), kHide);
  const absl::Status deleted = database_->Write(call_.deadline, [&](Transaction& transaction) {
    DeleteSearchChanges(transaction, clock_.Now() + absl::Minutes(1));
    return absl::OkStatus();
  });
  ASSERT_TRUE(deleted.ok()) << deleted;
  CatchUp();
  EXPECT_EQ(Offers("").total_size(), 94);
}

// For at most 10 s.
template <typename Holds>
bool WaitUntil(const Holds& holds) {
  const absl::Time limit = absl::Now() + absl::Seconds(10);
  while (!holds() && absl::Now() < limit) absl::SleepFor(absl::Milliseconds(1));
  return holds();
}

TEST_F(IndexFollowerTest, SeesACommitThatNobodyToldOfWithinMilliseconds) {
  search::CatalogueIndex index;
  IndexFollower follower(database_.get(), &index, &clock_);
  follower.Start();
  ASSERT_TRUE(WaitUntil([&] { return index.whole(); }));
  const auto id = *search::OfferId::Parse(AnyOffer());
  ASSERT_TRUE(index.offers().VersionOf(id).has_value());
  Write(id.ToString(), kHide);
  EXPECT_TRUE(WaitUntil([&] { return !index.offers().VersionOf(id).has_value(); }));
}

constexpr Statement kWaitForUs{"test_wait_for_us", R"sql(
SELECT 1 FROM pg_locks AS waits JOIN pg_locks AS held USING (transactionid)
WHERE NOT waits.granted AND held.granted AND held.pid = pg_backend_pid()
)sql"};

TEST_F(IndexFollowerTest, SeesACommitAlsoWhileOldChangesCannotBeDeleted) {
  const auto id = *search::OfferId::Parse(AnyOffer());
  clock_.Set(clock_.Now() + absl::Hours(2));
  search::CatalogueIndex index;
  IndexFollower follower(database_.get(), &index, &clock_);
  const absl::Status held = owner_->Write(call_.deadline, [&](Transaction& transaction) {
    transaction.Exec(Statement{"test_hold", "SELECT seq FROM search_changes FOR UPDATE"});
    follower.Start();
    const auto somebody_waits = [&transaction] { return !transaction.Exec(kWaitForUs).empty(); };
    EXPECT_TRUE(WaitUntil(somebody_waits));
    EXPECT_TRUE(WaitUntil([&] { return index.whole(); }));
    Write(id.ToString(), kHide);
    EXPECT_TRUE(WaitUntil([&] { return !index.offers().VersionOf(id).has_value(); }));
    return absl::CancelledError("they are let go");
  });
  EXPECT_TRUE(absl::IsCancelled(held)) << held;
}

// Something happens whenever somebody looks at it. It stands still.
class BusyClock final : public Clock {
 public:
  BusyClock(absl::Time now, std::function<void()> happens)
      : now_(now), happens_(std::move(happens)) {}
  absl::Time Now() const override {
    happens_();
    return now_;
  }

 private:
  const absl::Time now_;
  const std::function<void()> happens_;
};

TEST_F(IndexFollowerTest, FollowsUpToEveryLookWhileOthersCommitWithoutEnd) {
  const std::string id = AnyOffer();
  search::CatalogueIndex index;
  const absl::Time then = clock_.Now() + absl::Seconds(1);
  // A look asks it what time it is, before it reads and while it does.
  const BusyClock clock(then, [&] { Write(id, {"test_nothing", "SELECT $1::text"}); });
  IndexFollower follower(database_.get(), &index, &clock);
  for (int look = 0; look < 3; ++look) {
    index.FollowedUpTo(absl::UnixEpoch());
    const absl::Status followed = follower.CatchUp(absl::Now() + absl::Seconds(5));
    EXPECT_TRUE(followed.ok()) << followed;
    EXPECT_EQ(index.followed(), then);
  }
}

TEST_F(IndexFollowerTest, SaysNothingBeforeAllOfManyChangesAreIn) {
  search::CatalogueIndex index;
  const absl::Time now = clock_.Now();
  std::vector<absl::Time> told;
  const BusyClock clock(now, [&] { told.push_back(index.followed()); });
  IndexFollower follower(database_.get(), &index, &clock);
  ASSERT_TRUE(follower.CatchUp(call_.deadline).ok());
  const std::string id = AnyOffer();
  // More than one look takes, and what is to be seen is the last.
  Write(id, {"test_touch_often", R"sql(
SELECT touch_offers(ARRAY[$1::uuid], now()) FROM generate_series(1, 2500))sql"});
  Write(id, kHide);
  index.FollowedUpTo(absl::UnixEpoch());
  told.clear();
  ASSERT_TRUE(follower.CatchUp(call_.deadline).ok());
  EXPECT_EQ(index.offers().VersionOf(*search::OfferId::Parse(id)), std::nullopt);
  EXPECT_EQ(index.followed(), now);
  // One look asks twice what time it is: there was another, and nothing was told before its end.
  EXPECT_THAT(told, ::testing::SizeIs(::testing::Ge(3)));
  EXPECT_THAT(told, ::testing::Each(absl::UnixEpoch()));
}

// Many more offers than the seed has, of its companies and professions.
constexpr Statement kManyOffers{"test_many_offers", R"sql(
WITH added AS (
  INSERT INTO offers (id, siret, key, rome_code, title, description, audiences, accessible,
                      instant_confirmation, demonstration, published, state, folded_title,
                      department, sectors, latitude, longitude)
  SELECT ('0193' || lpad(to_hex(n), 4, '0') || '-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
         o.siret, 'many-' || n, o.rome_code, o.title || ' ' || n, o.description, o.audiences, false,
         false, true, true, 3, o.folded_title || ' ' || n, o.department, o.sectors, o.latitude,
         o.longitude
  FROM (SELECT *, row_number() OVER (ORDER BY id) - 1 AS place FROM offers) AS o
  JOIN generate_series(1, $1::int) AS n ON n % 96 = o.place
  RETURNING id
)
INSERT INTO sessions (id, offer_id, start_time, end_time, capacity)
SELECT id, id, dm_time($2) + make_interval(days => 1 + abs(hashtext(id::text)) % 60),
       dm_time($2) + make_interval(days => 61), 3
FROM added
)sql"};

TEST_F(IndexFollowerTest, PagesThroughManyOffersStayWholeWhileOthersComeAndGo) {
  const char* const asked = std::getenv("DM_PAGED_OFFERS");
  const int many = asked == nullptr ? 100'000 : std::atoi(asked);
  const absl::Status filled = owner_->Write(call_.deadline, [&](Transaction& transaction) {
    transaction.Exec(kManyOffers, many, database::ToMicros(clock_.Now()));
    transaction.raw().exec("ANALYZE offers, sessions");
    return absl::OkStatus();
  });
  ASSERT_TRUE(filled.ok()) << filled;
  // Every tenth of them goes, and comes with another title, while the pages are read.
  std::set<std::string> untouched;
  std::vector<std::string> touched;
  for (const pqxx::row& row :
       Ask({"test_ids",
            "SELECT 'offers/' || id FROM offers WHERE key LIKE 'many-%' ORDER BY id"})) {
    if (touched.size() * 9 <= untouched.size()) {
      touched.emplace_back(std::string(row[0].c_str()).substr(7));
    } else {
      untouched.insert(row[0].c_str());
    }
  }
  search::CatalogueIndex index;
  IndexFollower follower(database_.get(), &index, &clock_);
  ASSERT_TRUE(follower.CatchUp(call_.deadline).ok());
  follower.Start();
  const CatalogueApi api(database_.get(), &index, &page_tokens_, &clock_, [] {});
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    for (size_t i = 0; !stop; i = (i + 50) % touched.size()) {
      const std::vector<std::string> some(
          touched.begin() + static_cast<std::ptrdiff_t>(i),
          touched.begin() + static_cast<std::ptrdiff_t>(std::min(i + 50, touched.size())));
      const absl::Status written =
          database_->Write(absl::Now() + absl::Minutes(1), [&](Transaction& transaction) {
            transaction.Exec({"test_flip", R"sql(
UPDATE offers SET published = NOT published, state = 7 - state,
                  folded_title = folded_title || ' x' WHERE id = ANY ($1::uuid[]))sql"},
                             some);
            TouchOffers(transaction, some, absl::Now());
            return absl::OkStatus();
          });
      EXPECT_TRUE(written.ok()) << written;
      follower.Wake();
    }
  });
  for (const char* const order : {"date", "relevance"}) {
    pb::SearchOffersRequest request;
    request.set_order_by(order);
    request.set_page_size(100);
    std::multiset<std::string> seen;
    int shortest_total = many;
    rpc::Call call;
    call.caller.roles = {auth::Role::kAnonymous};
    while (true) {
      call.deadline = absl::Now() + absl::Minutes(1);
      const auto page = api.SearchOffers(call, request);
      if (!page.ok()) {
        ADD_FAILURE() << page.status();
        break;
      }
      shortest_total = std::min(shortest_total, page->total_size());
      for (const auto& offer : page->offers()) {
        if (untouched.contains(offer.name())) seen.insert(offer.name());
      }
      if (page->next_page_token().empty()) break;
      request.set_page_token(page->next_page_token());
    }
    EXPECT_EQ(seen.size(), untouched.size()) << order;
    EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), untouched.size()) << order;
    // It did change below the pages.
    EXPECT_LT(shortest_total, many) << order;
  }
  stop = true;
  writer.join();
}

}  // namespace
}  // namespace dm::catalogue
