#include "services/booking/domain/decision.h"
#include "tests/unit/booking/ledger_world.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

namespace dm::booking {
namespace {

// A database of the simplest kind: what a batch decided is applied to it row by row.
struct World {
  std::map<std::string, Session> sessions;
  std::map<std::string, Booking> bookings;
  std::map<std::pair<std::string, std::string>, RecordedRequest> requests;

  Snapshot Take(absl::Time now) const {
    Snapshot snapshot = Known(now);
    for (const auto& [id, session] : sessions) snapshot.AddSession(session);
    for (const auto& [id, booking] : bookings) snapshot.AddBooking(booking);
    for (const auto& [key, request] : requests) {
      snapshot.AddRequest(key.first, key.second, request);
    }
    return snapshot;
  }

  void Apply(const Decision& decision, const std::vector<Command>& commands) {
    for (const Booking& booking : decision.created) {
      ASSERT_TRUE(bookings.emplace(booking.id, booking).second);
    }
    for (const ChangedBooking& change : decision.changed) {
      ASSERT_EQ(bookings.at(change.booking.id).version, change.expected_version);
      bookings.at(change.booking.id) = change.booking;
    }
    for (const SessionChange& change : decision.sessions) {
      Session& session = sessions.at(change.session.id);
      session.held += change.held_delta;
      session.waitlisted += change.waitlisted_delta;
      ASSERT_EQ(session.held, change.session.held);
      ASSERT_EQ(session.waitlisted, change.session.waitlisted);
      session.next_line_number = change.session.next_line_number;
    }
    for (size_t i = 0; i < commands.size(); ++i) {
      const auto* done = std::get_if<Done>(&decision.outcomes[i]);
      if (done == nullptr) continue;
      const Command& command = commands[i];
      ASSERT_TRUE(
          requests
              .emplace(std::pair(command.actor.person, command.request_id),
                       RecordedRequest{command.method, command.fingerprint, done->booking.id})
              .second);
    }
  }

  void Check() const {
    std::map<std::string, int> held;
    std::map<std::string, int> waiting;
    for (const auto& [id, a] : bookings) {
      if (HoldsSeat(a.state)) ++held[a.session_id];
      if (a.state == BookingState::kWaitlisted) ++waiting[a.session_id];
      for (const auto& [other_id, b] : bookings) {
        if (id >= other_id || a.applicant != b.applicant || !IsLive(a.state) || !IsLive(b.state)) {
          continue;
        }
        EXPECT_NE(a.session_id, b.session_id) << id << other_id;
        if (!HoldsSeat(a.state) || !HoldsSeat(b.state)) continue;
        EXPECT_FALSE(a.start_time < b.end_time && b.start_time < a.end_time) << id << other_id;
      }
    }
    for (const auto& [id, session] : sessions) {
      EXPECT_EQ(session.held, held[id]) << id;
      EXPECT_EQ(session.waitlisted, waiting[id]) << id;
      EXPECT_LE(session.held, session.announced_capacity) << id;
    }
  }
};

class Generator {
 public:
  explicit Generator(uint32_t seed) : random_(seed) {}

  int Pick(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }

  Command Next(const World& world) {
    // Few ids, so that replays and reuses happen.
    const std::string request = absl::StrCat("r", Pick(400));
    const Actor actor = Pick(4) == 0 ? Host() : Pupil(absl::StrCat("p", Pick(12)));
    if (world.bookings.empty() || Pick(3) > 0) {
      auto session = world.sessions.begin();
      std::advance(session, Pick(static_cast<int>(world.sessions.size())));
      Command command = Create(Pupil(absl::StrCat("p", Pick(12))), session->second, request);
      // A request id fixes a booking id only for one person.
      auto& create = std::get<CreateCommand>(command.what);
      create.booking_id = absl::StrCat("b", next_booking_++, "-", session->first);
      create.join_waitlist = Pick(2) == 0;
      return command;
    }
    auto booking = world.bookings.begin();
    std::advance(booking, Pick(static_cast<int>(world.bookings.size())));
    if (Pick(5) == 0) {
      auto session = world.sessions.begin();
      std::advance(session, Pick(static_cast<int>(world.sessions.size())));
      return booking::Move(Pupil(booking->second.applicant.substr(7)), booking->first,
                           session->second, absl::StrCat("b", next_booking_++), request);
    }
    constexpr Step kSteps[] = {Step::kAccept, Step::kDecline, Step::kCancel, Step::kConfirm};
    const Step step = kSteps[static_cast<size_t>(Pick(4))];
    std::optional<int64_t> version;
    if (Pick(3) == 0) version = 1 + Pick(3);
    return booking::Take(actor, booking->first, step, request, version);
  }

 private:
  std::mt19937 random_;
  int next_booking_ = 0;
};

TEST(DecidePropertyTest, RandomCommandsKeepEveryPromise) {
  for (uint32_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Generator generator(seed);
    World world;
    for (int i = 0; i < 6; ++i) {
      const Session session =
          MakeSession(absl::StrCat("s", i), 1 + generator.Pick(4), 24 + 4 * generator.Pick(6));
      world.sessions.emplace(session.id, session);
    }
    for (int batch = 0; batch < 40; ++batch) {
      std::vector<Command> commands;
      for (int i = 1 + generator.Pick(16); i > 0; --i) commands.push_back(generator.Next(world));
      const Decision decision = Decide(world.Take(At(0)), commands);
      ASSERT_EQ(decision.outcomes.size(), commands.size());
      ASSERT_NO_FATAL_FAILURE(world.Apply(decision, commands));
      world.Check();
      // Every answer of the batch is what a replay gets now, and a replay does nothing.
      const Decision replay = Decide(world.Take(At(1)), commands);
      for (size_t i = 0; i < commands.size(); ++i) {
        if (!std::holds_alternative<Done>(decision.outcomes[i])) continue;
        const auto* replayed = std::get_if<Replayed>(&replay.outcomes[i]);
        ASSERT_NE(replayed, nullptr);
        EXPECT_EQ(replayed->answer, std::get<Done>(decision.outcomes[i]).booking.id);
      }
      if (testing::Test::HasFailure()) return;
    }
  }
}

// What is refused alone is refused truly: a command that the quick look at an unlocked snapshot
// refuses comes first in no batch either.
TEST(DecidePropertyTest, DecidingAloneAgreesWithBeingFirst) {
  Generator generator(7);
  World world;
  for (int i = 0; i < 3; ++i) {
    const Session session = MakeSession(absl::StrCat("s", i), 2, 24 + 4 * i);
    world.sessions.emplace(session.id, session);
  }
  for (int round = 0; round < 300; ++round) {
    const std::vector<Command> commands = {generator.Next(world), generator.Next(world)};
    const Snapshot snapshot = world.Take(At(0));
    const Decision decision = Decide(snapshot, commands);
    EXPECT_EQ(DecideAlone(snapshot, commands[0]).index(), decision.outcomes[0].index());
    ASSERT_NO_FATAL_FAILURE(world.Apply(decision, commands));
  }
}

}  // namespace
}  // namespace dm::booking
