#include "services/ambassador/domain/characters.h"

#include <algorithm>
#include <cstdint>

namespace dm::ambassador {
namespace {

uint32_t ByteAt(absl::string_view bytes, size_t i) { return static_cast<unsigned char>(bytes[i]); }

bool IsContinuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

// Length of the sequence that a first byte opens; 0 when it opens none.
size_t SequenceLength(uint32_t first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first < 0xE0) return 2;
  if (first >= 0xE0 && first < 0xF0) return 3;
  return first >= 0xF0 && first < 0xF5 ? 4 : 0;
}

bool IsAllowed(uint32_t code_point, size_t length) {
  if (length == 1)
    return code_point >= 0x20 || code_point == '\t' || code_point == '\n' || code_point == '\r';
  if (length == 3) return code_point >= 0x800 && (code_point < 0xD800 || code_point > 0xDFFF);
  return length == 2 || (code_point >= 0x10000 && code_point <= 0x10FFFF);
}

}  // namespace

size_t CountCharacters(absl::string_view utf8) {
  return static_cast<size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char byte) { return !IsContinuation(byte); }));
}

bool IsText(absl::string_view bytes) {
  for (size_t i = 0; i < bytes.size();) {
    const uint32_t first = ByteAt(bytes, i);
    const size_t length = SequenceLength(first);
    if (length == 0 || i + length > bytes.size()) return false;
    uint32_t code_point = length == 1 ? first : first & (0x7Fu >> length);
    for (size_t k = 1; k < length; ++k) {
      if (!IsContinuation(bytes[i + k])) return false;
      code_point = code_point << 6 | (ByteAt(bytes, i + k) & 0x3F);
    }
    if (!IsAllowed(code_point, length)) return false;
    i += length;
  }
  return true;
}

}  // namespace dm::ambassador
