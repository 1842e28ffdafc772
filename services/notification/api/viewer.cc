#include "services/notification/api/viewer.h"

#include "absl/strings/str_cat.h"

#include <string>

namespace dm::notification {

Viewer ViewerOf(const auth::Caller& caller) {
  Viewer viewer{.person = caller.PersonName(),
                .agency = caller.Is(auth::Role::kAgency),
                .is_operator = caller.Is(auth::Role::kOperator)};
  if (viewer.agency) viewer.departments = caller.territory;
  if (caller.Is(auth::Role::kHost)) {
    for (const std::string& siret : caller.companies) {
      viewer.hosts.push_back(absl::StrCat("companies/", siret));
    }
  }
  if (caller.Is(auth::Role::kAmbassador) && !caller.ambassador.empty()) {
    viewer.hosts.push_back(absl::StrCat("ambassadors/", caller.ambassador));
  }
  return viewer;
}

}  // namespace dm::notification
