#include "services/gateway/http/content_coding.h"

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include <zlib.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace dm::gateway {
namespace {

// Makes zlib write and read gzip's header and trailer.
constexpr int kGzipWindow = 15 + 16;
constexpr int kQuickly = 1;
constexpr int kMemory = 8;
constexpr size_t kPiece = 16 * 1024;

Bytef* Bytes(absl::string_view text) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
}

// "gzip;q=0.5" as name and weight; a weight that is none counts as 0.
std::pair<absl::string_view, double> CodingOf(absl::string_view item) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(item, absl::MaxSplits(';', 1));
  absl::string_view weight = absl::StripAsciiWhitespace(parts.second);
  double value = 1;
  if (absl::ConsumePrefix(&weight, "q=") || absl::ConsumePrefix(&weight, "Q=")) {
    if (!absl::SimpleAtod(weight, &value) || !(value >= 0 && value <= 1)) value = 0;
  }
  return {absl::StripAsciiWhitespace(parts.first), value};
}

}  // namespace

bool WantsGzip(absl::string_view accept_encoding) {
  std::optional<double> gzip;
  std::optional<double> identity;
  std::optional<double> any;
  for (const absl::string_view item : absl::StrSplit(accept_encoding, ',')) {
    const auto [name, weight] = CodingOf(item);
    if (absl::EqualsIgnoreCase(name, "gzip") || absl::EqualsIgnoreCase(name, "x-gzip")) {
      gzip = weight;
    } else if (absl::EqualsIgnoreCase(name, "identity")) {
      identity = weight;
    } else if (name == "*") {
      any = weight;
    }
  }
  const double wanted = gzip.value_or(any.value_or(0));
  return wanted > 0 && wanted >= identity.value_or(0);
}

std::string Gzip(absl::string_view text) {
  z_stream stream{};
  deflateInit2(&stream, kQuickly, Z_DEFLATED, kGzipWindow, kMemory, Z_DEFAULT_STRATEGY);
  std::string coded(deflateBound(&stream, text.size()), '\0');
  stream.next_in = Bytes(text);
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = Bytes(coded);
  stream.avail_out = static_cast<uInt>(coded.size());
  deflate(&stream, Z_FINISH);
  coded.resize(stream.total_out);
  deflateEnd(&stream);
  return coded;
}

absl::StatusOr<std::string> Gunzip(absl::string_view gzip, size_t limit) {
  z_stream stream{};
  inflateInit2(&stream, kGzipWindow);
  stream.next_in = Bytes(gzip);
  stream.avail_in = static_cast<uInt>(gzip.size());
  std::string text;
  int state = Z_OK;
  while (state == Z_OK && text.size() <= limit) {
    const size_t before = text.size();
    text.resize(before + std::min(kPiece, limit + 1 - before));
    stream.next_out = Bytes(text) + before;
    stream.avail_out = static_cast<uInt>(text.size() - before);
    state = inflate(&stream, Z_NO_FLUSH);
    text.resize(stream.total_out);
  }
  const bool whole = state == Z_STREAM_END && stream.avail_in == 0;
  inflateEnd(&stream);
  if (text.size() > limit) return absl::ResourceExhaustedError("more than the limit");
  if (!whole) return absl::InvalidArgumentError("not gzip");
  return text;
}

}  // namespace dm::gateway
