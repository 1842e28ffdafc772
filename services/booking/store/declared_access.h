#pragma once

#include "common/database/access.h"
#include "services/booking/domain/command.h"

namespace dm::booking {

// On whose behalf the database is asked what the actor wants to see: who books for themself and
// nothing else sees their own rows; of hosts and agencies the rows do not say whose they are.
inline database::Access DeclaredAccess(const Actor& actor) {
  const bool only_self = actor.applicant && !actor.person.empty() && actor.hosts.empty() &&
                         actor.departments.empty() && !actor.system;
  return only_self ? database::Access::Of(actor.person) : database::Access::OfService();
}

}  // namespace dm::booking
