#include "absl/strings/match.h"
#include "destinationmetier/ambassador/v1/ambassador_service.grpc.pb.h"
#include "destinationmetier/catalogue/v1/catalogue_service.grpc.pb.h"
#include "services/gateway/cli/arguments.h"
#include "services/gateway/cli/commands.h"
#include "services/gateway/cli/french.h"

#include <string>

namespace dm::gateway::cli {
namespace {

namespace ambassador = destinationmetier::ambassador::v1;
namespace catalogue = destinationmetier::catalogue::v1;

// Both services have the same method for their own sessions.
template <typename Cancelled, typename Request, typename Stub>
int Cancel(const Stub& stub, const CommandLine& line, Session& session) {
  Request request;
  request.set_name(line.words[0]);
  request.set_request_id(RequestIdOf(line));
  request.set_reason(line.Value("reason"));
  Cancelled cancelled;
  if (const int code = session.Call(
          [&](auto* context) { return stub->CancelSession(context, request, &cancelled); });
      code != kDone) {
    return code;
  }
  if (session.json()) return session.WriteJson(cancelled);
  session.out() << "session : " << cancelled.name() << "\n"
                << "du " << TimeText(cancelled.start_time()) << " au "
                << TimeText(cancelled.end_time()) << "\n"
                << "annulée le " << TimeText(cancelled.cancel_time()) << "\n";
  return kDone;
}

}  // namespace

int CancelSession(const CommandLine& line, Session& session) {
  const std::string& name = line.words[0];
  if (absl::StartsWith(name, "offers/")) {
    return Cancel<catalogue::Session, catalogue::CancelSessionRequest>(
        catalogue::CatalogueService::NewStub(session.channel()), line, session);
  }
  if (absl::StartsWith(name, "ambassadors/")) {
    return Cancel<ambassador::Session, ambassador::CancelSessionRequest>(
        ambassador::AmbassadorService::NewStub(session.channel()), line, session);
  }
  return session.Misuse(
      "cancel-session attend le nom d'une session : offers/…/sessions/… ou "
      "ambassadors/…/sessions/…");
}

}  // namespace dm::gateway::cli
