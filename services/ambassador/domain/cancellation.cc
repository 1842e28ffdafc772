#include "services/ambassador/domain/cancellation.h"

#include "absl/strings/str_cat.h"
#include "common/errors/error.h"

#include <algorithm>

namespace dm::ambassador {
namespace {

absl::Status SessionPast(const std::string& name) {
  constexpr char kReason[] = "SESSION_PAST";
  constexpr char kWhy[] = "the session has started";
  return MakeError(absl::StatusCode::kFailedPrecondition, absl::StrCat(kWhy, ": ", name),
                   {.reason = kReason,
                    .metadata = {{"resource", name}},
                    .preconditions = {{kReason, name, kWhy}},
                    .message_fr = "C'est trop tard : cette rencontre a déjà commencé.",
                    .message_en = "It is too late: this meeting has already started."});
}

}  // namespace

bool MayActOn(const Canceller& who, const std::string& ambassador, const std::string& department) {
  return who.everywhere || who.ambassador == ambassador ||
         std::find(who.departments.begin(), who.departments.end(), department) !=
             who.departments.end();
}

absl::StatusOr<Cancellation> DecideCancellation(const Canceller& who, const HostedSession& hosted,
                                                absl::Time now) {
  if (!MayActOn(who, hosted.session.ambassador_id, hosted.department)) {
    return NotFoundError(hosted.session.Name());
  }
  if (hosted.session.cancel_time.has_value()) return Cancellation::kAlready;
  if (hosted.session.start_time <= now) return SessionPast(hosted.session.Name());
  return Cancellation::kNew;
}

}  // namespace dm::ambassador
