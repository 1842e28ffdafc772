#include "services/catalogue/search/offer_columns.h"

#include "absl/hash/hash.h"
#include "absl/strings/str_split.h"

#include <algorithm>

namespace dm::catalogue::search {
namespace {

constexpr Row kDead = ~Row{0};

uint64_t ContentHash(const OfferDocument& offer) {
  return absl::HashOf(offer.folded_title, offer.profession, offer.company, offer.department,
                      offer.latitude, offer.longitude, offer.sectors, offer.audiences,
                      static_cast<int>(offer.accessibility), static_cast<int>(offer.work_mode),
                      offer.languages, offer.reserved_schools);
}

void AddTo(std::vector<Rows>& lists, uint32_t number, Row row) {
  if (number >= lists.size()) lists.resize(number + 1);
  lists[number].push_back(row);
}

// The slots come in the order of their starts.
void AddTo(const PackedSlot& slot, OfferColumns::Starts* starts) {
  if (starts->first == 0) starts->first = slot.start();
  starts->last = slot.start();
}

// A value that occurs twice in an offer counts once.
void AddOnce(Rows& rows, Row row) {
  if (rows.empty() || rows.back() != row) rows.push_back(row);
}

template <size_t kSize>
void SetIn(std::array<Bitmap, kSize>& bitmaps, int number, Row row) {
  if (number >= 0 && static_cast<size_t>(number) < kSize) {
    bitmaps[static_cast<size_t>(number)].Set(row);
  }
}

// New numbers of the rows, or kDead.
using Renumbering = std::vector<Row>;

Rows Renumbered(const Rows& rows, const Renumbering& numbers) {
  Rows renumbered;
  for (const Row row : rows) {
    if (numbers[row] != kDead) renumbered.push_back(numbers[row]);
  }
  return renumbered;
}

std::vector<Rows> Renumbered(const std::vector<Rows>& lists, const Renumbering& numbers) {
  std::vector<Rows> renumbered;
  renumbered.reserve(lists.size());
  for (const Rows& rows : lists) renumbered.push_back(Renumbered(rows, numbers));
  return renumbered;
}

Bitmap Renumbered(const Bitmap& rows, const Renumbering& numbers) {
  Bitmap renumbered;
  rows.ForEach([&](Row row) {
    if (numbers[row] != kDead) renumbered.Set(numbers[row]);
  });
  return renumbered;
}

template <size_t kSize>
std::array<Bitmap, kSize> Renumbered(const std::array<Bitmap, kSize>& bitmaps,
                                     const Renumbering& numbers) {
  std::array<Bitmap, kSize> renumbered;
  for (size_t i = 0; i < kSize; ++i) renumbered[i] = Renumbered(bitmaps[i], numbers);
  return renumbered;
}

template <typename Value>
bool IsEmpty(const Value& value) {
  if constexpr (std::is_same_v<Value, Bitmap>) {
    return value.Count() == 0;
  } else {
    return value.empty();
  }
}

// Values that nobody has any more go: they are in no facet and no dictionary.
template <typename Map>
Map RenumberedValues(const Map& lists, const Renumbering& numbers) {
  Map renumbered;
  for (const auto& [value, rows] : lists) {
    auto kept = Renumbered(rows, numbers);
    if (!IsEmpty(kept)) renumbered[value] = std::move(kept);
  }
  return renumbered;
}

}  // namespace

uint64_t OfferColumns::TitleHash(const std::string& folded_title) {
  return absl::HashOf(folded_title);
}

const Row* OfferColumns::Find(const OfferId& id) const {
  const auto found = row_of_.find(id);
  return found == row_of_.end() ? nullptr : &found->second;
}

void OfferColumns::Put(const OfferDocument& offer) {
  const uint64_t content_hash = ContentHash(offer);
  if (const Row* const row = Find(offer.id); row != nullptr) {
    if (facts_[*row].content_hash == content_hash) {
      facts_[*row].version = offer.version;
      SetSlots(*row, offer);
      return;
    }
    Remove(offer.id);
  }
  Append(offer, content_hash);
}

void OfferColumns::Remove(const OfferId& id) {
  const auto found = row_of_.find(id);
  if (found == row_of_.end()) return;
  live_.Clear(found->second);
  row_of_.erase(found);
}

void OfferColumns::Append(const OfferDocument& offer, uint64_t content_hash) {
  const Row row = static_cast<Row>(rows());
  facts_.push_back({.id = offer.id,
                    .version = offer.version,
                    .title_hash = TitleHash(offer.folded_title),
                    .content_hash = content_hash});
  const Origin origin = {.profession = professions.Of(offer.profession),
                         .company = companies.Of(offer.company),
                         .place = PlaceOf(offer.latitude, offer.longitude)};
  origins_.push_back(origin);
  slots_.emplace_back();
  starts_.emplace_back();
  starts_with_seats_.emplace_back();
  SetSlots(row, offer);
  row_of_[offer.id] = row;
  live_.Set(row);
  AddTo(of_profession, origin.profession, row);
  AddTo(of_company, origin.company, row);
  AddTo(of_place, origin.place, row);
  for (const absl::string_view word : absl::StrSplit(offer.folded_title, ' ', absl::SkipEmpty())) {
    AddOnce(of_title_word[std::string(word)], row);
  }
  of_department[offer.department].Set(row);
  for (const std::string& sector : offer.sectors) of_sector[sector].Set(row);
  for (const std::string& language : offer.languages) of_language[language].Set(row);
  for (const std::string& school : offer.reserved_schools) AddOnce(of_school[school], row);
  if (!offer.reserved_schools.empty()) reserved.Set(row);
  for (const int audience : offer.audiences) SetIn(of_audience, audience, row);
  SetIn(of_accessibility, static_cast<int>(offer.accessibility), row);
  SetIn(of_work_mode, static_cast<int>(offer.work_mode), row);
}

void OfferColumns::SetSlots(Row row, const OfferDocument& offer) {
  Slots slots(offer.sessions.begin(), offer.sessions.end());
  std::sort(slots.begin(), slots.end());
  Starts all, with_seats;
  for (const PackedSlot& slot : slots) {
    AddTo(slot, &all);
    if (slot.has_seats()) AddTo(slot, &with_seats);
  }
  starts_[row] = all;
  starts_with_seats_[row] = with_seats;
  slots_[row] = std::move(slots);
}

uint32_t OfferColumns::PlaceOf(double latitude, double longitude) {
  const auto [place, is_new] =
      place_numbers_.try_emplace({latitude, longitude}, static_cast<uint32_t>(places.size()));
  if (is_new) places.push_back(GlobePoint::Of(latitude, longitude));
  return place->second;
}

OfferColumns OfferColumns::Compacted() const {
  OfferColumns fresh;
  Renumbering numbers(rows(), kDead);
  live_.ForEach([&](Row row) {
    numbers[row] = static_cast<Row>(fresh.rows());
    fresh.facts_.push_back(facts_[row]);
    fresh.slots_.push_back(slots_[row]);
    fresh.origins_.push_back(origins_[row]);
    fresh.starts_.push_back(starts_[row]);
    fresh.starts_with_seats_.push_back(starts_with_seats_[row]);
    fresh.row_of_[facts_[row].id] = numbers[row];
  });
  fresh.live_ = Bitmap::Full(fresh.rows());
  fresh.professions = professions;
  fresh.companies = companies;
  fresh.places = places;
  fresh.place_numbers_ = place_numbers_;
  fresh.of_profession = Renumbered(of_profession, numbers);
  fresh.of_company = Renumbered(of_company, numbers);
  fresh.of_place = Renumbered(of_place, numbers);
  fresh.of_title_word = RenumberedValues(of_title_word, numbers);
  fresh.of_school = RenumberedValues(of_school, numbers);
  fresh.of_department = RenumberedValues(of_department, numbers);
  fresh.of_sector = RenumberedValues(of_sector, numbers);
  fresh.of_language = RenumberedValues(of_language, numbers);
  fresh.of_audience = Renumbered(of_audience, numbers);
  fresh.of_accessibility = Renumbered(of_accessibility, numbers);
  fresh.of_work_mode = Renumbered(of_work_mode, numbers);
  fresh.reserved = Renumbered(reserved, numbers);
  return fresh;
}

}  // namespace dm::catalogue::search
