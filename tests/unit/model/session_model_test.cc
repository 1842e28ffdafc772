// The model of one session, and how long the search takes on a long and busy one.
#include "tests/model/session_model.h"

#include "absl/time/clock.h"

#include <gtest/gtest.h>

#include <random>

namespace dm::model {
namespace {

using State = booking::BookingState;
using Kind = SessionOp::Kind;

absl::Time At(int64_t micros) { return absl::FromUnixMicros(micros); }

SessionOp Seats(int seats) { return {.kind = Kind::kAnnounced, .seats = seats}; }
SessionOp Made(size_t booking, State to) {
  return {.kind = Kind::kMade, .booking = booking, .to = to, .version = 1};
}
SessionOp Cancelled(size_t booking, int64_t version) {
  return {.kind = Kind::kMoved,
          .booking = booking,
          .step = booking::Step::kCancel,
          .to = State::kCancelled,
          .version = version};
}
SessionOp Offered(size_t booking) {
  return {.kind = Kind::kMoved,
          .booking = booking,
          .step = booking::Step::kOffer,
          .party = booking::Party::kSystem,
          .to = State::kOffered,
          .version = 2};
}

SessionModel::State Empty(size_t bookings) {
  SessionModel::State state;
  state.bookings.resize(bookings);
  return state;
}

TEST(SessionModelTest, SeatsAreTakenFreedAndOfferedInTheOrderOfTheLine) {
  SessionModel::State state = Empty(4);
  EXPECT_FALSE(SessionModel::Apply(Made(0, State::kPendingHost), state)) << "nothing announced";
  EXPECT_TRUE(SessionModel::Apply(Seats(1), state));
  EXPECT_FALSE(SessionModel::Apply(Made(0, State::kWaitlisted), state)) << "a seat is free";
  EXPECT_TRUE(SessionModel::Apply(Made(0, State::kPendingHost), state));
  EXPECT_TRUE(SessionModel::Apply({.kind = Kind::kFull}, state));
  EXPECT_FALSE(SessionModel::Apply(Made(1, State::kPendingHost), state)) << "full";
  EXPECT_TRUE(SessionModel::Apply(Made(1, State::kWaitlisted), state));
  EXPECT_TRUE(SessionModel::Apply(Made(2, State::kWaitlisted), state));
  EXPECT_FALSE(SessionModel::Apply(Offered(1), state)) << "full";
  EXPECT_TRUE(SessionModel::Apply(Cancelled(0, 2), state));
  EXPECT_FALSE(SessionModel::Apply(Cancelled(0, 3), state)) << "over";
  EXPECT_FALSE(SessionModel::Apply(Made(3, State::kPendingHost), state)) << "others wait";
  EXPECT_FALSE(SessionModel::Apply(Offered(2), state)) << "not the first in line";
  EXPECT_TRUE(SessionModel::Apply(Offered(1), state));
  EXPECT_EQ(state.held, 1);
  EXPECT_EQ(state.line, std::vector<size_t>({2}));
}

TEST(SessionModelTest, WhoMayHoldAnotherSeatMayBePassed) {
  SessionModel::State state = Empty(3);
  state.bookings[1].passable = true;
  EXPECT_TRUE(SessionModel::Apply(Seats(1), state));
  EXPECT_TRUE(SessionModel::Apply(Made(0, State::kPendingHost), state));
  EXPECT_TRUE(SessionModel::Apply(Made(1, State::kWaitlisted), state));
  EXPECT_TRUE(SessionModel::Apply(Made(2, State::kWaitlisted), state));
  EXPECT_TRUE(SessionModel::Apply(Cancelled(0, 2), state));
  EXPECT_TRUE(SessionModel::Apply(Offered(2), state));
}

// A rush on a few seats: people come, are refused and go, so many at once. Answers come in another
// order than effects, and no call tells its rank.
std::vector<Call<SessionOp>> Rush(int operations, int at_once, uint32_t seed) {
  constexpr int kSeats = 8;
  std::mt19937 random(seed);
  const auto pick = [&](int n) { return std::uniform_int_distribution<int>(0, n - 1)(random); };
  std::vector<Call<SessionOp>> calls = {{Seats(kSeats), At(-2), At(-1)}};
  std::vector<size_t> holding;
  size_t bookings = 0;
  for (int i = 0; i < operations; ++i) {
    SessionOp op;
    if (!holding.empty() && pick(10) == 0) {
      const auto who = holding.begin() + pick(static_cast<int>(holding.size()));
      op = Cancelled(*who, 2);
      holding.erase(who);
    } else if (holding.size() < kSeats) {
      holding.push_back(bookings);
      op = Made(bookings++, State::kPendingHost);
    } else {
      op.kind = Kind::kFull;
    }
    // It takes effect at 10 i.
    calls.push_back({op, At(10 * i - pick(5 * at_once)), At(10 * i + pick(5 * at_once))});
  }
  return calls;
}

TEST(SessionModelTest, ALongAndBusyHistoryIsJudgedInSeconds) {
  const absl::Time start = absl::Now();
  const std::vector<Call<SessionOp>> calls = Rush(10'000, 40, 1);
  EXPECT_EQ(LinearizabilitySearch<SessionModel>(calls, Empty(10'000), 1'000'000).Run(),
            Verdict::kLinearizable);
  EXPECT_LT(absl::Now() - start, absl::Seconds(20));
}

TEST(SessionModelTest, OneSeatTooManyInALongHistoryIsFound) {
  std::vector<Call<SessionOp>> calls = Rush(2'000, 4, 1);
  // When it was full for long.
  calls.push_back({Made(1'999, State::kPendingHost), At(10'000), At(10'001)});
  calls.push_back({{.kind = Kind::kFull}, At(9'990), At(9'991)});
  EXPECT_NE(LinearizabilitySearch<SessionModel>(calls, Empty(2'000), 100'000).Run(),
            Verdict::kLinearizable);
}

}  // namespace
}  // namespace dm::model
