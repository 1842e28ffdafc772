#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dm::notification {

enum class WebhookState : uint8_t { kActive, kPaused, kDisabled };

// The stored name: "ACTIVE".
absl::string_view WebhookStateName(WebhookState state);
std::optional<WebhookState> WebhookStateOf(absl::string_view name);

// What its owner says of a webhook.
struct WebhookTerms {
  std::string display_name;
  std::string url;
  // Full names, in order.
  std::vector<std::string> types;
  // Every département, else those, in order.
  bool everywhere = false;
  std::vector<std::string> departments;

  friend bool operator==(const WebhookTerms&, const WebhookTerms&) = default;
};

struct Webhook {
  // UUID.
  std::string id;
  // "people/{subject}".
  std::string owner;
  WebhookTerms terms;
  WebhookState state = WebhookState::kActive;
  // "whsec_" and base64.
  std::string secret;
  int secret_number = 1;
  std::string previous_secret;
  std::optional<absl::Time> previous_secret_until;
  int64_t version = 1;
  absl::Time create_time;
  absl::Time update_time;
  // In each feed, and what guards it.
  std::vector<int64_t> positions;
  int64_t fence = 0;
  int failures = 0;
  std::optional<absl::Time> failing_since;
  std::optional<absl::Time> last_success;
  absl::Time next_attempt = absl::InfinitePast();

  std::string Name() const { return "webhooks/" + id; }
};

// A new secret of 32 random bytes.
std::string NewWebhookSecret();

// The value of `webhook-signature` of Standard Webhooks 1.0.0: one signature for each secret that
// is good at `now`, the newest first.
std::string WebhookSignature(const Webhook& webhook, absl::string_view message_id, absl::Time now,
                             absl::string_view body);

// What is wrong with a URL that events are to be sent to; empty when nothing is. With
// `private_allowed` it may be http and lead anywhere.
std::string WebhookUrlFault(const std::string& url, bool private_allowed);

// Whether an address, of 4 or 16 bytes in network order, is one of the public internet: not of this
// machine, a private network, a link, documentation, or a way to carry one of those.
bool IsPublicAddress(absl::string_view bytes);

// How long to wait after so many failures in a row (from 1): 5 s, doubled, at most an hour, of
// which `lot` (from 0 to 1) takes up to a quarter away, so that not all come at once. What the
// receiver asked for is kept, up to an hour.
absl::Duration WebhookRetryDelay(int failures, std::optional<absl::Duration> asked, double lot);

}  // namespace dm::notification
