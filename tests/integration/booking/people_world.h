#pragma once

#include "absl/synchronization/mutex.h"
#include "services/booking/api/people_messages.h"
#include "services/booking/api/people_service.h"
#include "services/booking/domain/people_refusals.h"
#include "services/booking/people/guardian_asker.h"
#include "tests/integration/booking/booking_world.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace dm::booking {

// Keeps what it is given instead of mailing it.
class FakeLinkSender final : public LinkSender {
 public:
  absl::Status Send(const OutgoingLink& link, absl::Time) override {
    absl::MutexLock lock(&mutex_);
    if (!answers_.empty() || !always_.ok()) {
      const absl::Status answer = answers_.empty() ? always_ : answers_.front();
      if (!answers_.empty()) answers_.erase(answers_.begin());
      if (MayHaveBeenTaken(answer)) links_.push_back(link);
      return answer;
    }
    links_.push_back(link);
    return absl::OkStatus();
  }

  // Answers so the next time. An error that may come after the fact keeps the link too.
  void AnswerOnce(absl::Status status) {
    absl::MutexLock lock(&mutex_);
    answers_.push_back(std::move(status));
  }
  void AnswerAlways(absl::Status status) {
    absl::MutexLock lock(&mutex_);
    always_ = std::move(status);
  }
  std::vector<OutgoingLink> links() const {
    absl::MutexLock lock(&mutex_);
    return links_;
  }
  // Returns false when there are still fewer at the deadline.
  bool WaitForLinks(size_t count, absl::Time deadline) const {
    absl::MutexLock lock(&mutex_);
    const auto enough = [this, count]()
                            ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return links_.size() >= count; };
    return mutex_.AwaitWithDeadline(absl::Condition(&enough), deadline);
  }

 private:
  mutable absl::Mutex mutex_;
  std::vector<absl::Status> answers_ ABSL_GUARDED_BY(mutex_);
  absl::Status always_ ABSL_GUARDED_BY(mutex_);
  std::vector<OutgoingLink> links_ ABSL_GUARDED_BY(mutex_);
};

// The people of a booking service, beside its ledger.
class PeopleTest : public ::testing::Test {
 protected:
  using Bookings = BookingWorld;

  PeopleTest() {
    consents_ = std::make_unique<Consents>(ConsentOptions(), &world_.pool(), &world_.clock());
    service_ = std::make_unique<PeopleService>(&profiles_, consents_.get(), &page_tokens_,
                                               &world_.clock());
    asker_ = MakeAsker();
  }

  std::unique_ptr<GuardianAsker> MakeAsker() {
    return std::make_unique<GuardianAsker>(GuardianAsker::Options(), &world_.pool(), &sender_,
                                           &world_.clock());
  }

  static Consents::Options ConsentOptions() {
    return {.serialize_record =
                [](const ConsentRecord& record) { return ToMessage(record).SerializeAsString(); },
            .serialize_view =
                [](const GuardianView& view) { return ToMessage(view).SerializeAsString(); },
            .after_decision = nullptr,
            .after_ask = nullptr};
  }

  static std::string NewId() { return NewUuid(absl::Now()); }

  // "YYYY-MM-DD" of who is that old today.
  std::string BornYearsAgo(int years) {
    const absl::CivilDay today = Today();
    return absl::FormatCivilTime(absl::CivilDay(today.year() - years, today.month(), today.day()));
  }
  absl::CivilDay Today() { return absl::ToCivilDay(world_.clock().Now(), ParisTimeZone()); }

  destinationmetier::booking::v1::UpdateApplicantRequest ProfileOf(const std::string& person,
                                                                   const std::string& birth_date) {
    destinationmetier::booking::v1::UpdateApplicantRequest request;
    request.mutable_applicant()->set_name(absl::StrCat(person, "/applicant"));
    request.mutable_applicant()->set_birth_date(birth_date);
    request.mutable_applicant()->set_level(destinationmetier::type::v1::AUDIENCE_STUDENT);
    request.mutable_applicant()->set_school("0750655E");
    request.mutable_applicant()->set_department("61");
    request.set_request_id(NewId());
    return request;
  }
  auto Set(const auth::Caller& caller,
           const destinationmetier::booking::v1::UpdateApplicantRequest& request) {
    return service_->UpdateApplicant(*Bookings::CallOf(caller, "UpdateApplicant"), request);
  }
  auto GetProfile(const auth::Caller& caller, const std::string& person) {
    destinationmetier::booking::v1::GetApplicantRequest request;
    request.set_name(absl::StrCat(person, "/applicant"));
    return service_->GetApplicant(*Bookings::CallOf(caller), request);
  }

  destinationmetier::booking::v1::UpdateGuardianRequest GuardianOf(const std::string& person,
                                                                   const std::string& email) {
    destinationmetier::booking::v1::UpdateGuardianRequest request;
    request.mutable_guardian()->set_name(absl::StrCat(person, "/guardian"));
    request.mutable_guardian()->set_display_name("Parent Canari");
    request.mutable_guardian()->set_email(email);
    request.set_request_id(NewId());
    return request;
  }
  auto Set(const auth::Caller& caller,
           const destinationmetier::booking::v1::UpdateGuardianRequest& request) {
    return service_->UpdateGuardian(*Bookings::CallOf(caller, "UpdateGuardian"), request);
  }
  // A pupil of 15 years with a guardian.
  void AddMinor(const std::string& subject) {
    world_.Know(subject, BornYearsAgo(15));
    const auto set = Set(Bookings::Pupil(subject),
                         GuardianOf("people/me", absl::StrCat("parent-", subject, "@x.example")));
    ASSERT_TRUE(set.ok()) << set.status();
  }

  // Books, has the guardian asked, and gives the link's token.
  std::string BookAndAsk(const std::string& subject, std::string* booking) {
    const auto booked = world_.Book(subject, world_.AddSession(3, NextStart()));
    EXPECT_TRUE(booked.ok()) << booked.status();
    EXPECT_EQ(booked->state(), destinationmetier::booking::v1::Booking::STATE_PENDING_CONSENT);
    *booking = booked->name();
    asker_->AskNow();
    EXPECT_FALSE(sender_.links().empty());
    return sender_.links().back().secret;
  }
  // So that no two bookings of a person overlap.
  absl::Duration NextStart() { return absl::Hours(48 + 4 * next_start_++); }

  template <typename Request>
  Request Token(const std::string& token, const std::string& request_id = NewId()) {
    Request request;
    request.set_token(token);
    request.set_request_id(request_id);
    return request;
  }
  absl::StatusOr<destinationmetier::booking::v1::ConsentRequest> LookUp(const std::string& token) {
    destinationmetier::booking::v1::LookUpConsentRequestRequest request;
    request.set_token(token);
    return service_->LookUp(*Bookings::CallOf({}), request);
  }
  using Scope = destinationmetier::booking::v1::Consent::Scope;
  // The request by which a guardian agrees to what was looked up.
  destinationmetier::booking::v1::GiveConsentRequest GiveRequest(
      const std::string& token,
      Scope scope = destinationmetier::booking::v1::Consent::SCOPE_BOOKING) {
    auto request = Token<destinationmetier::booking::v1::GiveConsentRequest>(token);
    request.set_scope(scope);
    const auto asked = LookUp(token);
    EXPECT_TRUE(asked.ok()) << asked.status();
    for (const auto& choice : asked->choices()) {
      if (choice.scope() == scope) request.set_text_hash(choice.text_hash());
    }
    return request;
  }
  auto Give(const destinationmetier::booking::v1::GiveConsentRequest& request,
            const auth::Caller& caller = {}) {
    return service_->Give(*Bookings::CallOf(caller, "GiveConsent"), request);
  }
  auto Refuse(const std::string& token) {
    return service_->Refuse(*Bookings::CallOf({}, "RefuseConsent"),
                            Token<destinationmetier::booking::v1::RefuseConsentRequest>(token));
  }
  auto Revoke(const std::string& token) {
    return service_->Revoke(*Bookings::CallOf({}, "RevokeConsent"),
                            Token<destinationmetier::booking::v1::RevokeConsentRequest>(token));
  }
  auto EraseGuardian(const std::string& token) {
    return service_->EraseGuardian(
        *Bookings::CallOf({}, "EraseGuardian"),
        Token<destinationmetier::booking::v1::EraseGuardianRequest>(token));
  }

  destinationmetier::booking::v1::RecordConsentRequest Paper(const std::string& person,
                                                             int days = 100) {
    destinationmetier::booking::v1::RecordConsentRequest request;
    request.set_parent(person);
    request.set_scope(destinationmetier::booking::v1::Consent::SCOPE_ALL);
    request.set_until(absl::FormatCivilTime(Today() + days));
    request.set_sign_date(absl::FormatCivilTime(Today() - 3));
    request.set_request_id(NewId());
    return request;
  }
  auto Record(const auth::Caller& caller,
              const destinationmetier::booking::v1::RecordConsentRequest& request) {
    return service_->RecordConsent(*Bookings::CallOf(caller, "RecordConsent"), request);
  }

  // "PENDING_HOST REQUESTED": where a booking stands, and why.
  std::string StateOf(const std::string& booking, const std::string& subject) {
    world_.ReviewDue();
    const auto seen = world_.Get(Bookings::Pupil(subject), booking);
    return absl::StrCat(destinationmetier::booking::v1::Booking::State_Name(seen.state()).substr(6),
                        " ", seen.state_reason());
  }

  BookingWorld world_;
  FakeLinkSender sender_;
  rpc::PageTokens page_tokens_{std::string(32, 'k'), &world_.clock()};
  Profiles profiles_{&world_.pool(), &world_.clock(), nullptr};
  std::unique_ptr<Consents> consents_;
  std::unique_ptr<PeopleService> service_;
  std::unique_ptr<GuardianAsker> asker_;
  int next_start_ = 0;
};

}  // namespace dm::booking
