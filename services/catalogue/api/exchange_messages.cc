#include "services/catalogue/api/exchange_messages.h"

#include "absl/strings/str_cat.h"
#include "common/codes/siret.h"
#include "common/rpc/status.h"
#include "common/text/free_text.h"
#include "common/text/uuid.h"
#include "services/catalogue/api/offer_content_messages.h"
#include "services/catalogue/api/validation.h"

#include <google/protobuf/descriptor.h>
#include <openssl/sha.h>

#include <algorithm>
#include <string>
#include <vector>

namespace dm::catalogue {
namespace {

namespace pb = destinationmetier::catalogue::v1;

constexpr char kPublish[] = "offers.publish";

bool HasScope(const auth::Caller& caller, absl::string_view scope) {
  return std::find(caller.scopes.begin(), caller.scopes.end(), scope) != caller.scopes.end();
}

google::rpc::Status ToStatusMessage(const absl::Status& status, absl::string_view language) {
  google::rpc::Status message;
  const grpc::Status told = rpc::ToGrpcStatus(status, language, "");
  if (!message.ParseFromString(told.error_details())) {
    message.set_message(told.error_message());
  }
  message.set_code(static_cast<int>(told.error_code()));
  return message;
}

// Only what counts: what a partner adds for itself is no change.
std::string HashOf(const pb::PartnerOffer& sent) {
  pb::PartnerOffer counted;
  counted.set_company(sent.company());
  pb::Offer& offer = *counted.mutable_offer();
  offer = sent.offer();
  offer.DiscardUnknownFields();
  const std::vector<std::string>& written = WrittenFields();
  for (int i = 0; i < pb::Offer::descriptor()->field_count(); ++i) {
    const auto* const field = pb::Offer::descriptor()->field(i);
    if (std::find(written.begin(), written.end(), field->name()) == written.end()) {
      pb::Offer::GetReflection()->ClearField(&offer, field);
    }
  }
  for (const pb::Session& session : sent.sessions()) {
    pb::Session& added = *counted.add_sessions();
    *added.mutable_start_time() = session.start_time();
    *added.mutable_end_time() = session.end_time();
    added.set_capacity(session.capacity());
    added.set_closed(session.closed());
  }
  std::sort(counted.mutable_sessions()->begin(), counted.mutable_sessions()->end(),
            [](const pb::Session& a, const pb::Session& b) {
              return ToContent(a).start < ToContent(b).start;
            });
  const std::string bytes = counted.SerializeAsString();
  std::string hash(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         reinterpret_cast<unsigned char*>(hash.data()));
  return hash;
}

void CheckKey(const pb::PartnerOffer& offer, Violations& violations) {
  if (offer.key().empty()) {
    violations.Add("key", "must not be empty");
  } else if (const std::string fault = FreeTextFault(offer.key(), kLongestPartnerKey);
             !fault.empty()) {
    violations.Add("key", fault);
  }
}

void CheckOffer(const pb::PartnerOffer& offer, Violations& violations) {
  const std::string siret = IdIn(offer.company(), "companies");
  if (!IsSiret(siret)) violations.Add("company", "must be a name like companies/73282932000074");
  if (IdIn(offer.offer().profession(), "professions").empty()) {
    violations.Add("offer.profession", "must be a name like professions/D1102");
  }
  if (offer.offer().title().empty()) violations.Add("offer.title", "must not be empty");
  CheckContent(offer.offer(), "offer", violations);
  CheckSiteOf(siret, offer.offer(), "offer", violations);
  CheckSessions(offer.sessions(), "sessions", violations);
}

}  // namespace

PartnerSender SenderOf(const auth::Caller& caller) {
  return {.person = caller.PersonName(),
          .everywhere = caller.Is(auth::Role::kOperator),
          .departments = caller.territory,
          .publishes = caller.Is(auth::Role::kOperator) || caller.Is(auth::Role::kAgency) ||
                       HasScope(caller, kPublish)};
}

absl::Status CheckScope(const auth::Caller& caller, absl::string_view scope) {
  if (caller.Is(auth::Role::kOperator) || caller.Is(auth::Role::kAgency)) return absl::OkStatus();
  if (HasScope(caller, scope)) return absl::OkStatus();
  return MakeError(absl::StatusCode::kPermissionDenied,
                   absl::StrCat("the token lacks the scope ", scope),
                   {.reason = "ROLE_MISSING",
                    .metadata = {{"scope", std::string(scope)}},
                    .message_fr = "Votre accès ne permet pas cet échange.",
                    .message_en = "Your access does not allow this exchange."});
}

absl::Status BrokenStream(const rpc::Call& call) {
  if (call.cancelled) return absl::CancelledError("the caller has gone");
  return BackendUnavailableError("the stream's end");
}

void Validate(const pb::ImportStart& start, absl::string_view field, Violations& violations) {
  if (!IsPartnerSource(start.source())) {
    violations.Add(absl::StrCat(field, ".source"),
                   "must be 1 to 40 characters of a-z, 0-9 and dashes");
  }
  if (!IsUuid(start.run())) violations.Add(absl::StrCat(field, ".run"), "must be a UUID");
}

PartnerItem ToItem(const pb::PartnerOffer& offer) {
  PartnerItem item{.line = offer.line(), .key = offer.key(), .withdrawn = offer.withdrawn()};
  Violations violations;
  CheckKey(offer, violations);
  if (!item.withdrawn) CheckOffer(offer, violations);
  item.fault = violations.ToStatus();
  if (item.withdrawn || !item.fault.ok()) return item;
  item.siret = IdIn(offer.company(), "companies");
  item.content = ToContent(offer.offer());
  item.sessions = ToContents(offer.sessions());
  item.hash = HashOf(offer);
  return item;
}

pb::ItemResult ToMessage(const ItemResult& result, absl::string_view language) {
  pb::ItemResult message;
  message.set_line(result.line);
  message.set_key(result.key);
  message.set_outcome(static_cast<pb::ItemResult::Outcome>(result.outcome));
  if (!result.offer.empty()) message.set_offer(absl::StrCat("offers/", result.offer));
  if (!result.error.ok()) *message.mutable_error() = ToStatusMessage(result.error, language);
  return message;
}

pb::ImportSummary ToMessage(const RunCounts& counts, const absl::Status& incomplete,
                            absl::string_view language) {
  pb::ImportSummary summary;
  summary.set_added(counts.added);
  summary.set_changed(counts.changed);
  summary.set_unchanged(counts.unchanged);
  summary.set_withdrawn(counts.withdrawn);
  summary.set_refused(counts.refused);
  summary.set_archived(counts.archived);
  if (!incomplete.ok()) *summary.mutable_incomplete() = ToStatusMessage(incomplete, language);
  return summary;
}

}  // namespace dm::catalogue
