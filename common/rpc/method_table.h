#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/auth/caller.h"
#include "common/rpc/method.h"

#include <cstdint>
#include <string>
#include <vector>

// What holds for every method of the suite, in one table: who may call it, how often, whether it
// may be repeated, and for how long it may run. A method that is not in it keeps its process from
// starting, and so does a line that stands for no method.
namespace dm::rpc {

// What a call costs the suite; the gateway limits callers by class.
enum class RateClass : uint8_t {
  // One thing, or a page of things.
  kRead,
  // A search or a page composed of several: the reads that cost most.
  kSearch,
  // A change.
  kWrite,
  // What takes seconds or makes a document: exports, imports, statistics.
  kExpensive,
  // A stream or a long poll: holds a thread for as long as it lasts.
  kStream,
  // What needs no account but a link's token, or sends mail: guessing and flooding start here.
  kLink,
};
inline constexpr int kRateClasses = 6;

// "READ"; the word of options, headers and metrics.
absl::string_view RateClassName(RateClass rate_class);

enum class Repeat : uint8_t {
  // Changes nothing.
  kReads,
  // Does once what it is asked twice: by request_id, or because it sets what it is told.
  kSafely,
  // Whoever got no answer must look before asking again.
  kNever,
};

struct MethodPolicy {
  // "/package.Service/Method".
  std::string path;
  // What the service binds the method with.
  Policy access;
  // What a partner needs in the token's `scope`; empty: nothing. Other roles need no scope.
  std::string partner_scope;
  RateClass rate_class;
  Repeat repeat;
};

// All of them, sorted by path.
const std::vector<MethodPolicy>& MethodTable();

// Null for what is not in the table.
const MethodPolicy* FindMethod(absl::string_view path);

// FAILED_PRECONDITION names every method of the linked protos that is not in the table and every
// line of the table that no proto has.
absl::Status CheckMethodTable();

// Whether such a caller may call such a method at all: UNAUTHENTICATED without a token, and with
// one that would do if its holder had signed in as staff has to; PERMISSION_DENIED with any other
// that does not admit to it. What of the data they may touch is the method's own business.
absl::Status CheckRoles(const auth::Roles& admitted, const auth::Caller& caller);
absl::Status CheckAccess(const MethodPolicy& method, const auth::Caller& caller);

}  // namespace dm::rpc
