#pragma once

#include "services/catalogue/domain/labelled.h"
#include "services/catalogue/domain/search_rules.h"
#include "services/catalogue/search/asked_words.h"
#include "services/catalogue/search/offer_document.h"

#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace dm::catalogue::search {

// Where an offer stands among the others that match.
struct OfferPosition {
  // Minus the score, metres from the point, or 0, as the order has it.
  int64_t place = 0;
  // Of the first session that matched when the first page was read.
  int64_t first_start = 0;
  OfferId id;

  auto operator<=>(const OfferPosition&) const = default;
};

// All conditions hold at once; an empty list is no condition, and of a list one value is enough.
struct OfferQuery {
  std::vector<AskedWord> words;
  std::vector<std::string> departments;
  std::vector<std::string> sectors;
  // Numbers of destinationmetier.type.v1.Audience.
  std::vector<int> audiences;
  std::vector<std::string> professions;
  std::vector<std::string> companies;
  std::vector<std::string> interests;
  std::vector<std::string> themes;
  std::vector<Accessibility> accessibilities;
  // FULL, whatever else was asked for.
  bool accessible_only = false;
  // An offer that is both on site and remote answers to either.
  std::vector<WorkMode> work_modes;
  std::vector<std::string> languages;
  // UAI: leaves out what is reserved to others.
  std::string school;
  std::optional<Around> around;
  // A session starts at `from` or later and before `until`, in microseconds.
  int64_t from = 0;
  int64_t until = std::numeric_limits<int64_t>::max();
  bool available_only = false;
  OfferOrder order = OfferOrder::kDate;
  // Now, and when the first page was read: an offer stands where its first session stood then, and
  // is shown while one is still to come.
  int64_t now = 0;
  int64_t as_of = 0;
  // Of the last row of the page before.
  std::optional<OfferPosition> after;
  int limit = 20;
};

struct OfferHits {
  // In order.
  std::vector<OfferPosition> page;
  // Whether there are any after the page.
  bool more = false;
  int total = 0;
  // Each as if its own condition had not been asked for; most first. Of départements and audiences
  // without labels.
  std::vector<ValueCount> departments;
  std::vector<ValueCount> sectors;
  std::vector<ValueCount> audiences;
  // While nothing changes, the same query finds the same until this moment, in microseconds: then
  // the first of the sessions that it looked at begins.
  int64_t steady_until = std::numeric_limits<int64_t>::max();
};

}  // namespace dm::catalogue::search
