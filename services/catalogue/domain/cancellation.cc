#include "services/catalogue/domain/cancellation.h"

#include "absl/strings/str_cat.h"
#include "common/errors/error.h"

namespace dm::catalogue {
absl::Status SessionPast(const std::string& name) {
  constexpr char kReason[] = "SESSION_PAST";
  constexpr char kWhy[] = "the session has started";
  return MakeError(absl::StatusCode::kFailedPrecondition, absl::StrCat(kWhy, ": ", name),
                   {.reason = kReason,
                    .metadata = {{"resource", name}},
                    .preconditions = {{kReason, name, kWhy}},
                    .message_fr = "C'est trop tard : ce mini-stage a déjà commencé.",
                    .message_en = "It is too late: this session has already started."});
}

absl::StatusOr<Cancellation> DecideCancellation(const Mandate& mandate, const HostedSession& hosted,
                                                absl::Time now) {
  if (!mandate.Covers(hosted.siret, hosted.department)) {
    return NotFoundError(hosted.name.Full());
  }
  if (hosted.session.cancel_time.has_value()) return Cancellation::kAlready;
  if (hosted.session.start <= now) return SessionPast(hosted.name.Full());
  return Cancellation::kNew;
}

}  // namespace dm::catalogue
