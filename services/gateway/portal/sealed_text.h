#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace dm::gateway {

// Seals text that a browser keeps for us, so that nobody reads or changes it there: AES-256-GCM
// with a nonce of its own each time. Thread-safe.
class SealedText {
 public:
  using Key = std::array<unsigned char, 32>;

  // One key a line, 64 hexadecimal digits each, the same for all replicas. The first seals, all
  // open, so that a key is replaced by putting the new one first and taking the old one out when
  // what it sealed has ended. INVALID_ARGUMENT when a line is none or there is no line.
  static absl::StatusOr<SealedText> FromKeys(absl::string_view lines);

  // Letters, digits, "-" and "_". What was sealed for one purpose does not open for another.
  std::string Seal(absl::string_view purpose, absl::string_view text) const;
  // Absent for what was not sealed by one of the keys for this purpose, or was changed.
  std::optional<std::string> Open(absl::string_view purpose, absl::string_view sealed) const;

 private:
  explicit SealedText(std::vector<Key> keys) : keys_(std::move(keys)) {}
  std::vector<Key> keys_;
};

}  // namespace dm::gateway
