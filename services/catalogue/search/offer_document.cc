#include "services/catalogue/search/offer_document.h"

#include "absl/strings/str_cat.h"
#include "common/text/uuid.h"

namespace dm::catalogue::search {

std::optional<OfferId> OfferId::Parse(absl::string_view text) {
  if (!IsUuid(text)) return std::nullopt;
  OfferId id;
  int digits = 0;
  for (const char letter : text) {
    if (letter == '-') continue;
    const auto digit =
        static_cast<uint64_t>(letter <= '9' ? letter - '0' : (letter | 0x20) - 'a' + 10);
    uint64_t& half = digits++ < 16 ? id.high : id.low;
    half = half << 4 | digit;
  }
  return id;
}

std::string OfferId::ToString() const {
  std::string text =
      absl::StrCat(absl::Hex(high, absl::kZeroPad16), absl::Hex(low, absl::kZeroPad16));
  for (const size_t place : {8, 13, 18, 23}) text.insert(place, 1, '-');
  return text;
}

}  // namespace dm::catalogue::search
