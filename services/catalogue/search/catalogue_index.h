#pragma once

#include "absl/base/thread_annotations.h"
#include "services/catalogue/search/offer_index.h"
#include "services/catalogue/search/profession_index.h"
#include "services/catalogue/search/shared_mutex.h"
#include "services/catalogue/search/shown_offers.h"

#include <cstddef>
#include <memory>
#include <utility>

namespace dm::catalogue::search {

// All that searches look at. Any thread may read; one thread at a time writes.
class CatalogueIndex {
 public:
  // `most_shown_bytes`: see ShownOffers.
  explicit CatalogueIndex(size_t most_shown_bytes = ShownOffers::kMostBytes)
      : shown_(most_shown_bytes) {}

  OfferIndex& offers() { return offers_; }
  const OfferIndex& offers() const { return offers_; }

  // What was shown of them lately.
  ShownOffers& shown() { return shown_; }

  // Stays as it is for whoever has it. Never null.
  std::shared_ptr<const ProfessionIndex> professions() const {
    const ReaderLock lock(&mutex_);
    return professions_;
  }
  void SetProfessions(ProfessionIndex professions) {
    auto fresh = std::make_shared<const ProfessionIndex>(std::move(professions));
    const WriterLock lock(&mutex_);
    professions_.swap(fresh);
  }

  // Whether everything was put in once: before, searches would miss things.
  bool whole() const { return offers_.whole(); }

 private:
  OfferIndex offers_;
  ShownOffers shown_;
  mutable SharedMutex mutex_;
  std::shared_ptr<const ProfessionIndex> professions_ ABSL_GUARDED_BY(mutex_) =
      std::make_shared<const ProfessionIndex>();
};

}  // namespace dm::catalogue::search
