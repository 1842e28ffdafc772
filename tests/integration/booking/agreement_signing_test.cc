// Links, codes and signatures: one after the other, all at once, and by who should not.
#include "tests/integration/booking/agreement_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace dm::booking {
namespace {

namespace pb = destinationmetier::booking::v1;
using ::testing::SizeIs;

class SigningTest : public AgreementTest {
 protected:
  // A code that is not that one.
  static std::string OtherThan(const std::string& code) {
    return code == "000000" ? "111111" : "000000";
  }
  std::string ApplicantsCode(const std::string& subject = "ana") {
    return LastSecret(LinkKind::kSignatureCode, "people/" + subject);
  }
  absl::StatusOr<pb::SignatureRequest> LookUp(const std::string& token) {
    pb::LookUpSignatureRequest request;
    request.set_token(token);
    return service_.LookUp(*As(Anonymous()), request);
  }
};

TEST_F(SigningTest, ALinkShowsThePaperAndSignsItOnce) {
  const std::string booking = ConfirmedMinor();
  const std::string hash = Submitted(booking, WithSchool());
  const std::string token = Token("paule@parent.example");
  const auto asked = LookUp(token);
  ASSERT_TRUE(asked.ok()) << asked.status();
  EXPECT_EQ(asked->party(), kGuardian);
  EXPECT_EQ(asked->display_name(), "Paule Parent");
  EXPECT_EQ(asked->applicant_name(), "Ana Martin");
  EXPECT_EQ(asked->host_name(), "Boulangerie du Bocage");
  EXPECT_EQ(asked->document_hash(), hash);
  pb::GetSignatureDocumentRequest document;
  document.set_token(token);
  const auto paper = service_.GetDocumentByLink(*As(Anonymous()), document);
  ASSERT_TRUE(paper.ok()) << paper.status();
  EXPECT_EQ(paper->document_hash(), hash);
  ASSERT_TRUE(SignFrom("paule@parent.example", hash).ok());
  EXPECT_TRUE(LookUp(token)->has_sign_time());
  // Who came by a link has no name, only a party.
  EXPECT_EQ(world_.Count("SELECT count(*) FROM agreement_history WHERE party = 'GUARDIAN' AND "
                         "person = '' AND action IN ('SEEN', 'DOCUMENT_SEEN', 'SIGNED')"),
            4);
  EXPECT_EQ(ErrorReasonOf(RequestCodeByLink(token)), "STATE_CONFLICT");
  EXPECT_EQ(ErrorReasonOf(SignByLink(token, "123456", hash).status()), "STATE_CONFLICT");
}

TEST_F(SigningTest, EveryPartyMaySignByItsLink) {
  const std::string booking = ConfirmedMinor();
  const std::string hash = Submitted(booking, WithSchool());
  ASSERT_TRUE(SignFrom("people/zoe", hash).ok());
  ASSERT_TRUE(SignFrom("paule@parent.example", hash).ok());
  ASSERT_TRUE(SignFrom("claire@college.example", hash).ok());
  // The host's link goes to the host, the code to the tutor.
  const std::string token = Token("companies/90000001900019");
  ASSERT_TRUE(RequestCodeByLink(token).ok());
  const auto last =
      SignByLink(token, LastSecret(LinkKind::kSignatureCode, "marc@boulangerie.example"), hash);
  ASSERT_TRUE(last.ok()) << last.status();
  EXPECT_EQ(last->state(), pb::Agreement::STATE_IN_REVIEW);
  ExpectSound();
}

TEST_F(SigningTest, NeitherTokensNorCodesAreStored) {
  const std::string booking = ConfirmedMinor();
  Submitted(booking, WithSchool());
  ASSERT_TRUE(RequestCodeByLink(Token("paule@parent.example")).ok());
  for (const OutgoingLink& link : sender_.links()) {
    for (const char* table : {"agreement_signatories", "agreement_history", "agreement_answers",
                              "answered_requests", "agreements", "outbox"}) {
      EXPECT_EQ(world_.Count(absl::StrCat("SELECT count(*) FROM ", table,
                                          " AS t WHERE to_jsonb(t)::text ~ '[^0-9a-f]", link.secret,
                                          "[^0-9a-f]'")
                                 .c_str()),
                0)
          << table;
    }
  }
}

TEST_F(SigningTest, AnotherTextThanTheCurrentOneIsNotSignedAndCostsNoTry) {
  const std::string booking = Confirmed();
  const std::string hash = Submitted(booking, Complete());
  ASSERT_TRUE(RequestCode(World::Pupil("ana"), booking).ok());
  const std::string code = ApplicantsCode();
  for (int i = 0; i < kCodeTries + 1; ++i) {
    EXPECT_EQ(
        ErrorReasonOf(Sign(World::Pupil("ana"), booking, code, std::string(64, 'a')).status()),
        "DOCUMENT_CHANGED");
  }
  EXPECT_TRUE(Sign(World::Pupil("ana"), booking, code, hash).ok());
}

TEST_F(SigningTest, FiveWrongCodesEndTheCode) {
  const std::string booking = Confirmed();
  const std::string hash = Submitted(booking, Complete());
  EXPECT_EQ(ErrorReasonOf(Sign(World::Pupil("ana"), booking, "123456", hash).status()),
            "SIGNATURE_CODE_EXPIRED");
  ASSERT_TRUE(RequestCode(World::Pupil("ana"), booking).ok());
  const std::string code = ApplicantsCode();
  for (int left = kCodeTries - 1; left >= 0; --left) {
    const auto wrong = Sign(World::Pupil("ana"), booking, OtherThan(code), hash);
    EXPECT_EQ(ErrorReasonOf(wrong.status()), "SIGNATURE_CODE_WRONG");
    EXPECT_EQ(GetErrorDetails(wrong.status())->metadata.at("tries_left"), absl::StrCat(left));
  }
  // The right one comes too late.
  EXPECT_EQ(ErrorReasonOf(Sign(World::Pupil("ana"), booking, code, hash).status()),
            "SIGNATURE_CODE_EXPIRED");
  world_.clock().Advance(kCodePause);
  EXPECT_TRUE(SignAsApplicant("ana", booking, hash).ok());
}

TEST_F(SigningTest, ACodeLivesTenMinutesAndEndsWithTheNext) {
  const std::string booking = Confirmed();
  const std::string hash = Submitted(booking, Complete());
  ASSERT_TRUE(RequestCode(World::Pupil("ana"), booking).ok());
  const std::string first = ApplicantsCode();
  world_.clock().Advance(kCodeLife);
  EXPECT_EQ(ErrorReasonOf(Sign(World::Pupil("ana"), booking, first, hash).status()),
            "SIGNATURE_CODE_EXPIRED");
  ASSERT_TRUE(RequestCode(World::Pupil("ana"), booking).ok());
  const std::string second = ApplicantsCode();
  world_.clock().Advance(kCodePause);
  ASSERT_TRUE(RequestCode(World::Pupil("ana"), booking).ok());
  if (second != ApplicantsCode()) {
    EXPECT_EQ(ErrorReasonOf(Sign(World::Pupil("ana"), booking, second, hash).status()),
              "SIGNATURE_CODE_WRONG");
  }
  EXPECT_TRUE(Sign(World::Pupil("ana"), booking, ApplicantsCode(), hash).ok());
}

TEST_F(SigningTest, NobodysMailboxIsFilled) {
  const std::string booking = Confirmed();
  Submitted(booking, Complete());
  for (int i = 0; i < kCodesPerDay; ++i) {
    ASSERT_TRUE(RequestCode(World::Pupil("ana"), booking).ok()) << i;
    const absl::Status soon = RequestCode(World::Pupil("ana"), booking);
    EXPECT_EQ(ErrorReasonOf(soon), "SIGNATURE_CODE_TOO_SOON");
    EXPECT_TRUE(GetErrorDetails(soon)->retry_after.has_value());
    world_.clock().Advance(kCodePause);
  }
  EXPECT_EQ(ErrorReasonOf(RequestCode(World::Pupil("ana"), booking)), "SIGNATURE_CODE_TOO_SOON");
  // The other party has a mailbox of its own.
  EXPECT_TRUE(RequestCode(World::Host(), booking).ok());
  world_.clock().Advance(absl::Hours(24));
  EXPECT_TRUE(RequestCode(World::Pupil("ana"), booking).ok());
}

TEST_F(SigningTest, SubmittingAgainAndAgainFillsNobodysMailboxEither) {
  const std::string booking = Confirmed();
  ASSERT_TRUE(Create(World::Host(), booking, Complete()).ok());
  for (int i = 0; i < kTellingsPerDay; ++i) {
    ASSERT_TRUE(Submit(booking).ok()) << i;
    ASSERT_TRUE(Update(World::Host(), booking, Complete()).ok());
  }
  EXPECT_EQ(ErrorReasonOf(Submit(booking).status()), "SIGNATURE_CODE_TOO_SOON");
  world_.clock().Advance(absl::Hours(24) + absl::Seconds(1));
  EXPECT_TRUE(Submit(booking).ok());
}

TEST_F(SigningTest, AHundredGuessesAtOnceGetFiveChecks) {
  const std::string booking = Confirmed();
  const std::string hash = Submitted(booking, Complete());
  ASSERT_TRUE(RequestCode(World::Pupil("ana"), booking).ok());
  const std::string wrong = OtherThan(ApplicantsCode());
  std::map<std::string, int> reasons;
  absl::Mutex mutex;
  AllAtOnce(100, [&](int) {
    const auto answer = Sign(World::Pupil("ana"), booking, wrong, hash);
    absl::MutexLock lock(&mutex);
    ++reasons[answer.ok() ? "OK" : ErrorReasonOf(answer.status())];
  });
  EXPECT_EQ(reasons["SIGNATURE_CODE_WRONG"], kCodeTries);
  EXPECT_EQ(reasons["SIGNATURE_CODE_EXPIRED"], 100 - kCodeTries);
  EXPECT_EQ(world_.Count("SELECT max(code_tries) FROM agreement_signatories"), kCodeTries);
  EXPECT_EQ(ErrorReasonOf(Sign(World::Pupil("ana"), booking, ApplicantsCode(), hash).status()),
            "SIGNATURE_CODE_EXPIRED");
}

TEST_F(SigningTest, TheRightCodeGivenManyTimesAtOnceSignsOnce) {
  const std::string booking = Confirmed();
  const std::string hash = Submitted(booking, Complete());
  ASSERT_TRUE(RequestCode(World::Pupil("ana"), booking).ok());
  const std::string code = ApplicantsCode();
  std::atomic<int> signatures = 0;
  AllAtOnce(
      10, [&](int) { signatures += Sign(World::Pupil("ana"), booking, code, hash).ok() ? 1 : 0; });
  EXPECT_EQ(signatures, 1);
  EXPECT_EQ(HistoryRows("SIGNED"), 1);
  ExpectSound();
}

TEST_F(SigningTest, SignaturesAtTheSameMomentAllCountAndTheLastMovesOn) {
  for (int round = 0; round < 6; ++round) {
    const std::string subject = absl::StrCat("zoe-", round);
    const std::string booking = ConfirmedMinor(subject);
    const std::string hash = Submitted(booking, WithSchool());
    // The codes first, so that nothing but the signatures is left for the same moment.
    ASSERT_TRUE(RequestCode(World::Pupil(subject), booking).ok());
    ASSERT_TRUE(RequestCode(World::Host(), booking).ok());
    const std::string guardian = Token("paule@parent.example");
    const std::string school = Token("claire@college.example");
    ASSERT_TRUE(RequestCodeByLink(guardian).ok());
    ASSERT_TRUE(RequestCodeByLink(school).ok());
    const auto code = [&](const std::string& to) {
      return LastSecret(LinkKind::kSignatureCode, to);
    };
    absl::Status answers[4];
    AllAtOnce(4, [&](int who) {
      switch (who) {
        case 0:
          answers[0] =
              Sign(World::Pupil(subject), booking, code("people/" + subject), hash).status();
          break;
        case 1:
          answers[1] =
              Sign(World::Host(), booking, code("marc@boulangerie.example"), hash).status();
          break;
        case 2:
          answers[2] = SignByLink(guardian, code("paule@parent.example"), hash).status();
          break;
        default:
          answers[3] = SignByLink(school, code("claire@college.example"), hash).status();
      }
    });
    for (const absl::Status& answer : answers) EXPECT_TRUE(answer.ok()) << answer;
    EXPECT_EQ(StateOf(booking), "IN_REVIEW");
    EXPECT_EQ(world_.Count("SELECT count(*) FROM agreement_history WHERE action = 'SIGNED' AND "
                           "to_state = 'IN_REVIEW'"),
              round + 1);
  }
  EXPECT_EQ(HistoryRows("SIGNED"), 24);
  ExpectSound();
}

TEST_F(SigningTest, ASignatureAndAnEditAtOnceNeverMix) {
  for (int round = 0; round < 6; ++round) {
    const std::string subject = absl::StrCat("ana-", round);
    const std::string booking = Confirmed(subject);
    const std::string hash = Submitted(booking, Complete());
    ASSERT_TRUE(SignAsTutor(booking, hash).ok());
    ASSERT_TRUE(RequestCode(World::Pupil(subject), booking).ok());
    const std::string code = ApplicantsCode(subject);
    AllAtOnce(2, [&](int who) {
      if (who == 0) {
        (void)Sign(World::Pupil(subject), booking, code, hash);
      } else {
        EXPECT_TRUE(Update(World::Host(), booking, Complete()).ok());
      }
    });
    EXPECT_EQ(StateOf(booking), "DRAFT");
    EXPECT_EQ(world_.Count("SELECT count(*) FROM agreement_signatories"), 0);
    ExpectSound();
  }
}

TEST_F(SigningTest, AReplayedSignatureGetsItsFirstAnswer) {
  const std::string booking = ConfirmedMinor();
  const std::string hash = Submitted(booking, WithSchool());
  const std::string token = Token("paule@parent.example");
  const std::string code_id = NewId();
  ASSERT_TRUE(RequestCodeByLink(token, code_id).ok());
  const size_t mails = sender_.links().size();
  // No second mail for the same request.
  ASSERT_TRUE(RequestCodeByLink(token, code_id).ok());
  EXPECT_THAT(sender_.links(), SizeIs(mails));
  const std::string code = LastSecret(LinkKind::kSignatureCode, "paule@parent.example");
  const std::string request_id = NewId();
  const auto first = SignByLink(token, code, hash, request_id);
  ASSERT_TRUE(first.ok()) << first.status();
  const auto again = SignByLink(token, code, hash, request_id);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(HistoryRows("SIGNED"), 1);
}

TEST_F(SigningTest, ACodeThatCouldNotBeSentIsAsIfItHadNotBeenAskedFor) {
  const std::string booking = Confirmed();
  const std::string hash = Submitted(booking, Complete());
  const std::string request_id = NewId();
  sender_.AnswerOnce(absl::UnavailableError("gone"));
  EXPECT_EQ(ErrorReasonOf(RequestCode(World::Pupil("ana"), booking, request_id)),
            "BACKEND_UNAVAILABLE");
  EXPECT_EQ(world_.Count("SELECT count(*) FROM agreement_signatories WHERE code_hash IS NOT NULL"),
            0);
  // The same request at once, without a pause.
  ASSERT_TRUE(RequestCode(World::Pupil("ana"), booking, request_id).ok());
  EXPECT_TRUE(Sign(World::Pupil("ana"), booking, ApplicantsCode(), hash).ok());
}

TEST_F(SigningTest, APartyThatCouldNotBeToldIsToldLaterByAnotherLink) {
  const std::string booking = ConfirmedMinor();
  ASSERT_TRUE(Create(World::Host(), booking, WithSchool()).ok());
  ASSERT_TRUE(Submit(booking).ok());
  sender_.AnswerAlways(absl::UnavailableError("gone"));
  for (size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(Tell().told, 0);
    // Where one hangs the next waits for another round, and nobody is tried twice in a minute.
    EXPECT_THAT(sender_.links(), SizeIs(std::min<size_t>(i + 1, 4)));
  }
  sender_.AnswerAlways(absl::OkStatus());
  std::set<std::string> first;
  for (const OutgoingLink& link : sender_.links()) first.insert(link.secret);
  world_.clock().Advance(AgreementLoop::Options().retry);
  EXPECT_EQ(Tell().told, 4);
  EXPECT_EQ(first.count(Token("paule@parent.example")), 0u);
  // Of two links that may both have arrived the last one works.
  for (const std::string& lost : first) {
    EXPECT_EQ(ErrorReasonOf(RequestCodeByLink(lost)), "LINK_UNKNOWN");
  }
  EXPECT_TRUE(RequestCodeByLink(Token("paule@parent.example")).ok());
}

TEST_F(SigningTest, APartyThatNeverCanBeToldIsNotTriedAgain) {
  const std::string booking = Confirmed();
  ASSERT_TRUE(Create(World::Host(), booking, Complete()).ok());
  ASSERT_TRUE(Submit(booking).ok());
  sender_.AnswerOnce(absl::FailedPreconditionError("no"));
  EXPECT_EQ(Tell().told, 1);
  world_.clock().Advance(absl::Hours(1));
  EXPECT_EQ(Tell().told, 0);
  EXPECT_EQ(HistoryRows("UNREACHABLE"), 1);
}

TEST_F(SigningTest, ManyReplicasTellEachPartyOnce) {
  const std::string booking = ConfirmedMinor();
  ASSERT_TRUE(Create(World::Host(), booking, WithSchool()).ok());
  ASSERT_TRUE(Submit(booking).ok());
  std::vector<std::unique_ptr<AgreementLoop>> loops;
  for (int i = 0; i < 4; ++i) loops.push_back(MakeLoop());
  AllAtOnce(4, [&](int i) { loops[static_cast<size_t>(i)]->RunOnce(); });
  EXPECT_THAT(sender_.links(), SizeIs(4));
}

TEST_F(SigningTest, ANewLinkTakesThePlaceOfTheOldOneAfterAPause) {
  const std::string booking = ConfirmedMinor();
  const std::string hash = Submitted(booking, WithSchool());
  const std::string old_link = Token("paule@parent.example");
  pb::ResendSignatureLinkRequest request;
  request.set_name(booking + "/agreement");
  request.set_party(pb::AGREEMENT_PARTY_GUARDIAN);
  request.set_request_id(NewId());
  EXPECT_EQ(
      ErrorReasonOf(service_.ResendLink(*As(World::Pupil("zoe"), "Resend"), request).status()),
      "SIGNATURE_CODE_TOO_SOON");
  world_.clock().Advance(kLinkPause);
  ASSERT_TRUE(service_.ResendLink(*As(World::Pupil("zoe"), "Resend"), request).ok());
  EXPECT_EQ(Tell().told, 1);
  EXPECT_EQ(ErrorReasonOf(RequestCodeByLink(old_link)), "LINK_UNKNOWN");
  ASSERT_TRUE(SignFrom("paule@parent.example", hash).ok());
  request.set_request_id(NewId());
  world_.clock().Advance(kLinkPause);
  EXPECT_EQ(
      ErrorReasonOf(service_.ResendLink(*As(World::Pupil("zoe"), "Resend"), request).status()),
      "STATE_CONFLICT");
}

TEST_F(SigningTest, ALinkEndsWithTheStartOfTheStay) {
  const std::string booking = ConfirmedMinor();
  const std::string hash = Submitted(booking, WithSchool());
  const std::string token = Token("paule@parent.example");
  ASSERT_TRUE(LookUp(token).ok());
  world_.clock().Advance(absl::Hours(48));
  EXPECT_EQ(ErrorReasonOf(LookUp(token).status()), "LINK_UNKNOWN");
  EXPECT_EQ(ErrorReasonOf(RequestCode(World::Pupil("zoe"), booking)), "SESSION_PAST");
}

TEST_F(SigningTest, AStrangersLinkOpensNothing) {
  const std::string booking = ConfirmedMinor();
  const std::string hash = Submitted(booking, WithSchool());
  const std::string stranger(22, 'A');
  EXPECT_EQ(ErrorReasonOf(LookUp(stranger).status()), "LINK_UNKNOWN");
  EXPECT_EQ(ErrorReasonOf(RequestCodeByLink(stranger)), "LINK_UNKNOWN");
  EXPECT_EQ(ErrorReasonOf(SignByLink(stranger, "123456", hash).status()), "LINK_UNKNOWN");
  // The code of one party is worth nothing with the link of another.
  const std::string guardian = Token("paule@parent.example");
  const std::string school = Token("claire@college.example");
  ASSERT_TRUE(RequestCodeByLink(guardian).ok());
  EXPECT_EQ(
      ErrorReasonOf(
          SignByLink(school, LastSecret(LinkKind::kSignatureCode, "paule@parent.example"), hash)
              .status()),
      "SIGNATURE_CODE_EXPIRED");
}

TEST_F(SigningTest, ARunningLoopDoesWhatItIsWokenFor) {
  AgreementService service(&desk_, &store_, &page_tokens_, [this] { loop_->Wake(); });
  loop_->Start();
  const std::string booking = Confirmed();
  ASSERT_TRUE(Create(World::Host(), booking, Complete()).ok());
  pb::SubmitAgreementRequest request;
  request.set_name(booking + "/agreement");
  request.set_request_id(NewId());
  ASSERT_TRUE(service.Submit(*As(World::Host(), "Submit"), request).ok());
  ASSERT_TRUE(sender_.WaitForLinks(2, absl::Now() + absl::Seconds(30)));
  EXPECT_THAT(sender_.links(), SizeIs(2));
}

}  // namespace
}  // namespace dm::booking
