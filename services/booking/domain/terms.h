#pragma once

#include "services/booking/domain/eligibility.h"
#include "services/booking/domain/policy.h"
#include "services/booking/domain/school_calendar.h"

#include <memory>

namespace dm::booking {

// What the ledger decides under: the agency's policy, the rules of law, the school calendar. Cheap
// to copy. None of them is null.
struct Terms {
  Policy policy;
  std::shared_ptr<const RuleBook> rules;
  std::shared_ptr<const SchoolCalendar> calendar;
};

}  // namespace dm::booking
