#include "services/ambassador/api/privacy_api.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/errors/error.h"
#include "common/events/outbox.h"
#include "common/privacy/receipts.h"
#include "common/requests/answered_requests.h"
#include "common/text/uuid.h"
#include "destinationmetier/event/v1/resource_events.pb.h"
#include "services/ambassador/api/cancellations.h"
#include "services/ambassador/domain/kept_records.h"
#include "services/ambassador/domain/search.h"
#include "services/ambassador/store/ambassador_erasure.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dm::ambassador {
namespace {

namespace pb = destinationmetier::ambassador::v1;

using destinationmetier::privacy::v1::Erasure;

constexpr absl::string_view kReceipt = "/erasure";

std::optional<std::string> AmbassadorIdOfReceipt(absl::string_view name) {
  if (!absl::ConsumeSuffix(&name, kReceipt)) return std::nullopt;
  return AmbassadorIdFrom(name);
}

std::string PartyOf(const std::string& id) { return absl::StrCat("ambassadors/", id); }

// Who keeps something of ambassadors beside this service, and says when it has dropped it.
Erasure ShownReceipt(const privacy::Receipt& receipt) {
  Erasure shown = privacy::ToMessage(
      receipt, {.owner = "ambassador", .followers = {"booking", "notification"}});
  shown.set_name(absl::StrCat(receipt.party, kReceipt));
  for (const KeptRecord& kept : KeptRecords()) {
    auto* record = shown.add_kept_records();
    record->set_description(kept.description);
    record->set_reason(kept.reason);
    record->set_duration(kept.duration);
  }
  return shown;
}

std::vector<events::NewEvent> ErasureEvents(const std::string& party, const std::string& department,
                                            const std::vector<Session>& cancelled) {
  std::vector<events::NewEvent> news;
  for (const Session& session : cancelled) {
    for (events::NewEvent& event : CancellationEvents(session, department)) {
      news.push_back(std::move(event));
    }
  }
  destinationmetier::event::v1::ResourceChanged changed;
  changed.set_name(party);
  news.push_back(events::MakeEvent(party, changed));
  return news;
}

}  // namespace

std::unique_ptr<rpc::ServiceBinding> PrivacyApi::Bind(rpc::Pipeline* pipeline) {
  auto binding = std::make_unique<rpc::ServiceBinding>(
      pb::EraseAmbassadorRequest::descriptor()->file()->FindServiceByName("PrivacyService"),
      pipeline);
  const rpc::Policy policy{
      .roles = {auth::Role::kAmbassador, auth::Role::kAgency, auth::Role::kOperator}};
  binding->Blocking<pb::EraseAmbassadorRequest, Erasure>(
      "EraseAmbassador", policy,
      [](const pb::EraseAmbassadorRequest& request, Violations& violations) {
        if (!AmbassadorIdFrom(request.name()).has_value()) {
          violations.Add("name", "must be ambassadors/{ambassador}, a UUID");
        }
        if (!IsUuid(request.request_id())) {
          violations.Add("request_id", "must be a UUID made by the client");
        }
      },
      [this](const auto& call, const auto& request) { return Erase(call, request); });
  binding->Blocking<pb::GetAmbassadorErasureRequest, Erasure>(
      "GetAmbassadorErasure", policy,
      [](const pb::GetAmbassadorErasureRequest& request, Violations& violations) {
        if (AmbassadorIdOfReceipt(request.name()).has_value()) return;
        violations.Add("name", "must be ambassadors/{ambassador}/erasure");
      },
      [this](const auto& call, const auto& request) { return GetReceipt(call, request); });
  return binding;
}

absl::StatusOr<Erasure> PrivacyApi::Erase(const rpc::Call& call,
                                          const pb::EraseAmbassadorRequest& request) {
  const std::string id = AmbassadorIdFrom(request.name()).value_or("");
  const std::string party = PartyOf(id);
  const requests::WriteRequest write = {.caller = call.caller.PersonName(),
                                        .request_id = absl::AsciiStrToLower(request.request_id()),
                                        .method = call.method,
                                        .fingerprint = party};
  const absl::Time now = clock_->Now();
  auto erased = database_->Write(
      call.deadline, [&](database::Transaction& transaction) -> absl::StatusOr<Erasure> {
        const auto earlier = requests::ClaimRequest(transaction, write, now);
        if (!earlier.ok()) return earlier.status();
        const auto found = store::LockAmbassador(transaction, id);
        if (!found.has_value() || !MayActOn(CancellerOf(call.caller), id, found->department)) {
          return NotFoundError(request.name());
        }
        if (!earlier->has_value()) requests::KeepAnswer(transaction, write, party, now);
        if (!found->erased) {
          const std::vector<Session> cancelled = store::EraseAmbassador(transaction, id, now);
          const std::string receipt = privacy::CloseReceipt(transaction, party, now);
          events::AppendToOutbox(transaction, ErasureEvents(party, found->department, cancelled),
                                 call.traceparent, now);
          privacy::AppendTombstone(transaction, {party, privacy::ErasureName(receipt)}, now);
        }
        return ShownReceipt(*privacy::FindNewestReceipt(transaction, party));
      });
  if (erased.ok()) after_commit_();
  return erased;
}

absl::StatusOr<Erasure> PrivacyApi::GetReceipt(const rpc::Call& call,
                                               const pb::GetAmbassadorErasureRequest& request) {
  const std::string id = AmbassadorIdOfReceipt(request.name()).value_or("");
  return database_->Read(
      call.deadline, [&](database::Transaction& transaction) -> absl::StatusOr<Erasure> {
        const auto found = store::FindAmbassador(transaction, id);
        if (!found.has_value() || !MayActOn(CancellerOf(call.caller), id, found->department)) {
          return NotFoundError(request.name());
        }
        const auto receipt = privacy::FindNewestReceipt(transaction, PartyOf(id));
        if (!receipt.has_value()) return NotFoundError(request.name());
        return ShownReceipt(*receipt);
      });
}

}  // namespace dm::ambassador
