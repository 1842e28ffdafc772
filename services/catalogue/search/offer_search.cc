#include "services/catalogue/search/offer_search.h"

#include "absl/strings/str_cat.h"
#include "services/catalogue/search/near_words.h"
#include "services/catalogue/search/word_match.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace dm::catalogue::search {
namespace {

void AddRows(const Rows& rows, Bitmap* set) {
  for (const Row row : rows) set->Set(row);
}

// The rows of all the values that are asked for. `find` gives the bitmap of a value or null.
template <typename Value, typename Find>
Bitmap AnyOf(const std::vector<Value>& values, Find find) {
  Bitmap rows;
  for (const Value& value : values) {
    if (const Bitmap* const of_value = find(value); of_value != nullptr) rows |= *of_value;
  }
  return rows;
}

template <typename Map>
auto In(const Map& map) {
  return [&map](const std::string& value) -> const Bitmap* {
    const auto found = map.find(value);
    return found == map.end() ? nullptr : &found->second;
  };
}

template <typename Array>
auto At(const Array& bitmaps) {
  return [&bitmaps](auto value) -> const Bitmap* {
    const auto number = static_cast<size_t>(value);
    return number < bitmaps.size() ? &bitmaps[number] : nullptr;
  };
}

class OfferSearch {
 public:
  OfferSearch(const OfferColumns& columns, const Lexicon& lexicon, const OfferQuery& query)
      : columns_(columns), lexicon_(lexicon), query_(query) {}

  OfferHits Run() {
    Bitmap base = columns_.live();
    KeepWords(&base);
    KeepCompaniesAndProfessions(&base);
    KeepAttributes(&base);
    KeepAround(&base);
    // The facets' own conditions; where one is not asked for, everything has it.
    const Bitmap departments = AnyOf(query_.departments, In(columns_.of_department));
    const Bitmap sectors = AnyOf(query_.sectors, In(columns_.of_sector));
    const Bitmap audiences = AnyOf(query_.audiences, At(columns_.of_audience));
    const auto narrow = [](Bitmap rows, bool asked, const Bitmap& by) {
      if (asked) rows &= by;
      return rows;
    };
    const bool in_departments = !query_.departments.empty();
    const bool in_sectors = !query_.sectors.empty();
    const bool for_audiences = !query_.audiences.empty();
    KeepShown(&base);
    const Bitmap for_sector_facet =
        narrow(narrow(base, in_departments, departments), for_audiences, audiences);
    const Bitmap of_sectors = narrow(base, in_sectors, sectors);
    OfferHits hits{.steady_until = next_start_};
    CountEach(columns_.of_sector, for_sector_facet, &hits.sectors);
    NameSectors(&hits.sectors);
    CountEach(columns_.of_department, narrow(of_sectors, for_audiences, audiences),
              &hits.departments);
    CountAudiences(narrow(of_sectors, in_departments, departments), &hits.audiences);
    const Bitmap matches = narrow(for_sector_facet, in_sectors, sectors);
    hits.total = matches.Count();
    TakePage(matches, &hits);
    return hits;
  }

 private:
  void KeepWords(Bitmap* base) {
    matches_.reserve(query_.words.size());
    for (const AskedWord& word : query_.words) {
      matches_.emplace_back(columns_, lexicon_, word);
      *base &= matches_.back().rows();
    }
    std::string whole;
    for (const AskedWord& word : query_.words) {
      absl::StrAppend(&whole, whole.empty() ? "" : " ", word.alternatives.front());
    }
    whole_hash_ = OfferColumns::TitleHash(whole);
  }

  void KeepCompaniesAndProfessions(Bitmap* base) const {
    KeepNumbered(query_.professions, columns_.professions, columns_.of_profession, base);
    KeepNumbered(query_.companies, columns_.companies, columns_.of_company, base);
    KeepProfessionsOf(query_.interests, lexicon_.of_interest, base);
    KeepProfessionsOf(query_.themes, lexicon_.of_theme, base);
  }

  static void KeepNumbered(const std::vector<std::string>& codes, const Numbering& numbers,
                           const std::vector<Rows>& rows_of, Bitmap* base) {
    if (codes.empty()) return;
    Bitmap rows;
    for (const std::string& code : codes) {
      const uint32_t* const number = numbers.Find(code);
      if (number != nullptr && *number < rows_of.size()) AddRows(rows_of[*number], &rows);
    }
    *base &= rows;
  }

  void KeepProfessionsOf(const std::vector<std::string>& codes,
                         const absl::flat_hash_map<std::string, std::vector<uint32_t>>& of_code,
                         Bitmap* base) const {
    if (codes.empty()) return;
    Bitmap rows;
    for (const std::string& code : codes) {
      const auto found = of_code.find(code);
      if (found == of_code.end()) continue;
      for (const uint32_t number : found->second) {
        if (number < columns_.of_profession.size()) AddRows(columns_.of_profession[number], &rows);
      }
    }
    *base &= rows;
  }

  void KeepAttributes(Bitmap* base) const {
    if (!query_.accessibilities.empty()) {
      *base &= AnyOf(query_.accessibilities, At(columns_.of_accessibility));
    }
    if (query_.accessible_only) {
      *base &= columns_.of_accessibility[static_cast<size_t>(Accessibility::kFull)];
    }
    if (!query_.work_modes.empty()) {
      Bitmap modes = AnyOf(query_.work_modes, At(columns_.of_work_mode));
      modes |= columns_.of_work_mode[static_cast<size_t>(WorkMode::kHybrid)];
      *base &= modes;
    }
    if (!query_.languages.empty()) *base &= AnyOf(query_.languages, In(columns_.of_language));
    if (!query_.school.empty()) {
      Bitmap for_others = columns_.reserved;
      if (const auto found = columns_.of_school.find(query_.school);
          found != columns_.of_school.end()) {
        for (const Row row : found->second) for_others.Clear(row);
      }
      *base -= for_others;
    }
  }

  // Distances are those of places, which are far fewer than offers.
  void KeepAround(Bitmap* base) {
    if (!query_.around.has_value()) return;
    const GlobePoint point = GlobePoint::Of(query_.around->latitude, query_.around->longitude);
    const double most = ChordOfArc(query_.around->radius_km);
    metres_.resize(columns_.places.size());
    Bitmap rows;
    for (size_t place = 0; place < columns_.places.size(); ++place) {
      const double chord = point.ChordTo(columns_.places[place]);
      metres_[place] = Metres(chord);
      if (chord <= most) AddRows(columns_.of_place[place], &rows);
    }
    *base &= rows;
  }

  const OfferColumns::Starts& StartsOf(Row row) const {
    return query_.available_only ? columns_.starts_with_seats(row) : columns_.starts(row);
  }

  // The first start from `least` on of a session that the query means; 0 when there is none.
  int64_t StartFrom(int64_t least, Row row) const {
    const OfferColumns::Starts& starts = StartsOf(row);
    if (starts.last < least || starts.first >= query_.until) return 0;
    if (starts.first >= least) return starts.first;
    // The ends do not tell.
    for (const PackedSlot& slot : columns_.slots(row)) {
      if (slot.start() < least || (query_.available_only && !slot.has_seats())) continue;
      return slot.start() < query_.until ? slot.start() : 0;
    }
    return 0;
  }

  // A session is still to come, and was when the first page was read.
  void KeepShown(Bitmap* base) {
    const int64_t least = std::max({query_.now + 1, query_.as_of + 1, query_.from});
    base->Retain([&](Row row) {
      const int64_t start = StartFrom(least, row);
      if (start == 0) return false;
      next_start_ = std::min(next_start_, start);
      return true;
    });
  }

  int64_t FirstStartOf(Row row) const {
    return StartFrom(std::max(query_.as_of + 1, query_.from), row);
  }

  static void CountEach(const absl::flat_hash_map<std::string, Bitmap>& values, const Bitmap& rows,
                        std::vector<ValueCount>* counts) {
    for (const auto& [value, of_value] : values) {
      if (const int count = rows.CountOfBoth(of_value); count > 0) {
        counts->push_back({.value = value, .count = count});
      }
    }
    SortByCount(counts);
  }

  void CountAudiences(const Bitmap& rows, std::vector<ValueCount>* counts) const {
    for (size_t i = 0; i < columns_.of_audience.size(); ++i) {
      const int count = rows.CountOfBoth(columns_.of_audience[i]);
      if (count > 0) counts->push_back({.value = absl::StrCat(i), .count = count});
    }
    SortByCount(counts);
  }

  void NameSectors(std::vector<ValueCount>* counts) const {
    for (ValueCount& count : *counts) {
      const auto found = lexicon_.sectors.find(count.value);
      if (found != lexicon_.sectors.end()) count.label = found->second;
    }
  }

  int64_t PlaceOf(Row row) const {
    if (query_.order == OfferOrder::kDistance && !metres_.empty()) {
      return metres_[columns_.origin(row).place];
    }
    if (query_.order != OfferOrder::kRelevance) return 0;
    int64_t score = 0;
    for (const WordMatch& match : matches_) score += match.ScoreOf(row, columns_.origin(row));
    return -(IsWholeTitle(row) ? score * 2 : score);
  }

  // Whether the title is what was asked.
  bool IsWholeTitle(Row row) const {
    // First what lies in little space.
    return std::all_of(matches_.begin(), matches_.end(),
                       [row](const WordMatch& match) { return match.IsInTitle(row); }) &&
           columns_.facts(row).title_hash == whole_hash_;
  }

  // The first of those after the key, in a heap with the last of them on top.
  void TakePage(const Bitmap& matches, OfferHits* hits) const {
    const auto wanted = static_cast<size_t>(query_.limit) + 1;
    std::vector<OfferPosition>& page = hits->page;
    page.reserve(wanted + 1);
    matches.ForEach([&](Row row) {
      // Most rows come after the page by their place or their first start alone.
      const bool full = page.size() == wanted;
      OfferPosition position{PlaceOf(row), 0, {}};
      if (full && position.place > page.front().place) return;
      position.first_start = FirstStartOf(row);
      if (full && std::pair(position.place, position.first_start) >
                      std::pair(page.front().place, page.front().first_start)) {
        return;
      }
      position.id = columns_.facts(row).id;
      if (query_.after.has_value() && position <= *query_.after) return;
      if (full && position >= page.front()) return;
      page.push_back(position);
      std::push_heap(page.begin(), page.end());
      if (page.size() > wanted) {
        std::pop_heap(page.begin(), page.end());
        page.pop_back();
      }
    });
    std::sort_heap(page.begin(), page.end());
    hits->more = page.size() == wanted;
    if (hits->more) page.pop_back();
  }

  const OfferColumns& columns_;
  const Lexicon& lexicon_;
  const OfferQuery& query_;
  std::vector<WordMatch> matches_;
  uint64_t whole_hash_ = 0;
  // Of all sessions that have the offers shown.
  int64_t next_start_ = std::numeric_limits<int64_t>::max();
  // By number of the place, in a search around a point.
  std::vector<int64_t> metres_;
};

bool AnyAlive(const OfferColumns& columns, const Rows& rows) {
  return std::any_of(rows.begin(), rows.end(), [&](Row row) { return columns.live().Test(row); });
}

bool IsKnown(const OfferColumns& columns, const Lexicon& lexicon, const AskedWord& word) {
  bool known = false;
  ForEachMeant(lexicon.words, word, [&known](const auto&, bool) { known = true; });
  ForEachMeant(columns.of_title_word, word,
               [&](const Rows& rows, bool) { known = known || AnyAlive(columns, rows); });
  return known;
}

}  // namespace

OfferHits Search(const OfferColumns& columns, const Lexicon& lexicon, const OfferQuery& query) {
  return OfferSearch(columns, lexicon, query).Run();
}

std::vector<AskedWord> CorrectSpelling(const OfferColumns& columns, const Lexicon& lexicon,
                                       const std::vector<AskedWord>& words) {
  return PutRight(
      words, [&](const AskedWord& word) { return IsKnown(columns, lexicon, word); },
      [&](NearestWords* nearest) {
        for (const auto& [word, entry] : lexicon.words) nearest->Consider(word);
        for (const auto& [word, rows] : columns.of_title_word) {
          if (AnyAlive(columns, rows)) nearest->Consider(word);
        }
      });
}

}  // namespace dm::catalogue::search
