#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/catalogue/domain/mandate.h"
#include "services/catalogue/domain/offer.h"
#include "services/catalogue/domain/session_name.h"

#include <cstdint>
#include <string>

// Who may call a session off, and until when.
namespace dm::catalogue {

constexpr size_t kLongestCancelReason = 500;

// A session, and whose it is.
struct HostedSession {
  SessionName name;
  std::string siret;
  std::string department;
  Session session;
};

enum class Cancellation : uint8_t {
  kNew,
  // It was cancelled before, and stays as it is.
  kAlready,
};

// FAILED_PRECONDITION with reason SESSION_PAST.
absl::Status SessionPast(const std::string& name);

// NOT_FOUND for who may not know that it can be cancelled; FAILED_PRECONDITION with reason
// SESSION_PAST from its start on.
absl::StatusOr<Cancellation> DecideCancellation(const Mandate& mandate, const HostedSession& hosted,
                                                absl::Time now);

}  // namespace dm::catalogue
