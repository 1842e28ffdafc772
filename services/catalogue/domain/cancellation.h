#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/catalogue/domain/offer.h"
#include "services/catalogue/domain/session_name.h"

#include <cstdint>
#include <string>
#include <vector>

// Who may call a session off, and until when.
namespace dm::catalogue {

constexpr size_t kLongestCancelReason = 500;

struct Canceller {
  // An operator acts on everything.
  bool everywhere = false;
  // SIRETs that a host speaks for.
  std::vector<std::string> companies;
  // Départements of an agency.
  std::vector<std::string> departments;
};

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
absl::StatusOr<Cancellation> DecideCancellation(const Canceller& who, const HostedSession& hosted,
                                                absl::Time now);

}  // namespace dm::catalogue
