#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/database/database.h"
#include "common/errors/error.h"
#include "common/events/outbox.h"
#include "common/requests/answered_requests.h"
#include "services/catalogue/api/mandate_of.h"
#include "services/catalogue/api/offer_api.h"
#include "services/catalogue/api/offer_record_messages.h"
#include "services/catalogue/api/validation.h"
#include "services/catalogue/domain/offer_rules.h"
#include "services/catalogue/store/offer_records.h"
#include "services/catalogue/store/offer_writes.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

// What all writing methods of OfferService share; for their files alone.
namespace dm::catalogue {

// Where the ids are that may come in capital letters.
inline void LowerOfferNames(destinationmetier::catalogue::v1::CreateOfferRequest*) {}
inline void LowerOfferNames(destinationmetier::catalogue::v1::UpdateOfferRequest* request) {
  absl::AsciiStrToLower(request->mutable_offer()->mutable_name());
}
inline void LowerOfferNames(destinationmetier::catalogue::v1::CreateSessionRequest* request) {
  absl::AsciiStrToLower(request->mutable_parent());
}
inline void LowerOfferNames(destinationmetier::catalogue::v1::UpdateSessionRequest* request) {
  absl::AsciiStrToLower(request->mutable_session()->mutable_name());
}
template <typename Request>
void LowerOfferNames(Request* request) {
  absl::AsciiStrToLower(request->mutable_name());
}

template <typename Request>
requests::WriteRequest OfferWriteRequest(const rpc::Call& call, Request request) {
  LowerOfferNames(&request);
  absl::AsciiStrToLower(request.mutable_request_id());
  return {.caller = call.caller.PersonName(),
          .request_id = request.request_id(),
          .method = call.method,
          .fingerprint = rpc::QueryFingerprint(request)};
}

// What people wrote is in no answer that is kept: a repeated call reads the offer again.
inline std::string KeptOf(const destinationmetier::catalogue::v1::OfferRecord& record) {
  destinationmetier::catalogue::v1::OfferRecord kept;
  kept.mutable_offer()->set_name(record.offer().name());
  kept.set_etag(record.etag());
  return kept.SerializeAsString();
}
inline std::string KeptOf(const destinationmetier::catalogue::v1::Session& session) {
  return session.SerializeAsString();
}

// An offer, and as what the caller acts on it.
struct OwnOffer {
  OfferRecord record;
  OfferParty party = OfferParty::kHost;

  OfferActor Actor(const rpc::Call& call) const { return {call.caller.PersonName(), party}; }
};

inline absl::StatusOr<OwnOffer> OwnOfferOf(const rpc::Call& call, std::optional<OfferRecord> record,
                                           absl::string_view name) {
  if (!record.has_value()) return dm::NotFoundError(name);
  const auto party =
      PartyOf(MandateOf(call.caller), record->offer.siret, record->company.department);
  if (!party.has_value()) return dm::NotFoundError(name);
  return OwnOffer{*std::move(record), *party};
}

inline absl::StatusOr<OwnOffer> LockOwnOffer(database::Transaction& transaction,
                                             const rpc::Call& call, const std::string& name) {
  return OwnOfferOf(call, LockOffer(transaction, absl::AsciiStrToLower(IdIn(name, "offers"))),
                    name);
}

inline absl::Status TakeOfferStep(OfferWrites& writes, OwnOffer* own, OfferStep step,
                                  const OfferActor& actor, absl::Time now,
                                  absl::string_view text = "") {
  const auto taken = DecideOfferStep(own->record.Name(), own->record.offer.state, step, own->party,
                                     FactsOf(own->record, now));
  if (!taken.ok()) return taken.status();
  return writes.Step(&own->record, *taken, actor, text);
}

inline absl::Status AlreadyThere(absl::string_view reason, absl::string_view resource,
                                 absl::string_view why, absl::string_view french) {
  return MakeError(absl::StatusCode::kAlreadyExists, absl::StrCat(why, ": ", resource),
                   {.reason = std::string(reason),
                    .metadata = {{"resource", std::string(resource)}},
                    .message_fr = std::string(french),
                    .message_en = absl::StrCat("Not possible: ", why, ".")});
}

template <typename Message, typename Request, typename Body, typename Replay>
absl::StatusOr<Message> OfferApi::Write(const rpc::Call& call, const Request& request, Body body,
                                        Replay replay) const {
  const requests::WriteRequest write = OfferWriteRequest(call, request);
  bool has_events = false;
  const auto answer = database_->Write(
      call.deadline, [&](database::Transaction& transaction) -> absl::StatusOr<Message> {
        // As exact as what is kept, so that it reads the same ever after.
        const absl::Time now = database::FromMicros(database::ToMicros(clock_->Now()));
        has_events = false;
        const auto earlier = requests::ClaimRequest(transaction, write, now);
        if (!earlier.ok()) return earlier.status();
        if (earlier->has_value()) return replay(transaction, **earlier);
        OfferWrites writes(&transaction, now);
        absl::StatusOr<Message> message = body(transaction, writes, now);
        if (!message.ok()) return message;
        requests::KeepAnswer(transaction, write, KeptOf(*message), now);
        const std::vector<events::NewEvent> news = writes.Finish();
        has_events = !news.empty();
        events::AppendToOutbox(transaction, news, call.traceparent, now);
        return message;
      });
  if (answer.ok() && has_events) on_events_();
  return answer;
}

template <typename Request, typename Body>
OfferApi::Record OfferApi::WriteOffer(const rpc::Call& call, const Request& request,
                                      Body body) const {
  const auto read = [&call](database::Transaction& transaction, const std::string& id) -> Record {
    const auto own =
        OwnOfferOf(call, ReadOfferRecord(transaction, id), absl::StrCat("offers/", id));
    if (!own.ok()) return own.status();
    return ToMessage(own->record, own->party);
  };
  return Write<destinationmetier::catalogue::v1::OfferRecord>(
      call, request,
      [&](database::Transaction& transaction, OfferWrites& writes, absl::Time now) -> Record {
        const absl::StatusOr<std::string> id = body(transaction, writes, now);
        if (!id.ok()) return id.status();
        writes.Settle();
        return read(transaction, *id);
      },
      [&](database::Transaction& transaction, const std::string& kept) -> Record {
        destinationmetier::catalogue::v1::OfferRecord first;
        if (!first.ParseFromString(kept)) return absl::InternalError("a kept answer is damaged");
        return read(transaction, IdIn(first.offer().name(), "offers"));
      });
}

template <typename Request, typename Body>
OfferApi::SessionOr OfferApi::WriteSession(const rpc::Call& call, const Request& request,
                                           Body body) const {
  return Write<destinationmetier::catalogue::v1::Session>(
      call, request, body, [](database::Transaction&, const std::string& kept) -> SessionOr {
        destinationmetier::catalogue::v1::Session first;
        if (!first.ParseFromString(kept)) return absl::InternalError("a kept answer is damaged");
        return first;
      });
}

}  // namespace dm::catalogue
