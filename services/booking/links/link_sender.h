#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <memory>
#include <string>

namespace dm::booking {

// What a mail with a secret says; see notification.v1.LinkKind.
enum class LinkKind : uint8_t { kGuardianConsent, kSignature, kSignatureCode };

// A mail that carries a secret.
struct OutgoingLink {
  // UUID. Sent again under the same id it is the same mail.
  std::string request_id;
  LinkKind kind = LinkKind::kGuardianConsent;
  // A party that has a contact, "people/{subject}" and so on; empty for a direct address.
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
  // Whose guardian is written to; empty when it is none.
  std::string applicant;
};

// Hands mails with secrets to notification. Thread-safe.
class LinkSender {
 public:
  virtual ~LinkSender() = default;

  // Waits for the answer, until `deadline` at most. OK: the mail will be sent once. When
  // MayHaveBeenTaken of the error, it may be repeated as it was; else it never will be taken.
  virtual absl::Status Send(const OutgoingLink& link, absl::Time deadline) = 0;
};

// Whether notification may have taken the mail over all the same.
bool MayHaveBeenTaken(const absl::Status& status);

// Calls notification.v1.LinkService.
std::unique_ptr<LinkSender> MakeLinkSender(std::shared_ptr<grpc::Channel> channel);

}  // namespace dm::booking
