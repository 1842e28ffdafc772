#pragma once

#include "absl/time/time.h"
#include "services/notification/domain/contact.h"
#include "services/notification/domain/message_kind.h"

#include <string>

namespace dm::notification {

// A mail with a secret that another service hands over.
struct Link {
  // UUID.
  std::string request_id;
  MessageKind kind = MessageKind::kGuardianConsent;
  // A party that has a contact; empty for a direct address.
  std::string party;
  std::string display_name;
  std::string email;
  // The token or the code.
  std::string secret;
  // "bookings/{booking}" or "agreements/{agreement}".
  std::string resource;
  // May be empty.
  std::string session;
  absl::Time expire_time;
  // "people/{subject}" of the person whose guardian is written to. May be empty.
  std::string applicant;
};

}  // namespace dm::notification
