#include "services/catalogue/imports/charset.h"

#include <array>
#include <cstdint>

namespace dm::catalogue {
namespace {

constexpr uint16_t kNone = 0xFFFD;

// Windows-1252, 0x80 to 0x9F.
constexpr std::array<uint16_t, 32> kWindows = {
    0x20AC, kNone,  0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, kNone,  0x017D, kNone,  kNone,  0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, kNone,  0x017E, 0x0178};

uint16_t CodePoint(uint8_t byte) {
  if (byte >= 0x80 && byte < 0xA0) return kWindows[byte - 0x80u];
  switch (byte) {  // Where ISO-8859-15 is not ISO-8859-1.
    case 0xA4:
      return 0x20AC;
    case 0xA6:
      return 0x0160;
    case 0xA8:
      return 0x0161;
    case 0xB4:
      return 0x017D;
    case 0xB8:
      return 0x017E;
    case 0xBC:
      return 0x0152;
    case 0xBD:
      return 0x0153;
    case 0xBE:
      return 0x0178;
    default:
      return byte;
  }
}

void AppendUtf8(uint16_t code, std::string* out) {
  if (code < 0x80) {
    out->push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out->push_back(static_cast<char>(0xC0 | code >> 6));
    out->push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else {
    out->push_back(static_cast<char>(0xE0 | code >> 12));
    out->push_back(static_cast<char>(0x80 | (code >> 6 & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (code & 0x3F)));
  }
}

// The least code point that a sequence of that size may write: a shorter one is the right one.
uint32_t LeastOf(size_t size) { return size == 2 ? 0x80 : size == 3 ? 0x800 : 0x10000; }

}  // namespace

std::optional<size_t> FirstNotUtf8(absl::string_view bytes) {
  size_t i = 0;
  while (i < bytes.size()) {
    const auto lead = static_cast<uint8_t>(bytes[i]);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    if (lead < 0xC2 || lead > 0xF4) return i;
    const size_t size = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (bytes.size() - i < size) return i;
    uint32_t code = lead & (0xFFu >> (size + 1));
    for (size_t j = 1; j < size; ++j) {
      const auto byte = static_cast<uint8_t>(bytes[i + j]);
      if ((byte & 0xC0) != 0x80) return i;
      code = code << 6 | (byte & 0x3Fu);
    }
    const bool surrogate = code >= 0xD800 && code < 0xE000;
    if (code < LeastOf(size) || code > 0x10FFFF || surrogate) return i;
    i += size;
  }
  return std::nullopt;
}

bool IsUtf8(absl::string_view bytes) { return !FirstNotUtf8(bytes).has_value(); }

std::string ToUtf8(std::string bytes) {
  if (IsUtf8(bytes)) return bytes;
  std::string text;
  text.reserve(bytes.size() + bytes.size() / 8);
  for (const char byte : bytes) AppendUtf8(CodePoint(static_cast<uint8_t>(byte)), &text);
  return text;
}

}  // namespace dm::catalogue
