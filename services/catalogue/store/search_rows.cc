#include "services/catalogue/store/search_rows.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "services/catalogue/store/rows.h"

#include <algorithm>
#include <utility>

namespace dm::catalogue {
namespace {

using database::Statement;
using database::Transaction;
using search::OfferDocument;

constexpr int kOffersAtOnce = 10'000;
// Transactions whose changes are read at once; each may have touched any number of offers.
constexpr int kChangesAtOnce = 2'000;

constexpr Statement kLastChange{"last_search_change", "SELECT seq FROM search_counter"};

constexpr Statement kProfessions{"search_professions_words", R"sql(
SELECT p.rome_code, p.folded_title,
       (SELECT coalesce(string_agg(t.folded, ','), '') FROM appellations t
        WHERE t.rome_code = p.rome_code AND NOT t.obsolete) AS job_titles,
       (SELECT coalesce(string_agg(i.interest_code, ','), '') FROM profession_interests i
        WHERE i.rome_code = p.rome_code AND NOT i.obsolete) AS interests,
       (SELECT coalesce(string_agg(h.theme_code, ','), '') FROM profession_themes h
        WHERE h.rome_code = p.rome_code AND NOT h.obsolete) AS themes
FROM professions p
)sql"};

constexpr Statement kCompanies{"search_companies_words", R"sql(
SELECT c.siret, c.folded_name, c.folded_description, c.sort_key, c.department,
       array_to_string(c.sectors, ',') AS sectors, m.latitude, m.longitude
FROM companies c JOIN communes m ON m.code = c.commune_code
)sql"};

constexpr Statement kSectors{"search_sectors_labels", "SELECT code, label FROM sectors"};

// The same columns twice: what is read at start by the way of the key, and what changed.
#define DM_OFFER_DOCUMENT_COLUMNS                                                          \
  "SELECT o.id, o.version, o.folded_title, o.rome_code, o.siret, o.department, "           \
  "coalesce(o.latitude, 0) AS latitude, coalesce(o.longitude, 0) AS longitude, "           \
  "array_to_string(o.sectors, ',') AS sectors, "                                           \
  "array_to_string(o.audiences, ',') AS audiences, o.accessibility, o.work_mode, "         \
  "array_to_string(o.languages, ',') AS languages, "                                       \
  "array_to_string(o.reserved_schools, ',') AS reserved_schools, "                         \
  "(SELECT string_agg(dm_micros(x.start_time) || CASE WHEN x.held < x.capacity THEN '+' "  \
  "                   ELSE '-' END, ',') FROM sessions x "                                 \
  " WHERE x.offer_id = o.id AND NOT x.closed AND x.start_time > dm_time($1)) AS sessions " \
  "FROM offers o "

constexpr Statement kPublished{"search_offers_published", DM_OFFER_DOCUMENT_COLUMNS
                               "WHERE o.published AND o.id > $2 ORDER BY o.id LIMIT $3"};
constexpr Statement kChanged{"search_offers_changed", DM_OFFER_DOCUMENT_COLUMNS
                             "WHERE o.published AND o.id = ANY ($2::uuid[])"};
#undef DM_OFFER_DOCUMENT_COLUMNS

// The numbers have no gaps: where the next one is missing, it was deleted.
constexpr Statement kChangesState{"search_changes_state", R"sql(
SELECT (SELECT seq FROM search_counter) AS last,
       (SELECT min(seq) FROM search_changes WHERE seq > $1) AS next
)sql"};

constexpr Statement kChanges{"search_changes", R"sql(
SELECT DISTINCT kind, id FROM search_changes WHERE seq > $1 AND seq <= $2
)sql"};

// By number: clocks differ, and a change that stayed before one that went would hide the gap.
constexpr Statement kDelete{"delete_search_changes", R"sql(
DELETE FROM search_changes
WHERE seq <= (SELECT max(seq) FROM search_changes WHERE recorded < dm_time($1))
)sql"};

std::vector<search::SessionSlot> ToSlots(absl::string_view text) {
  std::vector<search::SessionSlot> slots;
  for (absl::string_view part : absl::StrSplit(text, ',', absl::SkipEmpty())) {
    search::SessionSlot& slot = slots.emplace_back();
    slot.has_seats = part.back() == '+';
    part.remove_suffix(1);
    if (!absl::SimpleAtoi(part, &slot.start)) slots.pop_back();
  }
  return slots;
}

OfferDocument ToDocument(const pqxx::row& row) {
  return {.id = search::OfferId::Parse(row["id"].c_str()).value_or(search::OfferId()),
          .version = row["version"].as<int64_t>(),
          .folded_title = row["folded_title"].c_str(),
          .profession = row["rome_code"].c_str(),
          .company = row["siret"].c_str(),
          .department = row["department"].c_str(),
          .latitude = row["latitude"].as<double>(),
          .longitude = row["longitude"].as<double>(),
          .sectors = ToTexts(row["sectors"].c_str()),
          .audiences = ToNumbers(row["audiences"].c_str()),
          .accessibility = static_cast<Accessibility>(row["accessibility"].as<int>()),
          .work_mode = static_cast<WorkMode>(row["work_mode"].as<int>()),
          .languages = ToTexts(row["languages"].c_str()),
          .reserved_schools = ToTexts(row["reserved_schools"].c_str()),
          .sessions = ToSlots(row["sessions"].c_str())};
}

std::vector<OfferDocument> ToDocuments(const pqxx::result& rows) {
  std::vector<OfferDocument> offers;
  offers.reserve(static_cast<size_t>(rows.size()));
  for (const pqxx::row& row : rows) offers.push_back(ToDocument(row));
  return offers;
}

}  // namespace

int64_t LastSearchChange(Transaction& transaction) {
  return transaction.Exec(kLastChange).at(0)["seq"].as<int64_t>();
}

absl::StatusOr<int64_t> LastSearchChange(database::Database& database, absl::Time deadline) {
  const auto rows = database.Query(deadline, kLastChange);
  if (!rows.ok()) return rows.status();
  return rows->at(0)["seq"].as<int64_t>();
}

search::Words ReadSearchWords(Transaction& transaction) {
  search::Words words;
  for (const pqxx::row& row : transaction.Exec(kProfessions)) {
    words.professions.push_back({.code = row["rome_code"].c_str(),
                                 .folded_title = row["folded_title"].c_str(),
                                 .folded_job_titles = ToTexts(row["job_titles"].c_str()),
                                 .interests = ToTexts(row["interests"].c_str()),
                                 .themes = ToTexts(row["themes"].c_str())});
  }
  for (const pqxx::row& row : transaction.Exec(kCompanies)) {
    words.companies.push_back({.siret = row["siret"].c_str(),
                               .folded_name = row["folded_name"].c_str(),
                               .folded_description = row["folded_description"].c_str(),
                               .sort_key = row["sort_key"].c_str(),
                               .department = row["department"].c_str(),
                               .sectors = ToTexts(row["sectors"].c_str()),
                               .latitude = row["latitude"].as<double>(),
                               .longitude = row["longitude"].as<double>()});
  }
  for (const pqxx::row& row : transaction.Exec(kSectors)) {
    words.sectors.push_back({row["code"].c_str(), row["label"].c_str()});
  }
  return words;
}

void ReadPublishedOffers(Transaction& transaction, absl::Time sessions_after,
                         absl::FunctionRef<void(std::vector<OfferDocument>)> take) {
  std::string after = search::OfferId().ToString();
  while (true) {
    const pqxx::result rows =
        transaction.Exec(kPublished, database::ToMicros(sessions_after), after, kOffersAtOnce);
    if (rows.empty()) return;
    after = rows[rows.size() - 1]["id"].c_str();
    const bool last = rows.size() < kOffersAtOnce;
    take(ToDocuments(rows));
    if (last) return;
  }
}

std::vector<OfferDocument> ReadPublishedOffers(Transaction& transaction, absl::Time sessions_after,
                                               const std::vector<std::string>& ids) {
  return ToDocuments(transaction.Exec(kChanged, database::ToMicros(sessions_after), ids));
}

SearchChanges ReadSearchChanges(Transaction& transaction, int64_t after) {
  const pqxx::result state = transaction.Exec(kChangesState, after);
  const auto last = state.at(0)["last"].as<int64_t>();
  const auto next = state.at(0)["next"];
  SearchChanges changes{.last = std::min(last, after + kChangesAtOnce)};
  // A number that went back is another history: the database was restored.
  changes.lost =
      last < after || (last > after && (next.is_null() || next.as<int64_t>() > after + 1));
  if (changes.lost || last == after) return changes;
  for (const pqxx::row& row : transaction.Exec(kChanges, after, changes.last)) {
    if (row["id"].is_null()) {
      changes.words = true;
    } else {
      changes.offers.emplace_back(row["id"].c_str());
    }
  }
  return changes;
}

void DeleteSearchChanges(Transaction& transaction, absl::Time before) {
  transaction.Exec(kDelete, database::ToMicros(before));
}

}  // namespace dm::catalogue
