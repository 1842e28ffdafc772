#include "services/notification/api/contact_api.h"

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/text/addressee.h"
#include "common/text/uuid.h"
#include "services/notification/api/viewer.h"

namespace dm::notification {
namespace {

namespace pb = destinationmetier::notification::v1;

constexpr absl::string_view kNameForms =
    "must be people/{person}/contact, companies/{siret}/contact, ambassadors/{ambassador}/contact "
    "or agencies/{department}/contact";

// Everybody who has an account has a contact of their own.
constexpr auth::Roles kEveryAccount = {
    auth::Role::kApplicant, auth::Role::kGuardian, auth::Role::kHost,    auth::Role::kAmbassador,
    auth::Role::kAgency,    auth::Role::kPartner,  auth::Role::kOperator};

pb::Contact ToProto(const StoredContact& stored) {
  pb::Contact contact;
  contact.set_name(absl::StrCat(stored.contact.party, "/contact"));
  contact.set_display_name(stored.contact.display_name);
  contact.set_email(stored.contact.email);
  contact.set_etag(absl::StrCat(stored.version));
  return contact;
}

std::optional<int64_t> ExpectedVersion(const std::string& etag) {
  if (etag.empty()) return std::nullopt;
  int64_t version = 0;
  // No contact has the version 0, so a text that is no etag of ours fits none.
  if (!absl::SimpleAtoi(etag, &version) || absl::StrCat(version) != etag) return 0;
  return version;
}

}  // namespace

void ValidateGetContact(const pb::GetContactRequest& request, Violations& violations) {
  if (!IsContactName(request.name())) violations.Add("name", kNameForms);
}

void ValidateUpdateContact(const pb::UpdateContactRequest& request, Violations& violations) {
  const auto check = [&](absl::string_view field, absl::string_view fault) {
    if (!fault.empty()) violations.Add(field, fault);
  };
  const pb::Contact& contact = request.contact();
  if (!IsContactName(contact.name())) violations.Add("contact.name", kNameForms);
  check("contact.display_name", DisplayNameFault(contact.display_name()));
  check("contact.email", EmailFault(contact.email()));
  if (!request.request_id().empty() && !IsUuid(request.request_id())) {
    violations.Add("request_id", "must be a UUID");
  }
}

absl::StatusOr<pb::Contact> ContactApi::GetContact(const rpc::Call& call,
                                                   const pb::GetContactRequest& request) {
  const Viewer viewer = ViewerOf(call.caller);
  const std::optional<std::string> party = PartyOf(request.name(), viewer);
  if (!party.has_value() || !MaySee(viewer, *party)) return NotFoundError(request.name());
  const bool own = *party == viewer.person;
  const auto found =
      store_->Find(call.deadline, *party,
                   own ? database::Access::Of(viewer.person) : database::Access::OfService());
  if (!found.ok()) return found.status();
  if (!found->has_value()) return NotFoundError(request.name());
  return ToProto(**found);
}

absl::StatusOr<pb::Contact> ContactApi::UpdateContact(const rpc::Call& call,
                                                      const pb::UpdateContactRequest& request) {
  const Viewer viewer = ViewerOf(call.caller);
  const std::optional<std::string> party = PartyOf(request.contact().name(), viewer);
  const SettingRight right = party.has_value() ? RightToSet(viewer, *party) : SettingRight::kNone;
  if (right == SettingRight::kNone) return NotFoundError(request.contact().name());
  ContactWrite write;
  write.right = right;
  write.contact = {*party, request.contact().display_name(), request.contact().email()};
  write.expected_version = ExpectedVersion(request.contact().etag());
  write.caller = viewer.person;
  write.request_id = absl::AsciiStrToLower(request.request_id());
  write.fingerprint = FingerprintOf(write.contact, request.contact().etag());
  const absl::StatusOr<StoredContact> stored = store_->Write(call.deadline, write);
  if (!stored.ok()) return stored.status();
  on_release_();
  return ToProto(*stored);
}

std::unique_ptr<rpc::ServiceBinding> ContactApi::Bind(rpc::Pipeline* pipeline) {
  auto binding = std::make_unique<rpc::ServiceBinding>(
      pb::GetContactRequest::descriptor()->file()->FindServiceByName("ContactService"), pipeline);
  binding->Blocking<pb::GetContactRequest, pb::Contact>(
      "GetContact", {.roles = kEveryAccount}, ValidateGetContact,
      [this](const rpc::Call& call, const pb::GetContactRequest& request) {
        return GetContact(call, request);
      });
  binding->Blocking<pb::UpdateContactRequest, pb::Contact>(
      "UpdateContact", {.roles = kEveryAccount}, ValidateUpdateContact,
      [this](const rpc::Call& call, const pb::UpdateContactRequest& request) {
        return UpdateContact(call, request);
      });
  return binding;
}

}  // namespace dm::notification
