#pragma once

#include "common/auth/caller.h"
#include "services/catalogue/domain/cancellation.h"

namespace dm::catalogue {

// What somebody answers for, by the roles and claims of their token: whoever has a claim without
// its role has nothing by it.
inline Canceller AnsweringFor(const auth::Caller& caller) {
  Canceller who{.everywhere = caller.Is(auth::Role::kOperator)};
  if (caller.Is(auth::Role::kHost)) who.companies = caller.companies;
  if (caller.Is(auth::Role::kAgency)) who.departments = caller.territory;
  return who;
}

}  // namespace dm::catalogue
