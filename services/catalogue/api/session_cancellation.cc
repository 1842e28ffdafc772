#include "services/catalogue/store/session_cancellation.h"

#include "absl/strings/ascii.h"
#include "common/events/outbox.h"
#include "common/requests/answered_requests.h"
#include "services/catalogue/api/catalogue_api.h"
#include "services/catalogue/api/mandate_of.h"
#include "services/catalogue/api/offer_messages.h"
#include "services/catalogue/store/search_changes.h"

#include <utility>
#include <vector>

namespace dm::catalogue {
namespace {

namespace pb = destinationmetier::catalogue::v1;

requests::WriteRequest ToWriteRequest(const rpc::Call& call, pb::CancelSessionRequest request) {
  absl::AsciiStrToLower(request.mutable_name());
  absl::AsciiStrToLower(request.mutable_request_id());
  return {.caller = call.caller.PersonName(),
          .request_id = request.request_id(),
          .method = call.method,
          .fingerprint = rpc::QueryFingerprint(request)};
}

absl::StatusOr<pb::Session> FirstAnswer(const std::string& bytes) {
  pb::Session session;
  if (!session.ParseFromString(bytes)) return absl::InternalError("a kept answer cannot be read");
  return session;
}

}  // namespace

absl::StatusOr<pb::Session> CatalogueApi::CancelSession(
    const rpc::Call& call, const pb::CancelSessionRequest& request) const {
  const SessionName name = *ParseSessionName(request.name());
  const requests::WriteRequest write = ToWriteRequest(call, request);
  std::vector<events::NewEvent> news;
  const auto answer = database_->Write(
      call.deadline, [&](database::Transaction& transaction) -> absl::StatusOr<pb::Session> {
        // As exact as what is kept, so that it reads the same ever after.
        const absl::Time now = database::FromMicros(database::ToMicros(clock_->Now()));
        news.clear();
        const auto earlier = requests::ClaimRequest(transaction, write, now);
        if (!earlier.ok()) return earlier.status();
        if (earlier->has_value()) return FirstAnswer(**earlier);
        std::optional<HostedSession> hosted = LockSession(transaction, name);
        if (!hosted.has_value()) return NotFoundError(name.Full());
        const auto decided = DecideCancellation(MandateOf(call.caller), *hosted, now);
        if (!decided.ok()) return decided.status();
        if (*decided == Cancellation::kNew) {
          news = catalogue::CancelSession(transaction, name, call.caller.PersonName(),
                                          request.reason(), now);
          hosted->session.cancel_time = now;
          hosted->session.available = 0;
        }
        pb::Session session = ToMessage(*hosted);
        requests::KeepAnswer(transaction, write, session.SerializeAsString(), now);
        if (*decided == Cancellation::kNew) {
          TouchOffers(transaction, std::vector<std::string>{name.offer}, now);
        }
        events::AppendToOutbox(transaction, news, call.traceparent, now);
        return session;
      });
  if (answer.ok() && !news.empty()) on_events_();
  return answer;
}

}  // namespace dm::catalogue
