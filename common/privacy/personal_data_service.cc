#include "common/privacy/personal_data_service.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/errors/error.h"
#include "common/text/uuid.h"

#include <algorithm>

namespace dm::privacy {
namespace {

namespace pb = destinationmetier::privacy::v1;

using auth::Role;

constexpr size_t kLongestSubject = 128;

bool IsParty(absl::string_view party) {
  if (absl::ConsumePrefix(&party, "ambassadors/")) return IsUuid(party);
  return absl::ConsumePrefix(&party, "people/") && !party.empty() &&
         party.size() <= kLongestSubject && std::all_of(party.begin(), party.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
                  absl::StrContains("._:-", c);
         });
}

// Of a name that was validated. Ids of ambassadors are kept in lower case.
std::string PartyOf(const rpc::Call& call, const std::string& name) {
  if (name == "people/me") return call.caller.PersonName();
  return absl::StartsWith(name, "ambassadors/") ? absl::AsciiStrToLower(name) : name;
}

bool MayRead(const auth::Caller& caller, const std::string& party) {
  if (caller.Is(Role::kOperator) || party == caller.PersonName()) return true;
  return caller.Is(Role::kAmbassador) && !caller.ambassador.empty() &&
         party == absl::AsciiStrToLower(absl::StrCat("ambassadors/", caller.ambassador));
}

}  // namespace

std::unique_ptr<rpc::ServiceBinding> PersonalDataService::Bind(rpc::Pipeline* pipeline) {
  auto binding = std::make_unique<rpc::ServiceBinding>(
      pb::PersonalData::descriptor()->file()->FindServiceByName("PersonalDataService"), pipeline);
  binding->Blocking<pb::GetPersonalDataRequest, pb::PersonalData>(
      "GetPersonalData",
      {.roles = {Role::kApplicant, Role::kGuardian, Role::kHost, Role::kAmbassador, Role::kAgency,
                 Role::kOperator},
       .max_time = absl::Seconds(10)},
      [](const pb::GetPersonalDataRequest& request, Violations& violations) {
        if (IsParty(request.name())) return;
        violations.Add("name", "must be people/{subject} or ambassadors/{ambassador}");
      },
      [this](const auto& call, const auto& request) { return Get(call, request); });
  return binding;
}

absl::StatusOr<pb::PersonalData> PersonalDataService::Get(
    const rpc::Call& call, const pb::GetPersonalDataRequest& request) {
  const std::string party = PartyOf(call, request.name());
  if (!MayRead(call.caller, party)) return NotFoundError(request.name());
  const absl::Time now = clock_->Now();
  // A write, since it is kept who took what.
  return database_->Write(
      call.deadline, [&](database::Transaction& transaction) -> absl::StatusOr<pb::PersonalData> {
        if (record_) record_(transaction, party, call.caller.PersonName(), now);
        return ReadPersonalData(transaction, *shown_, party);
      });
}

}  // namespace dm::privacy
