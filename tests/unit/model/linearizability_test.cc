#include "tests/model/linearizability.h"

#include <gtest/gtest.h>

#include <optional>
#include <random>

namespace dm::model {
namespace {

// A register that is written and read: the textbook's example.
struct RegisterOp {
  bool write = false;
  int value = 0;
};
struct Register {
  using Op = RegisterOp;
  using State = int;
  static bool Apply(const Op& op, int& state) {
    if (!op.write) return state == op.value;
    state = op.value;
    return true;
  }
  static bool Reads(const Op& op) { return !op.write; }
  static uint64_t Hash(int state) { return static_cast<uint64_t>(state); }
};

absl::Time At(int second) { return absl::FromUnixSeconds(second); }
Call<RegisterOp> Write(int value, int from, int to) { return {{true, value}, At(from), At(to)}; }
Call<RegisterOp> Read(int value, int from, int to) { return {{false, value}, At(from), At(to)}; }
Call<RegisterOp> MaybeWrite(int value, int from) {
  return {{true, value}, At(from), absl::InfiniteFuture(), true};
}

Verdict Judge(std::vector<Call<RegisterOp>> calls, size_t most = 1'000'000) {
  return LinearizabilitySearch<Register>(std::move(calls), 0, most).Run();
}

TEST(LinearizabilityTest, ReadsMustSeeWhatWasWrittenBefore) {
  EXPECT_EQ(Judge({Write(1, 0, 1), Read(1, 2, 3)}), Verdict::kLinearizable);
  EXPECT_EQ(Judge({Write(1, 0, 1), Read(0, 2, 3)}), Verdict::kNot);
}

TEST(LinearizabilityTest, WhatOverlapsMayComeInEitherOrder) {
  EXPECT_EQ(Judge({Write(1, 0, 5), Read(0, 1, 2), Read(1, 3, 4)}), Verdict::kLinearizable);
  EXPECT_EQ(Judge({Write(1, 0, 5), Read(1, 1, 2), Read(0, 3, 4)}), Verdict::kNot);
  EXPECT_EQ(Judge({Write(1, 0, 9), Write(2, 0, 9), Read(1, 1, 2), Read(2, 3, 4)}),
            Verdict::kLinearizable);
  EXPECT_EQ(Judge({Write(1, 0, 9), Write(2, 0, 9), Read(1, 1, 2), Read(2, 3, 4), Read(1, 5, 6)}),
            Verdict::kNot);
}

TEST(LinearizabilityTest, WhatHasNoAnswerMayHaveHappenedOrNotAndLater) {
  EXPECT_EQ(Judge({MaybeWrite(1, 0), Read(0, 1, 2)}), Verdict::kLinearizable);
  EXPECT_EQ(Judge({MaybeWrite(1, 0), Read(0, 1, 2), Read(1, 3, 4)}), Verdict::kLinearizable);
  EXPECT_EQ(Judge({MaybeWrite(1, 0), Read(1, 1, 2), Read(0, 3, 4)}), Verdict::kNot);
}

TEST(LinearizabilityTest, ASearchThatIsTooLongIsGivenUp) {
  std::vector<Call<RegisterOp>> calls;
  for (int i = 1; i <= 12; ++i) calls.push_back(Write(i, 0, 100));
  calls.push_back(Read(-1, 0, 100));
  EXPECT_EQ(Judge(calls, 50), Verdict::kGaveUp);
  EXPECT_EQ(Judge(calls), Verdict::kNot);
}

// All orders that real time allows, tried one after the other.
bool BruteForce(const std::vector<Call<RegisterOp>>& calls, std::vector<bool>& done, int state) {
  absl::Time soonest = absl::InfiniteFuture();
  bool open = false;
  for (size_t i = 0; i < calls.size(); ++i) {
    if (done[i] || calls[i].optional) continue;
    open = true;
    soonest = std::min(soonest, calls[i].answered);
  }
  if (!open) return true;
  for (size_t i = 0; i < calls.size(); ++i) {
    int next = state;
    if (done[i] || calls[i].invoked > soonest || !Register::Apply(calls[i].op, next)) continue;
    done[i] = true;
    const bool found = BruteForce(calls, done, next);
    done[i] = false;
    if (found) return true;
  }
  return false;
}

TEST(LinearizabilityTest, AgreesWithTryingEveryOrder) {
  std::mt19937 random(7);
  const auto pick = [&](int n) { return std::uniform_int_distribution<int>(0, n - 1)(random); };
  int linearizable = 0;
  constexpr int kHistories = 4000;
  for (int i = 0; i < kHistories; ++i) {
    std::vector<Call<RegisterOp>> calls;
    for (int n = 2 + pick(6); n > 0; --n) {
      const int from = pick(12);
      Call<RegisterOp> call = {{pick(2) == 0, pick(3)}, At(from), At(from + 1 + pick(6))};
      if (pick(6) == 0) {
        call.answered = absl::InfiniteFuture();
        call.optional = true;
      }
      call.rank = pick(3);
      calls.push_back(call);
    }
    std::vector<bool> done(calls.size(), false);
    const bool expected = BruteForce(calls, done, 0);
    linearizable += expected ? 1 : 0;
    ASSERT_EQ(Judge(calls), expected ? Verdict::kLinearizable : Verdict::kNot) << "history " << i;
  }
  EXPECT_GT(linearizable, kHistories / 10);
  EXPECT_LT(linearizable, kHistories * 9 / 10);
}

}  // namespace
}  // namespace dm::model
