#include "services/catalogue/search/offer_index.h"

#include "tests/unit/catalogue_search/random_corpus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

namespace dm::catalogue::search {
namespace {

using ::testing::ElementsAre;

template <typename Hits>
void ExpectSame(const Hits& index, const Hits& model) {
  EXPECT_EQ(index.total, model.total);
  EXPECT_EQ(index.more, model.more);
  EXPECT_TRUE(index.page == model.page);
  EXPECT_EQ(index.page.size(), model.page.size());
  const auto as_pairs = [](const auto& counts) {
    std::map<std::string, int> pairs;
    for (const ValueCount& count : counts) pairs[count.value] = count.count;
    return pairs;
  };
  EXPECT_EQ(as_pairs(index.departments), as_pairs(model.departments));
  EXPECT_EQ(as_pairs(index.sectors), as_pairs(model.sectors));
  if constexpr (std::is_same_v<Hits, OfferHits>) {
    EXPECT_EQ(as_pairs(index.audiences), as_pairs(model.audiences));
  }
}

// An index and a model that were told the same.
struct Twins {
  OfferIndex index;
  SearchModel model;

  void SetWords(RandomCorpus& corpus) {
    const auto professions = corpus.Professions();
    const auto companies = corpus.Companies();
    index.SetWords({professions, companies, {}});
    for (const auto& words : professions) model.professions[words.code] = words;
    for (const auto& words : companies) model.companies[words.siret] = words;
  }

  void Fill(RandomCorpus& corpus, int size) {
    SetWords(corpus);
    std::vector<OfferDocument> offers;
    for (int i = 0; i < size; ++i) offers.push_back(corpus.Offer(i));
    Apply(offers, {});
  }

  void Apply(const std::vector<OfferDocument>& published, const std::vector<OfferId>& gone) {
    index.Apply(published, gone);
    for (const OfferId& id : gone) model.offers.erase(id);
    for (const OfferDocument& offer : published) model.offers[offer.id] = offer;
  }
};

TEST(OfferIndex, AnswersAsLoopsOverEverythingDo) {
  for (unsigned seed = 1; seed <= 12; ++seed) {
    RandomCorpus corpus(seed);
    Twins twins;
    if (seed % 2 == 0) twins.SetWords(corpus);
    for (int round = 0; round < 25; ++round) {
      std::vector<OfferDocument> published;
      std::vector<OfferId> gone;
      for (int i = corpus.Upto(40); i > 0; --i) published.push_back(corpus.Offer(corpus.Upto(150)));
      for (int i = corpus.Upto(10); i > 0; --i) gone.push_back(corpus.Offer(corpus.Upto(150)).id);
      // What is a seat or two to an offer that stays as it is.
      for (auto& [id, offer] : twins.model.offers) {
        if (!corpus.OneIn(10)) continue;
        published.push_back(offer);
        published.back().sessions = corpus.Sessions();
      }
      twins.Apply(published, gone);
      if (corpus.OneIn(8)) twins.SetWords(corpus);
      EXPECT_EQ(twins.index.size().offers, twins.model.offers.size());
      for (int i = 0; i < 20; ++i) {
        const OfferQuery query = corpus.Query();
        ExpectSame(twins.index.Search(query), twins.model.Search(query));
        CompanyQuery companies = corpus.AskForCompanies();
        for (bool more = true; more;) {
          const CompanyHits hits = twins.index.SearchCompanies(companies);
          ExpectSame(hits, twins.model.SearchCompanies(companies));
          more = hits.more;
          if (more) companies.after = hits.page.back();
        }
        if (::testing::Test::HasFailure()) {
          FAIL() << "seed " << seed << ", round " << round << ", words "
                 << WriteAskedWords(query.words);
        }
      }
    }
  }
}

TEST(OfferIndex, PagesGiveEveryMatchOnceInOrder) {
  RandomCorpus corpus(99);
  Twins twins;
  twins.Fill(corpus, 400);
  for (int i = 0; i < 100; ++i) {
    OfferQuery query = corpus.Query();
    OfferQuery whole = query;
    whole.limit = 1000;
    const std::vector<OfferPosition> expected = twins.model.Search(whole).page;
    std::vector<OfferPosition> read;
    while (true) {
      const OfferHits hits = twins.index.Search(query);
      EXPECT_EQ(hits.total, static_cast<int>(expected.size()));
      read.insert(read.end(), hits.page.begin(), hits.page.end());
      if (!hits.more) break;
      query.after = read.back();
    }
    ASSERT_TRUE(read == expected) << i;
  }
}

TEST(OfferIndex, FindsTheSameUntilTheMomentThatItNames) {
  RandomCorpus corpus(31);
  Twins twins;
  twins.Fill(corpus, 400);
  int moments = 0;
  int changes = 0;
  for (int i = 0; i < 300; ++i) {
    const OfferQuery query = corpus.Query();
    const OfferHits hits = twins.index.Search(query);
    if (hits.steady_until == std::numeric_limits<int64_t>::max()) continue;
    ++moments;
    const auto at = [&](int64_t now) {
      OfferQuery later = query;
      // Who asks for the first page asks for it as it is by then.
      if (query.as_of == query.now) later.as_of = now;
      later.now = now;
      return later;
    };
    ASSERT_GT(hits.steady_until, query.now) << i;
    ExpectSame(twins.index.Search(at(hits.steady_until - 1)), hits);
    const OfferHits after = twins.index.Search(at(hits.steady_until));
    if (after.total != hits.total || !(after.page == hits.page)) ++changes;
    ASSERT_FALSE(::testing::Test::HasFailure()) << i;
  }
  EXPECT_GT(moments, 50);
  // It is no earlier than it has to be, but for offers that stay where they are by another session.
  EXPECT_GT(changes, moments / 4);
}

TEST(OfferIndex, StaysTheSameWhenItDropsWhatIsDead) {
  RandomCorpus corpus(5);
  Twins twins;
  twins.SetWords(corpus);
  size_t most_dead = 0;
  for (int round = 0; round < 30; ++round) {
    std::vector<OfferDocument> published;
    for (int i = 0; i < 150; ++i) published.push_back(corpus.Offer(i));
    twins.Apply(published, {});
    most_dead = std::max(most_dead, twins.index.size().dead_rows);
    for (int i = 0; i < 10; ++i) {
      const OfferQuery query = corpus.Query();
      ExpectSame(twins.index.Search(query), twins.model.Search(query));
    }
  }
  EXPECT_GT(most_dead, 500u);
  EXPECT_LT(most_dead, 1200u);
}

OfferDocument Offer(uint64_t id, const std::string& title) {
  return {.id = {0, id},
          .version = 1,
          .folded_title = title,
          .profession = "D1102",
          .company = "1",
          .department = "61",
          .sessions = {{100, true}}};
}

std::vector<uint64_t> Found(const OfferIndex& index, const std::vector<AskedWord>& words) {
  OfferQuery query{.words = words, .order = OfferOrder::kRelevance};
  std::vector<uint64_t> ids;
  for (const auto& hit : index.Search(query).page) ids.push_back(hit.id.low);
  return ids;
}

TEST(OfferIndex, PutsTheWholeTitleBeforeAWordOfItBeforeABeginningOfAWord) {
  OfferIndex index;
  index.SetWords({{{.code = "D1102", .folded_job_titles = {"pain"}}}, {{"1", "fournil"}}, {}});
  index.Apply(
      {Offer(1, "boulang"), Offer(2, "painpain"), Offer(3, "pain boulang"), Offer(4, "pain")}, {});
  EXPECT_THAT(Found(index, ParseAskedWords("pain")), ElementsAre(4, 3, 2, 1));
  EXPECT_THAT(Found(index, ParseAskedWords("fournil")), ElementsAre(1, 2, 3, 4));
}

TEST(OfferIndex, PutsRightOnlyTheWordsThatNothingHas) {
  OfferIndex index;
  index.SetWords({.companies = {{"1", "lemoin"}}});
  index.Apply({Offer(1, "boulanger"), Offer(2, "menuisier")}, {});
  EXPECT_EQ(WriteAskedWords(index.CorrectSpelling(ParseAskedWords("boulnger"))), "boulanger*");
  EXPECT_EQ(WriteAskedWords(index.CorrectSpelling(ParseAskedWords("lemion boul"))), "lemoin boul*");
  EXPECT_TRUE(index.CorrectSpelling(ParseAskedWords("menuisier")).empty());
  EXPECT_TRUE(index.CorrectSpelling(ParseAskedWords("xyzxyz")).empty());
  // A word of a title that is gone is no word any more.
  index.Apply({}, {{0, 1}});
  EXPECT_TRUE(index.CorrectSpelling(ParseAskedWords("boulnger")).empty());
  EXPECT_THAT(Found(index, ParseAskedWords("boulanger")), ElementsAre());
}

TEST(OfferIndex, NamesSectorsAndPutsTheMostFrequentFirst) {
  OfferIndex index;
  index.SetWords({.sectors = {{"10", "Artisanat"}, {"20", "Bois"}}});
  OfferDocument first = Offer(1, "pain");
  first.sectors = {"10", "20"};
  OfferDocument second = Offer(2, "pain");
  second.sectors = {"20"};
  index.Apply({first, second}, {});
  const OfferHits hits = index.Search({});
  ASSERT_EQ(hits.sectors.size(), 2u);
  EXPECT_EQ(hits.sectors[0].label, "Bois");
  EXPECT_EQ(hits.sectors[0].count, 2);
  EXPECT_EQ(hits.sectors[1].label, "Artisanat");
}

TEST(OfferIndex, PutsRightTheNamesOfCompanies) {
  OfferIndex index;
  index.SetWords({.companies = {{.siret = "1", .folded_name = "lemoin coton"}}});
  EXPECT_EQ(WriteAskedWords(index.CorrectCompanySpelling(ParseAskedWords("lemion coton"))),
            "lemoin coton*");
  EXPECT_TRUE(index.CorrectCompanySpelling(ParseAskedWords("lemoine")).empty());
}

TEST(OfferIndex, TellsTheVersionThatIsFound) {
  OfferIndex index;
  OfferDocument offer = Offer(1, "pain");
  index.Apply({offer}, {});
  EXPECT_EQ(index.VersionOf(offer.id), 1);
  offer.version = 7;
  index.Apply({offer}, {});
  EXPECT_EQ(index.VersionOf(offer.id), 7);
  EXPECT_EQ(index.size().dead_rows, 0u);
  index.Apply({}, {offer.id});
  EXPECT_EQ(index.VersionOf(offer.id), std::nullopt);
}

TEST(OfferId, ReadsAndWritesUuids) {
  const auto id = OfferId::Parse("019B8DD0-5780-7615-8c22-1e51d9c1fbd0");
  ASSERT_TRUE(id.has_value());
  EXPECT_EQ(id->ToString(), "019b8dd0-5780-7615-8c22-1e51d9c1fbd0");
  EXPECT_FALSE(OfferId::Parse("019b8dd0").has_value());
  EXPECT_LT(*OfferId::Parse("0fffffff-ffff-7fff-bfff-ffffffffffff"),
            *OfferId::Parse("f0000000-0000-7000-8000-000000000000"));
}

TEST(AskedWords, AreReadAsTheyWereWritten) {
  std::vector<AskedWord> words = ParseAskedWords("la Boulangère et le pain, pain boulanger");
  EXPECT_EQ(WriteAskedWords(words), "pain boulanger*");
  words.front().alternatives.push_back("bain");
  EXPECT_EQ(ReadAskedWords(WriteAskedWords(words)), words);
  EXPECT_TRUE(ReadAskedWords("").empty());
  // Of the last word the beginning is enough, unless it is too short.
  EXPECT_EQ(WriteAskedWords(ParseAskedWords("web & ('x | !y:*\\")), "web x");
  EXPECT_EQ(WriteAskedWords(ParseAskedWords("développeuse web")), "developeu web*");
  EXPECT_TRUE(ParseAskedWords("de la !").empty());
}

}  // namespace
}  // namespace dm::catalogue::search
