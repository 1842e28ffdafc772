#pragma once

#include "common/auth/caller.h"
#include "services/catalogue/domain/mandate.h"

namespace dm::catalogue {

// What somebody answers for, by the roles and claims of their token: whoever has a claim without
// its role has nothing by it.
inline Mandate MandateOf(const auth::Caller& caller) {
  Mandate mandate{.everywhere = caller.Is(auth::Role::kOperator)};
  if (caller.Is(auth::Role::kHost)) mandate.companies = caller.companies;
  if (caller.Is(auth::Role::kAgency)) mandate.departments = caller.territory;
  return mandate;
}

}  // namespace dm::catalogue
