#include "common/rpc/page_token.h"

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/errors/error.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>

namespace dm::rpc {
namespace {

constexpr int kDefaultPageSize = 20;
constexpr int kLargestPageSize = 100;
constexpr size_t kMacSize = 16;
constexpr size_t kLongestToken = 4096;
constexpr absl::Duration kGrain = absl::Hours(1);
constexpr absl::Duration kLifetime = absl::Hours(24);

std::string Mac(const std::string& key, absl::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, &size);
  return {reinterpret_cast<char*>(digest), kMacSize};
}

// A part as its length and its bytes, so that no two lists of parts look alike.
void AppendPart(absl::string_view part, std::string* out) {
  absl::StrAppend(out, part.size(), ":", part);
}

bool TakePart(absl::string_view* rest, std::string* part) {
  const size_t colon = rest->find(':');
  size_t size = 0;
  if (colon == absl::string_view::npos || !absl::SimpleAtoi(rest->substr(0, colon), &size)) {
    return false;
  }
  rest->remove_prefix(colon + 1);
  if (size > rest->size()) return false;
  *part = std::string(rest->substr(0, size));
  rest->remove_prefix(size);
  return true;
}

absl::Status PageTokenInvalid() {
  ErrorDetails details;
  details.reason = "PAGE_TOKEN_INVALID";
  details.fields.push_back(
      {"page_token", "is not a token of this query, or is older than 24 hours"});
  details.message_fr = "Cette page n'est plus disponible. Relancez la recherche.";
  details.message_en = "This page is no longer available. Please search again.";
  return MakeError(absl::StatusCode::kInvalidArgument, "the page token is not valid here",
                   std::move(details));
}

}  // namespace

int EffectivePageSize(int requested) {
  if (requested <= 0) return kDefaultPageSize;
  return requested < kLargestPageSize ? requested : kLargestPageSize;
}

std::string QueryFingerprint(const google::protobuf::Message& request) {
  std::unique_ptr<google::protobuf::Message> query(request.New());
  query->CopyFrom(request);
  for (const char* paging : {"page_size", "page_token"}) {
    const auto* field = query->GetDescriptor()->FindFieldByName(paging);
    if (field != nullptr) query->GetReflection()->ClearField(query.get(), field);
  }
  std::string text = query->GetDescriptor()->full_name();
  {
    google::protobuf::io::StringOutputStream stream(&text);
    // Appends, as StringOutputStream does; maps in a fixed order.
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    query->SerializeToCodedStream(&coded);
  }
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha256(), nullptr);
  return absl::WebSafeBase64Escape(absl::string_view(reinterpret_cast<char*>(digest), 12));
}

PageTokens::PageTokens(std::string key, const Clock* clock) : key_(std::move(key)), clock_(clock) {
  if (key_.size() < 32) {
    std::fputs("the key of the page tokens needs at least 32 bytes\n", stderr);
    std::abort();
  }
}

std::string PageTokens::Make(absl::string_view fingerprint,
                             const std::vector<std::string>& position) const {
  std::string text;
  AppendPart(fingerprint, &text);
  const absl::Time hour =
      absl::UnixEpoch() + absl::Floor(clock_->Now() - absl::UnixEpoch(), kGrain);
  AppendPart(absl::StrCat(absl::ToUnixSeconds(hour)), &text);
  for (const std::string& part : position) AppendPart(part, &text);
  return absl::WebSafeBase64Escape(absl::StrCat(Mac(key_, text), text));
}

absl::StatusOr<std::vector<std::string>> PageTokens::Read(absl::string_view token,
                                                          absl::string_view fingerprint) const {
  if (token.empty()) return std::vector<std::string>();
  std::optional<Content> content = Open(token, fingerprint);
  if (!content.has_value() || clock_->Now() >= content->hour + kGrain + kLifetime) {
    return PageTokenInvalid();
  }
  return std::move(content->position);
}

std::optional<std::vector<std::string>> PageTokens::ReadLasting(
    absl::string_view token, absl::string_view fingerprint) const {
  std::optional<Content> content = Open(token, fingerprint);
  if (!content.has_value()) return std::nullopt;
  return std::move(content->position);
}

std::optional<PageTokens::Content> PageTokens::Open(absl::string_view token,
                                                    absl::string_view fingerprint) const {
  std::string bytes;
  if (token.size() > kLongestToken || !absl::WebSafeBase64Unescape(token, &bytes) ||
      bytes.size() <= kMacSize) {
    return std::nullopt;
  }
  absl::string_view rest = absl::string_view(bytes).substr(kMacSize);
  if (CRYPTO_memcmp(Mac(key_, rest).data(), bytes.data(), kMacSize) != 0) return std::nullopt;
  std::string query;
  std::string seconds;
  int64_t hour = 0;
  if (!TakePart(&rest, &query) || query != fingerprint || !TakePart(&rest, &seconds) ||
      !absl::SimpleAtoi(seconds, &hour)) {
    return std::nullopt;
  }
  Content content{.position = {}, .hour = absl::FromUnixSeconds(hour)};
  while (!rest.empty()) {
    content.position.emplace_back();
    if (!TakePart(&rest, &content.position.back())) return std::nullopt;
  }
  return content;
}

}  // namespace dm::rpc
