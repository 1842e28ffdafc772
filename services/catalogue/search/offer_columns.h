#pragma once

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "services/catalogue/search/bitmap.h"
#include "services/catalogue/search/globe.h"
#include "services/catalogue/search/lexicon.h"
#include "services/catalogue/search/offer_document.h"

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace dm::catalogue::search {

// A row's number. Rows are only ever added, so lists of them are in ascending order by themselves;
// an offer that changed gets a new row, and its old one is dead.
using Row = uint32_t;
using Rows = std::vector<Row>;

// A session's start with whether it has seats in its lowest bit: sorts by start.
class PackedSlot {
 public:
  PackedSlot() = default;
  explicit PackedSlot(const SessionSlot& slot) : bits_(slot.start * 2 + (slot.has_seats ? 1 : 0)) {}
  int64_t start() const { return bits_ >> 1; }
  bool has_seats() const { return (bits_ & 1) != 0; }
  auto operator<=>(const PackedSlot&) const = default;

 private:
  int64_t bits_ = 0;
};
using Slots = absl::InlinedVector<PackedSlot, 2>;

// The published offers, one column for each thing that is looked at, and for each value the rows
// that have it: as a bitmap where values are few, as a list where they are many. Not thread-safe.
class OfferColumns {
 public:
  // Puts an offer in, in the place of the one with the same id. Where only sessions and version
  // changed, which is what every booking does, the row stays.
  void Put(const OfferDocument& offer);
  void Remove(const OfferId& id);

  // The same without the dead rows.
  OfferColumns Compacted() const;

  size_t rows() const { return facts_.size(); }
  size_t live_rows() const { return row_of_.size(); }
  size_t dead_rows() const { return rows() - live_rows(); }

  struct Facts {
    OfferId id;
    int64_t version = 0;
    // Of the folded title, and of all but version and sessions.
    uint64_t title_hash = 0;
    uint64_t content_hash = 0;
  };
  // Numbers of `professions`, `companies` and `places`.
  struct Origin {
    uint32_t profession = 0;
    uint32_t company = 0;
    uint32_t place = 0;
  };

  const Facts& facts(Row row) const { return facts_[row]; }
  const Origin& origin(Row row) const { return origins_[row]; }
  const Slots& slots(Row row) const { return slots_[row]; }
  // When the first and the last of some sessions start; both 0 when there are none.
  struct Starts {
    int64_t first = 0;
    int64_t last = 0;
  };
  // Of all sessions of an offer, and of those that have seats.
  const Starts& starts(Row row) const { return starts_[row]; }
  const Starts& starts_with_seats(Row row) const { return starts_with_seats_[row]; }
  const Bitmap& live() const { return live_; }
  // Null when there is none.
  const Row* Find(const OfferId& id) const;

  Numbering professions;
  Numbering companies;
  std::vector<GlobePoint> places;
  // By number.
  std::vector<Rows> of_profession;
  std::vector<Rows> of_company;
  std::vector<Rows> of_place;
  // By folded word of the title, by UAI of the schools that it is reserved to.
  absl::btree_map<std::string, Rows> of_title_word;
  absl::flat_hash_map<std::string, Rows> of_school;
  absl::flat_hash_map<std::string, Bitmap> of_department;
  absl::flat_hash_map<std::string, Bitmap> of_sector;
  absl::flat_hash_map<std::string, Bitmap> of_language;
  // By the enums' numbers.
  std::array<Bitmap, 8> of_audience;
  std::array<Bitmap, 4> of_accessibility;
  std::array<Bitmap, 4> of_work_mode;
  Bitmap reserved;

  // Of a folded title, as Facts::title_hash has it.
  static uint64_t TitleHash(const std::string& folded_title);

 private:
  void Append(const OfferDocument& offer, uint64_t content_hash);
  void SetSlots(Row row, const OfferDocument& offer);
  uint32_t PlaceOf(double latitude, double longitude);

  std::vector<Facts> facts_;
  std::vector<Slots> slots_;
  // These are looked at for every row that is found: in little space, for the processor's caches.
  std::vector<Origin> origins_;
  std::vector<Starts> starts_;
  std::vector<Starts> starts_with_seats_;
  Bitmap live_;
  absl::flat_hash_map<OfferId, Row> row_of_;
  absl::flat_hash_map<std::pair<double, double>, uint32_t> place_numbers_;
};

}  // namespace dm::catalogue::search
