#pragma once

#include "absl/base/thread_annotations.h"
#include "services/catalogue/search/company_search.h"
#include "services/catalogue/search/lexicon.h"
#include "services/catalogue/search/offer_columns.h"
#include "services/catalogue/search/offer_query.h"
#include "services/catalogue/search/shared_mutex.h"

#include <atomic>
#include <memory>
#include <optional>
#include <vector>

namespace dm::catalogue::search {

// The published offers as searches see them. Any thread may search; one thread at a time writes,
// and holds no search up for longer than it takes to put 200 offers in.
class OfferIndex {
 public:
  struct Size {
    size_t offers = 0;
    size_t dead_rows = 0;
  };

  OfferIndex();

  // In the place of what was there.
  void SetWords(const Words& words);
  // Offers that are published now, and some that are not any more.
  void Apply(const std::vector<OfferDocument>& published, const std::vector<OfferId>& gone);
  // Becomes what `fresh` is, and is whole from now on.
  void Become(OfferIndex&& fresh);

  // Whether everything that is published was put in once: before, searches would miss offers.
  bool whole() const { return whole_; }

  OfferHits Search(const OfferQuery& query) const;
  // See CorrectSpelling of offer_search.h.
  std::vector<AskedWord> CorrectSpelling(const std::vector<AskedWord>& words) const;
  CompanyHits SearchCompanies(const CompanyQuery& query) const;
  // See CorrectCompanySpelling of company_search.h.
  std::vector<AskedWord> CorrectCompanySpelling(const std::vector<AskedWord>& words) const;
  // The version of an offer's row that is found now; nothing when the offer is not here.
  std::optional<int64_t> VersionOf(const OfferId& id) const;
  Size size() const;

 private:
  // Drops the dead rows when there are many. The new columns are built while searches go on in the
  // old ones.
  void CompactWhenDue();

  mutable SharedMutex mutex_;
  std::unique_ptr<OfferColumns> columns_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<Lexicon> lexicon_ ABSL_GUARDED_BY(mutex_);
  std::atomic<bool> whole_ = false;
};

}  // namespace dm::catalogue::search
