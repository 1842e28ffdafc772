#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/time/clock.h"

#include <google/protobuf/message.h>

#include <optional>
#include <string>
#include <vector>

namespace dm::rpc {

// Page size as AIP-158 has it: 0 is 20, more than 100 is 100. Negative is the validator's business.
int EffectivePageSize(int requested);

// What a request asks for, apart from its page: a hash of the message without `page_size` and
// `page_token`. A token is bound to it.
std::string QueryFingerprint(const google::protobuf::Message& request);

// Makes and reads page tokens: base64url of the position, the query's fingerprint and the hour,
// with an HMAC-SHA256. A token gives no right, and nobody else can make one. The same page has the
// same token for an hour: an answer that has not changed must not look as if it had (ETag).
// Thread-safe.
class PageTokens {
 public:
  // `key` has at least 32 bytes and is the same on all replicas. `clock` outlives this.
  PageTokens(std::string key, const Clock* clock);

  // `position` is the keyset of the page's last row.
  std::string Make(absl::string_view fingerprint, const std::vector<std::string>& position) const;

  // The position; empty for an empty token. INVALID_ARGUMENT with reason PAGE_TOKEN_INVALID (and a
  // violation of `page_token`) when the token is foreign, changed, of another query or too old:
  // 24 hours are not, 25 are.
  absl::StatusOr<std::vector<std::string>> Read(absl::string_view token,
                                                absl::string_view fingerprint) const;

  // The same for a position that may be kept as long as one likes; without a field that is named,
  // which is the caller's to say. Absent when the token is foreign, changed or of another query.
  std::optional<std::vector<std::string>> ReadLasting(absl::string_view token,
                                                      absl::string_view fingerprint) const;

 private:
  // What a token of ours holds, and the beginning of the hour in which it was made.
  struct Content {
    std::vector<std::string> position;
    absl::Time hour;
  };
  std::optional<Content> Open(absl::string_view token, absl::string_view fingerprint) const;

  std::string key_;
  const Clock* clock_;
};

}  // namespace dm::rpc
