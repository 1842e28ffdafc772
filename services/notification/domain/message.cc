#include "services/notification/domain/message.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

#include <openssl/sha.h>

#include <array>

namespace dm::notification {
namespace {

struct KindName {
  MessageKind kind;
  absl::string_view name;
};

constexpr std::array<KindName, 10> kKindNames = {{
    {MessageKind::kRequestReceived, "REQUEST_RECEIVED"},
    {MessageKind::kNewRequest, "NEW_REQUEST"},
    {MessageKind::kWaitlisted, "WAITLISTED"},
    {MessageKind::kOffered, "OFFERED"},
    {MessageKind::kConsentNeeded, "CONSENT_NEEDED"},
    {MessageKind::kConfirmed, "CONFIRMED"},
    {MessageKind::kDeclined, "DECLINED"},
    {MessageKind::kRequestCancelled, "REQUEST_CANCELLED"},
    {MessageKind::kConfirmedCancelled, "CONFIRMED_CANCELLED"},
    {MessageKind::kExpired, "EXPIRED"},
}};

constexpr std::array<absl::string_view, 4> kActorNames = {"APPLICANT", "HOST", "AGENCY", "SYSTEM"};

// What reaching a state means for the two parties.
struct Rule {
  absl::string_view to_state;
  std::optional<MessageKind> applicant;
  std::optional<MessageKind> host;
};

constexpr std::array<Rule, 7> kRules = {{
    {"WAITLISTED", MessageKind::kWaitlisted, std::nullopt},
    {"OFFERED", MessageKind::kOffered, std::nullopt},
    {"PENDING_CONSENT", MessageKind::kConsentNeeded, std::nullopt},
    {"PENDING_HOST", MessageKind::kRequestReceived, MessageKind::kNewRequest},
    {"CONFIRMED", MessageKind::kConfirmed, MessageKind::kConfirmed},
    {"DECLINED", MessageKind::kDeclined, std::nullopt},
    {"EXPIRED", MessageKind::kExpired, std::nullopt},
}};

// A cancellation is told to whom the booking was known.
Rule CancellationFrom(absl::string_view from_state) {
  if (from_state == "CONFIRMED") {
    return {"", MessageKind::kConfirmedCancelled, MessageKind::kConfirmedCancelled};
  }
  if (from_state == "PENDING_HOST") {
    return {"", MessageKind::kRequestCancelled, MessageKind::kRequestCancelled};
  }
  return {"", MessageKind::kRequestCancelled, std::nullopt};
}

std::optional<Rule> RuleFor(const BookingStep& step) {
  if (step.from_state == step.to_state) return std::nullopt;
  if (step.to_state == "CANCELLED") return CancellationFrom(step.from_state);
  for (const Rule& rule : kRules) {
    if (rule.to_state == step.to_state) return rule;
  }
  return std::nullopt;
}

constexpr absl::Duration kStillOfUse = absl::Hours(24);

}  // namespace

const std::vector<MessageKind>& AllMessageKinds() {
  static const auto& kinds = *new std::vector<MessageKind>([] {
    std::vector<MessageKind> all;
    for (const KindName& row : kKindNames) all.push_back(row.kind);
    return all;
  }());
  return kinds;
}

absl::string_view MessageKindName(MessageKind kind) {
  for (const KindName& row : kKindNames) {
    if (row.kind == kind) return row.name;
  }
  return "";
}

std::optional<MessageKind> ParseMessageKind(absl::string_view name) {
  for (const KindName& row : kKindNames) {
    if (row.name == name) return row.kind;
  }
  return std::nullopt;
}

absl::string_view ActorName(Actor actor) { return kActorNames[static_cast<size_t>(actor)]; }

std::optional<Actor> ParseActor(absl::string_view name) {
  for (size_t i = 0; i < kActorNames.size(); ++i) {
    if (kActorNames[i] == name) return static_cast<Actor>(i);
  }
  return std::nullopt;
}

std::vector<PlannedMessage> MessagesFor(const BookingStep& step) {
  std::vector<PlannedMessage> messages;
  const std::optional<Rule> rule = RuleFor(step);
  if (!rule.has_value()) return messages;
  if (rule->applicant.has_value()) messages.push_back({step.applicant, *rule->applicant});
  if (rule->host.has_value()) messages.push_back({step.host, *rule->host});
  return messages;
}

absl::Time LatestTooLateEnd(absl::Time now) { return now - kStillOfUse; }

bool IsTooLate(absl::Time session_end, absl::Time now) {
  return session_end < LatestTooLateEnd(now);
}

std::string MessageUuid(absl::string_view event_id, absl::string_view recipient, MessageKind kind) {
  const std::string what = absl::StrCat(event_id, "\n", recipient, "\n", MessageKindName(kind));
  std::array<unsigned char, SHA256_DIGEST_LENGTH> hash;
  SHA256(reinterpret_cast<const unsigned char*>(what.data()), what.size(), hash.data());
  // Version 8 and the variant of RFC 9562.
  hash[6] = static_cast<unsigned char>((hash[6] & 0x0f) | 0x80);
  hash[8] = static_cast<unsigned char>((hash[8] & 0x3f) | 0x80);
  const std::string hex =
      absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(hash.data()), 16));
  const absl::string_view digits = hex;
  return absl::StrCat(digits.substr(0, 8), "-", digits.substr(8, 4), "-", digits.substr(12, 4), "-",
                      digits.substr(16, 4), "-", digits.substr(20));
}

}  // namespace dm::notification
