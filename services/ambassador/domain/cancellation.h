#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/ambassador/domain/ambassador.h"

#include <cstdint>
#include <string>
#include <vector>

// Who may call a meeting off, and until when.
namespace dm::ambassador {

constexpr size_t kLongestCancelReason = 500;

// Who acts on ambassadors and their meetings.
struct Canceller {
  // An operator acts on everything.
  bool everywhere = false;
  // Id of the caller's own profile, in lower case; empty for none.
  std::string ambassador;
  // Départements of an agency.
  std::vector<std::string> departments;
};

// A session, and where its ambassador works.
struct HostedSession {
  Session session;
  std::string department;
};

enum class Cancellation : uint8_t {
  kNew,
  // It was cancelled before, and stays as it is.
  kAlready,
};

// Whether that is one of theirs.
bool MayActOn(const Canceller& who, const std::string& ambassador, const std::string& department);

// NOT_FOUND for who may not know that it can be cancelled; FAILED_PRECONDITION with reason
// SESSION_PAST from its start on.
absl::StatusOr<Cancellation> DecideCancellation(const Canceller& who, const HostedSession& hosted,
                                                absl::Time now);

}  // namespace dm::ambassador
