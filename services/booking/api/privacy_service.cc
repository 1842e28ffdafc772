#include "services/booking/api/privacy_service.h"

#include "absl/strings/ascii.h"
#include "common/privacy/receipts.h"
#include "common/text/uuid.h"
#include "services/booking/domain/kept_records.h"
#include "services/booking/domain/person_name.h"
#include "services/booking/store/answer_store.h"
#include "services/booking/store/erasure_store.h"
#include "services/booking/store/people_lock.h"

#include <algorithm>
#include <utility>

namespace dm::booking {
namespace {

namespace pb = destinationmetier::booking::v1;
using auth::Role;
using destinationmetier::privacy::v1::Erasure;

// Of a name that was validated.
std::string PersonOf(const rpc::Call& call, absl::string_view name, absl::string_view suffix = "") {
  return ParsePerson(name, suffix, call.caller.PersonName()).value();
}

// Whatever is kept of them: one may have set a contact and nothing else.
bool IsThemself(const rpc::Call& call, const std::string& person) {
  return call.caller.Is(Role::kApplicant) && person == call.caller.PersonName();
}

// Whether the caller may act for the person: themself, an agency of where they live, an operator.
bool MayActFor(database::Transaction& transaction, const rpc::Call& call,
               const std::string& person) {
  if (IsThemself(call, person) || call.caller.Is(Role::kOperator)) return true;
  if (!call.caller.Is(Role::kAgency)) return false;
  const std::optional<std::string> department = DepartmentOf(transaction, person);
  const auto& territory = call.caller.territory;
  return department.has_value() &&
         std::find(territory.begin(), territory.end(), *department) != territory.end();
}

// Who keeps something of people beside booking, and says when it has dropped it.
Erasure ShownReceipt(const privacy::Receipt& receipt) {
  Erasure shown = privacy::ToMessage(receipt, {.owner = "booking", .followers = Followers()});
  for (const KeptRecord& kept : KeptRecords()) {
    auto* record = shown.add_kept_records();
    record->set_description(kept.description);
    record->set_reason(kept.reason);
    record->set_duration(kept.duration);
  }
  return shown;
}

WriteRequest WriteOf(const rpc::Call& call, const std::string& person,
                     const std::string& request_id) {
  return {.caller = call.caller.PersonName(),
          .request_id = absl::AsciiStrToLower(request_id),
          .method = call.method,
          .fingerprint = person};
}

}  // namespace

std::unique_ptr<rpc::ServiceBinding> PrivacyService::Bind(rpc::Pipeline* pipeline) {
  auto binding = std::make_unique<rpc::ServiceBinding>(
      pb::ErasePersonRequest::descriptor()->file()->FindServiceByName("PrivacyService"), pipeline);
  const rpc::Policy policy = {.roles = {Role::kApplicant, Role::kAgency, Role::kOperator}};
  binding->Blocking<pb::ErasePersonRequest, Erasure>(
      "ErasePerson", policy,
      [](const pb::ErasePersonRequest& request, Violations& violations) {
        if (!ParsePerson(request.name(), "", "people/me").has_value()) {
          violations.Add("name", "must be people/{subject}");
        }
        if (!IsUuid(request.request_id())) {
          violations.Add("request_id", "must be a UUID made by the client");
        }
      },
      [this](const auto& call, const auto& request) { return Erase(call, request); });
  binding->Blocking<pb::GetErasureRequest, Erasure>(
      "GetErasure", policy,
      [](const pb::GetErasureRequest& request, Violations& violations) {
        if (privacy::ParseErasureName(request.name()).has_value()) return;
        if (!ParsePerson(request.name(), "/erasure", "people/me").has_value()) {
          violations.Add("name", "must be erasures/{erasure} or people/{subject}/erasure");
        }
      },
      [this](const auto& call, const auto& request) { return Get(call, request); });
  return binding;
}

absl::StatusOr<Erasure> PrivacyService::Erase(const rpc::Call& call,
                                              const pb::ErasePersonRequest& request) {
  const std::string person = PersonOf(call, request.name());
  const WriteRequest write = WriteOf(call, person, request.request_id());
  const absl::Time now = clock_->Now();
  auto erasure = database_->Write(
      call.deadline, [&](database::Transaction& transaction) -> absl::StatusOr<Erasure> {
        LockPeople(transaction, {person});
        const auto answer = FindAnswer(transaction, write);
        if (!answer.ok()) return answer.status();
        // Once it is done nothing tells an agency any more that it might ask; it did.
        if (!answer->has_value()) {
          if (!MayActFor(transaction, call, person)) return NotFoundError(request.name());
          if (RequestErasure(transaction, person, write.caller, write.request_id, now)) {
            privacy::OpenReceipt(transaction, person, now);
            RequestReview(transaction, {person}, now);
            KeepAnswer(transaction, write, "", now);
          }
        }
        return ShownReceipt(*privacy::FindNewestReceipt(transaction, person));
      });
  if (erasure.ok() && after_request_) after_request_();
  return erasure;
}

absl::StatusOr<Erasure> PrivacyService::Get(const rpc::Call& call,
                                            const pb::GetErasureRequest& request) {
  return database_->Read(
      call.deadline, [&](database::Transaction& transaction) -> absl::StatusOr<Erasure> {
        const auto id = privacy::ParseErasureName(request.name());
        const auto receipt = id.has_value()
                                 ? privacy::FindReceipt(transaction, *id)
                                 : privacy::FindNewestReceipt(
                                       transaction, PersonOf(call, request.name(), "/erasure"));
        if (!receipt.has_value()) return NotFoundError(request.name());
        // Once it is erased here nothing tells any more where the person lived: the receipt is
        // theirs, and every agency's.
        const bool may = MayActFor(transaction, call, receipt->party) ||
                         (call.caller.Is(Role::kAgency) && receipt->erased.has_value());
        if (!may) return NotFoundError(request.name());
        return ShownReceipt(*receipt);
      });
}

}  // namespace dm::booking
