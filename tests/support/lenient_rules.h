#pragma once

#include "services/booking/domain/eligibility.h"
#include "services/booking/domain/terms.h"

#include <cstdlib>
#include <iostream>
#include <memory>
#include <utility>

namespace dm::booking {

// A rule book that allows everything, keeps bookings for a year and asks for no agreement: for
// tests of what is not the rules' business.
inline std::shared_ptr<const RuleBook> LenientRules() {
  const RuleSource source = {"essai", absl::CivilDay(2020, 1, 1)};
  RuleSet set;
  set.rules.push_back({.id = "everybody",
                       .schemes = {AllSchemes().begin(), AllSchemes().end()},
                       .versions = {{.version = 1,
                                     .from = absl::CivilDay(2000, 1, 1),
                                     .sources = {source},
                                     .sentences = {.satisfied = "Oui.", .broken = "Non."},
                                     .clauses = {{.demand = MinimumAge{1}}}}}});
  for (const Scheme scheme : AllSchemes()) {
    set.schemes.push_back(
        {.scheme = scheme, .agreement_needed = false, .retention_days = 365, .sources = {source}});
  }
  absl::StatusOr<RuleBook> book = RuleBook::Make(std::move(set));
  if (!book.ok()) {
    std::cerr << book.status() << std::endl;
    std::abort();
  }
  return std::make_shared<const RuleBook>(*std::move(book));
}

inline Terms LenientTerms(Policy policy) {
  return {.policy = policy,
          .rules = LenientRules(),
          .calendar = std::make_shared<const SchoolCalendar>()};
}

}  // namespace dm::booking
