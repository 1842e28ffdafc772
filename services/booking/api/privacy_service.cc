#include "services/booking/api/privacy_service.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/text/uuid.h"
#include "services/booking/domain/person_name.h"
#include "services/booking/store/answer_store.h"
#include "services/booking/store/erasure_store.h"
#include "services/booking/store/people_lock.h"
#include "services/booking/store/people_store.h"
#include "services/booking/store/personal_data.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <utility>

namespace dm::booking {
namespace {

namespace pb = destinationmetier::booking::v1;
using auth::Role;

void SetTime(absl::Time time, google::protobuf::Timestamp* out) {
  const int64_t micros = absl::ToUnixMicros(time);
  out->set_seconds(micros / 1'000'000);
  out->set_nanos(static_cast<int32_t>(micros % 1'000'000) * 1000);
}

// Of a name that was validated.
std::string PersonOf(const rpc::Call& call, absl::string_view name, absl::string_view suffix = "") {
  return ParsePerson(name, suffix, call.caller.PersonName()).value();
}

// Whatever is kept of them: one may have set a contact and nothing else.
bool IsThemself(const rpc::Call& call, const std::string& person) {
  return call.caller.Is(Role::kApplicant) && person == call.caller.PersonName();
}

// Whether the caller may act for the person: themself, or an agency of where they live.
bool MayActFor(database::Transaction& transaction, const rpc::Call& call,
               const std::string& person) {
  if (IsThemself(call, person)) return true;
  if (!call.caller.Is(Role::kAgency)) return false;
  const std::optional<std::string> department = DepartmentOf(transaction, person);
  const auto& territory = call.caller.territory;
  return department.has_value() &&
         std::find(territory.begin(), territory.end(), *department) != territory.end();
}

pb::Erasure ToMessage(const std::string& name, const Erasure& erasure) {
  pb::Erasure message;
  message.set_name(name);
  message.set_state(erasure.done.has_value() ? pb::Erasure::STATE_DONE
                                             : pb::Erasure::STATE_PENDING);
  SetTime(erasure.requested, message.mutable_create_time());
  if (erasure.done.has_value()) SetTime(*erasure.done, message.mutable_done_time());
  return message;
}

absl::Status AddTable(database::Transaction& transaction, const PersonalTable& table,
                      const std::string& person, pb::PersonExport* exported) {
  const pqxx::result rows = transaction.Exec(table.export_rows, person);
  if (rows.empty()) return absl::OkStatus();
  pb::ExportedTable* shown = exported->add_tables();
  shown->set_table(table.table);
  shown->set_purpose(table.purpose);
  for (const pqxx::row& row : rows) {
    const auto parsed =
        google::protobuf::util::JsonStringToMessage(row[0].c_str(), shown->add_rows());
    if (!parsed.ok()) return absl::InternalError("a row is no JSON object");
  }
  return absl::OkStatus();
}

void ValidateName(const std::string& name, absl::string_view suffix, Violations& violations) {
  if (!ParsePerson(name, suffix, "people/me").has_value()) {
    violations.Add("name", absl::StrCat("must be people/{subject}", suffix));
  }
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
      pb::Erasure::descriptor()->file()->FindServiceByName("PrivacyService"), pipeline);
  const rpc::Policy policy = {.roles = {Role::kApplicant, Role::kAgency}};
  binding->Blocking<pb::ExportPersonRequest, pb::PersonExport>(
      "ExportPerson", policy,
      [](const pb::ExportPersonRequest& request, Violations& violations) {
        ValidateName(request.name(), "", violations);
      },
      [this](const auto& call, const auto& request) { return Export(call, request); });
  binding->Blocking<pb::ErasePersonRequest, pb::Erasure>(
      "ErasePerson", policy,
      [](const pb::ErasePersonRequest& request, Violations& violations) {
        ValidateName(request.name(), "", violations);
        if (!IsUuid(request.request_id())) {
          violations.Add("request_id", "must be a UUID made by the client");
        }
      },
      [this](const auto& call, const auto& request) { return Erase(call, request); });
  binding->Blocking<pb::GetErasureRequest, pb::Erasure>(
      "GetErasure", policy,
      [](const pb::GetErasureRequest& request, Violations& violations) {
        ValidateName(request.name(), "/erasure", violations);
      },
      [this](const auto& call, const auto& request) { return Get(call, request); });
  return binding;
}

absl::StatusOr<pb::PersonExport> PrivacyService::Export(const rpc::Call& call,
                                                        const pb::ExportPersonRequest& request) {
  const std::string person = PersonOf(call, request.name());
  const absl::Time now = clock_->Now();
  // A write, since an agency's look is kept.
  return database_->Write(
      call.deadline, [&](database::Transaction& transaction) -> absl::StatusOr<pb::PersonExport> {
        if (!MayActFor(transaction, call, person)) return NotFoundError(request.name());
        pb::PersonExport exported;
        exported.set_name(person);
        SetTime(now, exported.mutable_create_time());
        for (const PersonalTable& table : PersonalTables()) {
          const absl::Status added = AddTable(transaction, table, person, &exported);
          if (!added.ok()) return added;
        }
        if (!IsThemself(call, person)) {
          RecordPersonAction(transaction, person, call.caller.PersonName(), PersonAction::kExported,
                             now);
        }
        return exported;
      });
}

absl::StatusOr<pb::Erasure> PrivacyService::Erase(const rpc::Call& call,
                                                  const pb::ErasePersonRequest& request) {
  const std::string person = PersonOf(call, request.name());
  const WriteRequest write = WriteOf(call, person, request.request_id());
  const absl::Time now = clock_->Now();
  auto erasure = database_->Write(
      call.deadline, [&](database::Transaction& transaction) -> absl::StatusOr<pb::Erasure> {
        LockPeople(transaction, {person});
        const auto answer = FindAnswer(transaction, write);
        if (!answer.ok()) return answer.status();
        // Once it is done nothing tells an agency any more that it might ask; it did.
        if (!answer->has_value()) {
          if (!MayActFor(transaction, call, person)) return NotFoundError(request.name());
          if (RequestErasure(transaction, person, write.caller, write.request_id, now)) {
            RequestReview(transaction, {person}, now);
            KeepAnswer(transaction, write, "", now);
          }
        }
        return ToMessage(absl::StrCat(person, "/erasure"), *FindErasure(transaction, person));
      });
  if (erasure.ok() && after_request_) after_request_();
  return erasure;
}

absl::StatusOr<pb::Erasure> PrivacyService::Get(const rpc::Call& call,
                                                const pb::GetErasureRequest& request) {
  const std::string person = PersonOf(call, request.name(), "/erasure");
  return database_->Read(
      call.deadline, [&](database::Transaction& transaction) -> absl::StatusOr<pb::Erasure> {
        const auto erasure = FindErasure(transaction, person);
        // Once it is done nothing tells any more where the person lived: the receipt is theirs, and
        // every agency's.
        const bool may =
            MayActFor(transaction, call, person) ||
            (call.caller.Is(Role::kAgency) && erasure.has_value() && erasure->done.has_value());
        if (!may || !erasure.has_value()) return NotFoundError(request.name());
        return ToMessage(absl::StrCat(person, "/erasure"), *erasure);
      });
}

}  // namespace dm::booking
