#include "services/catalogue/search/offer_index.h"

#include "services/catalogue/search/offer_search.h"

#include <algorithm>
#include <utility>

namespace dm::catalogue::search {
namespace {

constexpr size_t kMostAtOnce = 200;
constexpr size_t kFewDeadRows = 1000;

}  // namespace

OfferIndex::OfferIndex()
    : columns_(std::make_unique<OfferColumns>()), lexicon_(std::make_unique<Lexicon>()) {}

void OfferIndex::SetWords(const Words& words) {
  std::vector<uint32_t> profession_numbers;
  std::vector<uint32_t> company_numbers;
  {
    const WriterLock lock(&mutex_);
    for (const auto& profession : words.professions) {
      profession_numbers.push_back(columns_->professions.Of(profession.code));
    }
    for (const auto& company : words.companies) {
      company_numbers.push_back(columns_->companies.Of(company.siret));
    }
  }
  auto lexicon =
      std::make_unique<Lexicon>(Lexicon::Build(words, profession_numbers, company_numbers));
  // What was there goes after the lock.
  const WriterLock lock(&mutex_);
  lexicon_.swap(lexicon);
}

void OfferIndex::Apply(const std::vector<OfferDocument>& published,
                       const std::vector<OfferId>& gone) {
  for (size_t first = 0; first < gone.size(); first += kMostAtOnce) {
    const WriterLock lock(&mutex_);
    const size_t end = std::min(first + kMostAtOnce, gone.size());
    for (size_t i = first; i < end; ++i) columns_->Remove(gone[i]);
  }
  for (size_t first = 0; first < published.size(); first += kMostAtOnce) {
    const WriterLock lock(&mutex_);
    const size_t end = std::min(first + kMostAtOnce, published.size());
    for (size_t i = first; i < end; ++i) columns_->Put(published[i]);
  }
  CompactWhenDue();
}

void OfferIndex::CompactWhenDue() {
  std::unique_ptr<OfferColumns> fresh;
  {
    // Nobody else writes: what is read here stays true until the next lock.
    const ReaderLock lock(&mutex_);
    const size_t dead = columns_->dead_rows();
    if (dead <= kFewDeadRows || dead * 5 <= columns_->rows()) return;
    fresh = std::make_unique<OfferColumns>(columns_->Compacted());
  }
  const WriterLock lock(&mutex_);
  columns_.swap(fresh);
}

void OfferIndex::Become(OfferIndex&& fresh) {
  std::unique_ptr<OfferColumns> columns;
  std::unique_ptr<Lexicon> lexicon;
  {
    const WriterLock lock(&fresh.mutex_);
    columns = std::exchange(fresh.columns_, std::make_unique<OfferColumns>());
    lexicon = std::exchange(fresh.lexicon_, std::make_unique<Lexicon>());
  }
  const WriterLock lock(&mutex_);
  columns_.swap(columns);
  lexicon_.swap(lexicon);
  whole_ = true;
}

OfferHits OfferIndex::Search(const OfferQuery& query) const {
  const ReaderLock lock(&mutex_);
  return search::Search(*columns_, *lexicon_, query);
}

std::vector<AskedWord> OfferIndex::CorrectSpelling(const std::vector<AskedWord>& words) const {
  const ReaderLock lock(&mutex_);
  return search::CorrectSpelling(*columns_, *lexicon_, words);
}

CompanyHits OfferIndex::SearchCompanies(const CompanyQuery& query) const {
  const ReaderLock lock(&mutex_);
  return search::SearchCompanies(*columns_, *lexicon_, query);
}

std::vector<AskedWord> OfferIndex::CorrectCompanySpelling(
    const std::vector<AskedWord>& words) const {
  const ReaderLock lock(&mutex_);
  return search::CorrectCompanySpelling(*lexicon_, words);
}

std::optional<int64_t> OfferIndex::VersionOf(const OfferId& id) const {
  const ReaderLock lock(&mutex_);
  const Row* const row = columns_->Find(id);
  return row == nullptr ? std::nullopt : std::optional<int64_t>(columns_->facts(*row).version);
}

OfferIndex::Size OfferIndex::size() const {
  const ReaderLock lock(&mutex_);
  return {.offers = columns_->live_rows(), .dead_rows = columns_->dead_rows()};
}

}  // namespace dm::catalogue::search
