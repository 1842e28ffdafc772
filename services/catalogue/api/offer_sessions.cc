#include "services/catalogue/api/offer_content_messages.h"
#include "services/catalogue/api/offer_messages.h"
#include "services/catalogue/api/offer_writing.h"
#include "services/catalogue/domain/session_name.h"

#include <algorithm>

namespace dm::catalogue {
namespace {

namespace pb = destinationmetier::catalogue::v1;
using database::Transaction;

absl::Status SessionCancelled(const std::string& name) {
  constexpr char kWhy[] = "the session is cancelled";
  return MakeError(absl::StatusCode::kFailedPrecondition, absl::StrCat(kWhy, ": ", name),
                   {.reason = "SESSION_CLOSED",
                    .metadata = {{"resource", name}},
                    .preconditions = {{"SESSION_CLOSED", name, kWhy}},
                    .message_fr = "Cette date est annulée : elle ne change plus.",
                    .message_en = "This session is cancelled: it does not change any more."});
}

// The session as a request wants it.
SessionContent Merged(const Session& session, const pb::UpdateSessionRequest& request) {
  const SessionContent wanted = ToContent(request.session());
  const auto& paths = request.update_mask().paths();
  const auto counts = [&paths](absl::string_view field) {
    return paths.empty() || std::find(paths.begin(), paths.end(), field) != paths.end();
  };
  return {.start = session.start,
          .end = counts("end_time") ? wanted.end : session.end,
          .capacity = counts("capacity") ? wanted.capacity : session.capacity,
          .closed = counts("closed") ? wanted.closed : session.closed};
}

}  // namespace

OfferApi::SessionOr OfferApi::CreateSession(const rpc::Call& call,
                                            const pb::CreateSessionRequest& request) const {
  return WriteSession(
      call, request,
      [&](Transaction& transaction, OfferWrites& writes, absl::Time now) -> SessionOr {
        auto own = LockOwnOffer(transaction, call, request.parent());
        if (!own.ok()) return own.status();
        OfferRecord& record = own->record;
        if (absl::Status status = CheckEditable(record.Name(), record.offer.state); !status.ok()) {
          return status;
        }
        const SessionContent content = ToContent(request.session());
        Violations violations;
        CheckSession("session", content, now, violations);
        const auto& sessions = record.offer.sessions;
        if (std::count_if(sessions.begin(), sessions.end(), [now](const Session& session) {
              return session.start > now;
            }) >= kMostRecordSessions) {
          violations.Add("session", absl::StrCat("must be one of at most ", kMostRecordSessions,
                                                 " dates to come of an offer"));
        }
        if (!violations.empty()) return violations.ToStatus();
        for (const Session& session : record.offer.sessions) {
          if (session.start == content.start) {
            return AlreadyThere("SESSION_EXISTS",
                                absl::StrCat(record.Name(), "/sessions/", session.id),
                                "the offer has a session that starts then",
                                "Cette offre a déjà une date qui commence à ce moment.");
          }
        }
        return ToMessage(record.Name(), writes.AddSession(&record, content));
      });
}

OfferApi::SessionOr OfferApi::UpdateSession(const rpc::Call& call,
                                            const pb::UpdateSessionRequest& request) const {
  return WriteSession(
      call, request,
      [&](Transaction& transaction, OfferWrites& writes, absl::Time now) -> SessionOr {
        const SessionName name = *ParseSessionName(request.session().name());
        auto own = LockOwnOffer(transaction, call, name.OfferName());
        if (!own.ok()) return own.status();
        OfferRecord& record = own->record;
        const auto session = LockOfferSession(transaction, name.offer, name.session);
        if (!session.has_value()) return dm::NotFoundError(name.Full());
        absl::Status status = CheckEtag(request.session().etag(), session->version, name.Full());
        if (status.ok()) status = CheckEditable(record.Name(), record.offer.state);
        if (!status.ok()) return status;
        if (session->cancel_time.has_value()) return SessionCancelled(name.Full());
        if (session->start <= now) return SessionPast(name.Full());
        const SessionContent wanted = Merged(*session, request);
        Violations violations;
        CheckSession("session", wanted, now, violations);
        if (!violations.empty()) return violations.ToStatus();
        const SessionContent before{session->start, session->end, session->capacity,
                                    session->closed};
        if (wanted == before) return ToMessage(record.Name(), *session);
        return ToMessage(record.Name(), writes.ChangeSession(&record, *session, wanted));
      });
}

}  // namespace dm::catalogue
