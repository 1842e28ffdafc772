#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace dm::catalogue::search {

// Of two arrays of that size.
int CountCommonBits(const uint64_t* a, const uint64_t* b, size_t size);

// A set of small numbers, one bit each. What lies beyond its last word is not in it, so that sets
// of different lengths go together.
class Bitmap {
 public:
  Bitmap() = default;
  // All numbers below `size`.
  static Bitmap Full(size_t size) {
    Bitmap all;
    all.words_.assign((size + 63) / 64, ~uint64_t{0});
    if (size % 64 != 0) all.words_.back() = (uint64_t{1} << size % 64) - 1;
    return all;
  }

  void Set(uint32_t number) {
    if (number / 64 >= words_.size()) words_.resize(number / 64 + 1);
    words_[number / 64] |= Bit(number);
  }
  void Clear(uint32_t number) {
    if (number / 64 < words_.size()) words_[number / 64] &= ~Bit(number);
  }
  bool Test(uint32_t number) const {
    return number / 64 < words_.size() && (words_[number / 64] & Bit(number)) != 0;
  }

  Bitmap& operator|=(const Bitmap& other) {
    if (words_.size() < other.words_.size()) words_.resize(other.words_.size());
    for (size_t i = 0; i < other.words_.size(); ++i) words_[i] |= other.words_[i];
    return *this;
  }
  Bitmap& operator&=(const Bitmap& other) {
    if (words_.size() > other.words_.size()) words_.resize(other.words_.size());
    for (size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
    return *this;
  }
  Bitmap& operator-=(const Bitmap& other) {
    const size_t common = std::min(words_.size(), other.words_.size());
    for (size_t i = 0; i < common; ++i) words_[i] &= ~other.words_[i];
    return *this;
  }

  int Count() const { return CountOfBoth(*this); }
  int CountOfBoth(const Bitmap& other) const {
    return CountCommonBits(words_.data(), other.words_.data(),
                           std::min(words_.size(), other.words_.size()));
  }

  // In ascending order.
  template <typename Visit>
  void ForEach(Visit visit) const {
    for (size_t i = 0; i < words_.size(); ++i) {
      for (uint64_t left = words_[i]; left != 0; left &= left - 1) {
        visit(static_cast<uint32_t>(i * 64 + static_cast<size_t>(__builtin_ctzll(left))));
      }
    }
  }

  // Leaves only the numbers that `keep` agrees to.
  template <typename Keep>
  void Retain(Keep keep) {
    for (size_t i = 0; i < words_.size(); ++i) {
      uint64_t kept = 0;
      for (uint64_t left = words_[i]; left != 0; left &= left - 1) {
        if (keep(static_cast<uint32_t>(i * 64 + static_cast<size_t>(__builtin_ctzll(left))))) {
          kept |= left & -left;
        }
      }
      words_[i] = kept;
    }
  }

  size_t bytes() const { return words_.capacity() * sizeof(uint64_t); }

 private:
  static uint64_t Bit(uint32_t number) { return uint64_t{1} << number % 64; }

  std::vector<uint64_t> words_;
};

}  // namespace dm::catalogue::search
