#include "services/notification/api/link_api.h"

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"
#include "common/text/addressee.h"
#include "common/text/uuid.h"
#include "services/notification/domain/contact.h"
#include "services/notification/domain/link.h"
#include "services/notification/store/message_plan.h"

#include <algorithm>
#include <optional>
#include <string>

namespace dm::notification {
namespace {

namespace pb = destinationmetier::notification::v1;

constexpr size_t kLongestSecret = 64;
constexpr size_t kLongestName = 200;

// "GUARDIAN_CONSENT" and so on: the kinds of links are kinds of messages.
std::optional<MessageKind> ToKind(int kind) {
  if (!pb::LinkKind_IsValid(kind)) return std::nullopt;
  absl::string_view name = pb::LinkKind_Name(static_cast<pb::LinkKind>(kind));
  absl::ConsumePrefix(&name, "LINK_KIND_");
  return ParseMessageKind(name);
}

// It stands in a URL and in a mail as it is.
bool IsSecret(absl::string_view text) {
  return !text.empty() && text.size() <= kLongestSecret &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
         });
}

bool IsResource(absl::string_view name) {
  return (absl::ConsumePrefix(&name, "bookings/") || absl::ConsumePrefix(&name, "agreements/")) &&
         IsUuid(name);
}

Link ToLink(const pb::SendLinkRequest& request) {
  return {.request_id = absl::AsciiStrToLower(request.request_id()),
          .kind = ToKind(request.kind()).value(),
          .party = request.party(),
          .display_name = request.address().display_name(),
          .email = request.address().email(),
          .secret = request.secret(),
          .resource = absl::AsciiStrToLower(request.resource()),
          .session = request.session(),
          .expire_time = absl::FromUnixSeconds(request.expire_time().seconds()),
          .applicant = request.applicant()};
}

}  // namespace

void ValidateSendLink(const pb::SendLinkRequest& request, Violations& violations) {
  const auto check = [&](absl::string_view field, absl::string_view fault) {
    if (!fault.empty()) violations.Add(field, fault);
  };
  if (!IsUuid(request.request_id())) violations.Add("request_id", "must be a UUID");
  switch (request.recipient_case()) {
    case pb::SendLinkRequest::kParty:
      if (!IsParty(request.party())) violations.Add("party", "must be a party");
      break;
    case pb::SendLinkRequest::kAddress:
      check("address.display_name", DisplayNameFault(request.address().display_name()));
      check("address.email", EmailFault(request.address().email()));
      break;
    case pb::SendLinkRequest::RECIPIENT_NOT_SET:
      violations.Add("recipient", "must be a party or an address");
      break;
  }
  if (!ToKind(request.kind()).has_value()) violations.Add("kind", "must be a kind of link");
  // The secret itself is never repeated.
  if (!IsSecret(request.secret())) {
    violations.Add("secret", "must have 1 to 64 letters, digits, dashes or underscores");
  }
  if (!IsResource(request.resource())) {
    violations.Add("resource", "must be bookings/{uuid} or agreements/{uuid}");
  }
  if (request.session().size() > kLongestName) violations.Add("session", "is too long");
  if (!request.has_expire_time()) violations.Add("expire_time", "must be set");
  if (!request.applicant().empty() && !IsParty(request.applicant())) {
    violations.Add("applicant", "must be people/{person}");
  }
}

absl::StatusOr<pb::SendLinkResponse> LinkApi::SendLink(const rpc::Call& call,
                                                       const pb::SendLinkRequest& request) {
  const Link link = ToLink(request);
  const absl::Status planned =
      database_->Write(call.deadline, [&](database::Transaction& transaction) {
        return PlanLink(transaction, link, clock_->Now());
      });
  if (!planned.ok()) return planned;
  on_plan_();
  return pb::SendLinkResponse();
}

std::unique_ptr<rpc::ServiceBinding> LinkApi::Bind(rpc::Pipeline* pipeline) {
  auto binding = std::make_unique<rpc::ServiceBinding>(
      pb::SendLinkRequest::descriptor()->file()->FindServiceByName("LinkService"), pipeline);
  binding->Blocking<pb::SendLinkRequest, pb::SendLinkResponse>(
      "SendLink", {.roles = {auth::Role::kAnonymous}}, ValidateSendLink,
      [this](const rpc::Call& call, const pb::SendLinkRequest& request) {
        return SendLink(call, request);
      });
  return binding;
}

}  // namespace dm::notification
