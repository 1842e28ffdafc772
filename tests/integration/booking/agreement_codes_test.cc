// The codes that signatures need: what each costs, and when it counts.
#include "common/telemetry/metrics.h"
#include "tests/integration/booking/agreement_world.h"

#include <gtest/gtest.h>

namespace dm::booking {
namespace {

namespace pb = destinationmetier::booking::v1;

using CodesTest = AgreementTest;

TEST_F(CodesTest, ANewTextGivesNoNewGuesses) {
  const std::string booking = Confirmed();
  ASSERT_TRUE(Create(World::Host(), booking, Complete()).ok());
  for (int i = 0; i < kCodesPerDay; ++i) {
    if (i % 2 == 0) {
      ASSERT_TRUE(Update(World::Host(), booking, Complete()).ok());
      ASSERT_TRUE(Submit(booking).ok());
    }
    ASSERT_TRUE(RequestCode(World::Pupil("ana"), booking).ok()) << i;
    world_.clock().Advance(kCodePause);
  }
  ASSERT_TRUE(Update(World::Host(), booking, Complete()).ok());
  ASSERT_TRUE(Submit(booking).ok());
  EXPECT_EQ(ErrorReasonOf(RequestCode(World::Pupil("ana"), booking)), "SIGNATURE_CODE_TOO_SOON");
  EXPECT_TRUE(RequestCode(World::Host(), booking).ok());
}

TEST_F(CodesTest, WhatIsRefusedCostsNoCode) {
  const auto made = [] {
    return telemetry::CounterOf("dm_signature_codes_made_total", "").Value();
  };
  const std::string booking = Confirmed();
  Submitted(booking, Complete());
  const std::string request_id = NewId();
  ASSERT_TRUE(RequestCode(World::Pupil("ana"), booking, request_id).ok());
  const double before = made();
  ASSERT_TRUE(RequestCode(World::Pupil("ana"), booking, request_id).ok());
  EXPECT_EQ(ErrorReasonOf(RequestCode(World::Pupil("ana"), booking)), "SIGNATURE_CODE_TOO_SOON");
  EXPECT_EQ(ErrorReasonOf(RequestCode(World::Pupil("bob"), booking)), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(ErrorReasonOf(RequestCode(World::Pupil("bob"), "bookings/" + NewId())),
            "RESOURCE_NOT_FOUND");
  EXPECT_EQ(made(), before);
  ASSERT_TRUE(RequestCode(World::Host(), booking).ok());
  EXPECT_EQ(made(), before + 1);
}

// Looks, in the moment of handing a mail over, at what is kept.
class LookingSender final : public LinkSender {
 public:
  explicit LookingSender(std::function<void()> look) : look_(std::move(look)) {}
  absl::Status Send(const OutgoingLink&, absl::Time) override {
    look_();
    return absl::OkStatus();
  }

 private:
  const std::function<void()> look_;
};

TEST_F(CodesTest, ACodeIsAnsweredForOnlyOnceItIsOnItsWay) {
  const std::string booking = Confirmed();
  Submitted(booking, Complete());
  const std::string request_id = NewId();
  const std::string kept =
      absl::StrCat("SELECT count(*) FROM answered_requests WHERE request_id = '", request_id, "'");
  std::optional<int64_t> kept_before;
  absl::Status again;
  LookingSender sender([&] {
    kept_before = world_.Count(kept.c_str());
    again = RequestCode(World::Pupil("ana"), booking, request_id);
  });
  AgreementDesk desk({.database = &world_.pool(),
                      .clock = &world_.clock(),
                      .terms = [this] { return world_.terms(); },
                      .sender = &sender,
                      .after_commit = nullptr,
                      .wake_ledger = nullptr});
  AgreementService service(&desk, &store_, &page_tokens_, nullptr);
  pb::RequestSignatureCodeRequest request;
  request.set_name(booking + "/agreement");
  request.set_request_id(request_id);
  ASSERT_TRUE(service.RequestCode(*As(World::Pupil("ana"), "RequestCode"), request).ok());
  // Had the process stopped here, a repeated request would have been told to wait, not that a mail
  // had been sent.
  EXPECT_EQ(kept_before, 0);
  EXPECT_EQ(ErrorReasonOf(again), "SIGNATURE_CODE_TOO_SOON");
  EXPECT_EQ(world_.Count(kept.c_str()), 1);
  EXPECT_EQ(HistoryRows("CODE_SENT"), 1);
}

TEST_F(CodesTest, ACodeThatNeverWillBeSentIsNotCounted) {
  const std::string booking = Confirmed();
  Submitted(booking, Complete());
  for (int i = 0; i < kCodesPerDay + 1; ++i) {
    sender_.AnswerOnce(absl::FailedPreconditionError("no"));
    EXPECT_EQ(ErrorReasonOf(RequestCode(World::Pupil("ana"), booking)), "BACKEND_UNAVAILABLE");
  }
  EXPECT_EQ(HistoryRows("CODE_SENT"), 0);
  EXPECT_TRUE(RequestCode(World::Pupil("ana"), booking).ok());
}

}  // namespace
}  // namespace dm::booking
