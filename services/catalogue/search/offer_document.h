#pragma once

#include "absl/strings/string_view.h"
#include "services/catalogue/domain/labelled.h"
#include "services/catalogue/domain/offer_content.h"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dm::catalogue::search {

// A UUID as a number: it orders as the text does, and as PostgreSQL orders it.
struct OfferId {
  uint64_t high = 0;
  uint64_t low = 0;

  // Nothing for a text that is no UUID.
  static std::optional<OfferId> Parse(absl::string_view text);
  std::string ToString() const;

  auto operator<=>(const OfferId&) const = default;
  template <typename H>
  friend H AbslHashValue(H state, const OfferId& id) {
    return H::combine(std::move(state), id.high, id.low);
  }
};

// A session that is neither closed nor cancelled.
struct SessionSlot {
  // Microseconds since the Unix epoch.
  int64_t start = 0;
  bool has_seats = false;

  bool operator==(const SessionSlot&) const = default;
};

// What is looked at to find a published offer; all that is shown of it is read by its key.
struct OfferDocument {
  OfferId id;
  // The row's, so that somebody who has just written it can tell whether it is here yet.
  int64_t version = 0;
  // Folded as domain/words.h does.
  std::string folded_title;
  std::string profession;
  std::string company;
  std::string department;
  double latitude = 0;
  double longitude = 0;
  std::vector<std::string> sectors;
  std::vector<int> audiences;
  Accessibility accessibility = Accessibility::kUnstated;
  WorkMode work_mode = WorkMode::kOnSite;
  std::vector<std::string> languages;
  std::vector<std::string> reserved_schools;
  std::vector<SessionSlot> sessions;
};

// The words by which a profession's offers are found too.
struct ProfessionWords {
  std::string code;
  std::string folded_title;
  std::vector<std::string> folded_job_titles;
  std::vector<std::string> interests;
  std::vector<std::string> themes;
};

struct CompanyWords {
  std::string siret;
  std::string folded_name;
  std::string folded_description;
  std::string sort_key;
  std::string department;
  std::vector<std::string> sectors;
  double latitude = 0;
  double longitude = 0;
};

// All that offers are found and counted by and that is not theirs.
struct Words {
  std::vector<ProfessionWords> professions;
  std::vector<CompanyWords> companies;
  // Code and label.
  std::vector<Labelled> sectors;
};

}  // namespace dm::catalogue::search
