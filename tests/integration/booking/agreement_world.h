#pragma once

#include "absl/strings/strip.h"
#include "services/booking/agreements/agreement_desk.h"
#include "services/booking/agreements/agreement_loop.h"
#include "services/booking/api/agreement_service.h"
#include "tests/integration/booking/booking_world.h"
#include "tests/integration/booking/people_world.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace dm::booking {

// Rules that want an agreement for everything but a talk, and at most eight hours a day.
inline Terms AgreementTerms() {
  const RuleSource source = {"essai", absl::CivilDay(2020, 1, 1)};
  RuleSet set;
  set.rules.push_back({.id = "hours-per-day",
                       .schemes = {AllSchemes().begin(), AllSchemes().end()},
                       .versions = {{.version = 1,
                                     .from = absl::CivilDay(2000, 1, 1),
                                     .sources = {source},
                                     .sentences = {.satisfied = "Les horaires conviennent.",
                                                   .broken = "Les journées sont trop longues."},
                                     .clauses = {{.demand = DailyHours{8 * 60}}}}}});
  for (const Scheme scheme : AllSchemes()) {
    set.schemes.push_back({.scheme = scheme,
                           .agreement_needed = scheme != Scheme::kMeeting,
                           .retention_days = 365,
                           .sources = {source}});
  }
  absl::StatusOr<RuleBook> book = RuleBook::Make(std::move(set));
  EXPECT_TRUE(book.ok()) << book.status();
  return {.policy = BookingWorld::LenientPolicy(),
          .rules = std::make_shared<const RuleBook>(*std::move(book)),
          .calendar = std::make_shared<const SchoolCalendar>()};
}

// Agreements beside a ledger, called without a network. Its sessions are two hours long and start
// in two days.
class AgreementTest : public ::testing::Test {
 protected:
  using World = BookingWorld;
  using Message = destinationmetier::booking::v1::Agreement;
  using Content = destinationmetier::booking::v1::AgreementContent;
  using Party = destinationmetier::booking::v1::AgreementParty;
  static constexpr Party kApplicant = destinationmetier::booking::v1::AGREEMENT_PARTY_APPLICANT;
  static constexpr Party kGuardian = destinationmetier::booking::v1::AGREEMENT_PARTY_GUARDIAN;
  static constexpr Party kTutor = destinationmetier::booking::v1::AGREEMENT_PARTY_TUTOR;
  static constexpr Party kSchool = destinationmetier::booking::v1::AGREEMENT_PARTY_SCHOOL;

  AgreementTest()
      : world_({}, AgreementTerms()),
        page_tokens_(std::string(32, 'k'), &world_.clock()),
        store_(&world_.pool()),
        parties_(&world_.pool()),
        desk_({.database = &world_.pool(),
               .clock = &world_.clock(),
               .terms = [this] { return world_.terms(); },
               .sender = &sender_,
               .after_commit = nullptr,
               .wake_ledger = nullptr}),
        service_(&desk_, &store_, &page_tokens_, nullptr) {
    loop_ = MakeLoop();
  }

  std::unique_ptr<AgreementLoop> MakeLoop() {
    return std::make_unique<AgreementLoop>(AgreementLoop::Options(), &desk_, &store_, &parties_,
                                           &sender_, &world_.clock());
  }

  static std::string NewId() { return NewUuid(absl::Now()); }
  static std::shared_ptr<rpc::Call> As(const auth::Caller& caller, const char* method = "m") {
    return World::CallOf(caller, method);
  }
  static auth::Caller Anonymous() { return {}; }
  static auth::Caller Agent(const std::string& subject) {
    auth::Caller caller = World::Agency("61");
    caller.subject = subject;
    return caller;
  }

  // "bookings/{uuid}" of a confirmed booking.
  std::string Confirmed(const std::string& subject = "ana") {
    const auto booked = world_.Book(subject, world_.AddSession(3, absl::Hours(48), true));
    EXPECT_TRUE(booked.ok()) << booked.status();
    EXPECT_EQ(booked->state(), destinationmetier::booking::v1::Booking::STATE_CONFIRMED);
    return booked->name();
  }
  // Of somebody of fifteen, whose guardian is on file.
  std::string ConfirmedMinor(const std::string& subject = "zoe") {
    const std::string booking = Confirmed(subject);
    world_.Execute(
        absl::StrCat("UPDATE applicants SET birth_date = current_date - interval '15 years' WHERE "
                     "person = 'people/",
                     subject, "'"));
    world_.Execute(absl::StrCat(
        "INSERT INTO guardians (id, person, display_name, email, version, create_time) VALUES ('",
        NewId(), "', 'people/", subject, "', 'Paule Parent', 'paule@parent.example', 1, now())"));
    return booking;
  }

  // All that must be there before anybody signs.
  static Content Complete() {
    Content content;
    content.mutable_young()->set_given_name("Ana");
    content.mutable_young()->set_family_name("Martin");
    content.mutable_young()->set_address("1 rue du Bocage\n61100 Flers");
    content.mutable_young()->set_emergency_name("Paule Parent");
    content.mutable_young()->set_emergency_phone("06 00 00 00 01");
    content.mutable_host()->set_legal_name("Boulangerie du Bocage");
    content.mutable_host()->set_address("3 place du Marché, 61100 Flers");
    content.mutable_tutor()->set_name("Marc Dufour");
    content.mutable_tutor()->set_function("Boulanger");
    content.mutable_tutor()->set_email("marc@boulangerie.example");
    content.mutable_stay()->set_profession_title("Boulanger");
    content.mutable_stay()->set_objectives("Découvrir le métier.");
    content.mutable_stay()->set_activities("Observer.");
    content.mutable_stay()->set_supervision("Le tuteur est présent.");
    content.mutable_insurance()->set_applicant_insurer("Mutuelle");
    content.mutable_insurance()->set_applicant_policy("M 1");
    content.mutable_insurance()->set_host_insurer("Assurance");
    content.mutable_insurance()->set_host_policy("A 1");
    return content;
  }
  static Content WithSchool() {
    Content content = Complete();
    content.mutable_school()->set_name("Collège du Val");
    content.mutable_school()->set_referent_name("Claire Principale");
    content.mutable_school()->set_referent_email("claire@college.example");
    return content;
  }

  absl::StatusOr<Message> Create(const auth::Caller& caller, const std::string& booking,
                                 const Content& content, const std::string& request_id = NewId()) {
    destinationmetier::booking::v1::CreateAgreementRequest request;
    request.set_parent(booking);
    *request.mutable_agreement()->mutable_content() = content;
    request.set_request_id(request_id);
    return service_.Create(*As(caller, "Create"), request);
  }
  absl::StatusOr<Message> Get(const auth::Caller& caller, const std::string& booking) {
    destinationmetier::booking::v1::GetAgreementRequest request;
    request.set_name(booking + "/agreement");
    return service_.Get(*As(caller), request);
  }
  absl::StatusOr<Message> Update(const auth::Caller& caller, const std::string& booking,
                                 const Content& content, const std::vector<std::string>& mask = {},
                                 const std::string& etag = "") {
    destinationmetier::booking::v1::UpdateAgreementRequest request;
    request.mutable_agreement()->set_name(booking + "/agreement");
    request.mutable_agreement()->set_etag(etag);
    *request.mutable_agreement()->mutable_content() = content;
    for (const std::string& path : mask) request.mutable_update_mask()->add_paths(path);
    request.set_request_id(NewId());
    return service_.Update(*As(caller, "Update"), request);
  }
  // One of the steps that have a name, an etag and a request_id.
  template <typename Request>
  absl::StatusOr<Message> Step(const auth::Caller& caller, const std::string& booking,
                               absl::StatusOr<Message> (AgreementService::*method)(const rpc::Call&,
                                                                                   const Request&),
                               const std::string& etag = "",
                               const std::string& request_id = NewId()) {
    Request request;
    request.set_name(booking + "/agreement");
    request.set_etag(etag);
    request.set_request_id(request_id);
    if constexpr (requires { request.set_reason(""); }) request.set_reason("Parce que.");
    return (service_.*method)(*As(caller, "Step"), request);
  }
  absl::StatusOr<Message> Submit(const std::string& booking,
                                 const auth::Caller& caller = World::Host()) {
    return Step(caller, booking, &AgreementService::Submit);
  }

  // A draft of a confirmed booking that was submitted, with its parties told.
  std::string Submitted(const std::string& booking, const Content& content) {
    const auto created = Create(World::Host(), booking, content);
    EXPECT_TRUE(created.ok()) << created.status();
    const auto submitted = Submit(booking);
    EXPECT_TRUE(submitted.ok()) << submitted.status();
    Tell();
    return submitted.ok() ? submitted->document_hash() : "";
  }
  // The loop tells who is to be told and reviews what is due.
  AgreementLoop::Round Tell() { return loop_->RunOnce(); }

  // The last secret of a kind that went to a party ("people/ana") or an address.
  std::string LastSecret(LinkKind kind, const std::string& to) {
    std::string secret;
    for (const OutgoingLink& link : sender_.links()) {
      if (link.kind == kind && (link.party == to || link.email == to)) secret = link.secret;
    }
    return secret;
  }
  std::string Token(const std::string& to) { return LastSecret(LinkKind::kSignature, to); }

  absl::Status RequestCode(const auth::Caller& caller, const std::string& booking,
                           const std::string& request_id = NewId()) {
    destinationmetier::booking::v1::RequestSignatureCodeRequest request;
    request.set_name(booking + "/agreement");
    request.set_request_id(request_id);
    return service_.RequestCode(*As(caller, "RequestCode"), request).status();
  }
  absl::Status RequestCodeByLink(const std::string& token,
                                 const std::string& request_id = NewId()) {
    destinationmetier::booking::v1::RequestCodeByLinkRequest request;
    request.set_token(token);
    request.set_request_id(request_id);
    return service_.RequestCodeByLink(*As(Anonymous(), "RequestCodeByLink"), request).status();
  }
  absl::StatusOr<Message> Sign(const auth::Caller& caller, const std::string& booking,
                               const std::string& code, const std::string& hash,
                               const std::string& request_id = NewId()) {
    destinationmetier::booking::v1::SignAgreementRequest request;
    request.set_name(booking + "/agreement");
    request.set_code(code);
    request.set_document_hash(hash);
    request.set_request_id(request_id);
    return service_.Sign(*As(caller, "Sign"), request);
  }
  absl::StatusOr<destinationmetier::booking::v1::SignatureRequest> SignByLink(
      const std::string& token, const std::string& code, const std::string& hash,
      const std::string& request_id = NewId()) {
    destinationmetier::booking::v1::SignByLinkRequest request;
    request.set_token(token);
    request.set_code(code);
    request.set_document_hash(hash);
    request.set_request_id(request_id);
    return service_.SignByLink(*As(Anonymous(), "SignByLink"), request);
  }
  // The code that is asked for and the signature with it.
  absl::Status SignAsApplicant(const std::string& subject, const std::string& booking,
                               const std::string& hash) {
    const absl::Status asked = RequestCode(World::Pupil(subject), booking);
    if (!asked.ok()) return asked;
    return Sign(World::Pupil(subject), booking,
                LastSecret(LinkKind::kSignatureCode, "people/" + subject), hash)
        .status();
  }
  absl::Status SignAsTutor(const std::string& booking, const std::string& hash) {
    const absl::Status asked = RequestCode(World::Host(), booking);
    if (!asked.ok()) return asked;
    return Sign(World::Host(), booking,
                LastSecret(LinkKind::kSignatureCode, "marc@boulangerie.example"), hash)
        .status();
  }
  absl::Status SignFrom(const std::string& mailbox, const std::string& hash) {
    const std::string token = Token(mailbox);
    const absl::Status asked = RequestCodeByLink(token);
    if (!asked.ok()) return asked;
    return SignByLink(token, LastSecret(LinkKind::kSignatureCode, mailbox), hash).status();
  }

  // Signed by applicant and host, so in review.
  std::string InReview(const std::string& subject = "ana") {
    const std::string booking = Confirmed(subject);
    const std::string hash = Submitted(booking, Complete());
    EXPECT_TRUE(SignAsApplicant(subject, booking, hash).ok());
    EXPECT_TRUE(SignAsTutor(booking, hash).ok());
    return booking;
  }
  std::string Validated(const std::string& subject = "ana") {
    const std::string booking = InReview(subject);
    EXPECT_TRUE(Step(Agent("agent-1"), booking, &AgreementService::Recommend).ok());
    const auto validated = Step(Agent("agent-2"), booking, &AgreementService::Approve);
    EXPECT_TRUE(validated.ok()) << validated.status();
    return booking;
  }

  std::string StateOf(const std::string& booking) {
    const auto seen = Get(World::Host(), booking);
    EXPECT_TRUE(seen.ok()) << seen.status();
    if (!seen.ok()) return "";
    absl::string_view name = Message::State_Name(seen->state());
    absl::ConsumePrefix(&name, "STATE_");
    return std::string(name);
  }
  // What the ledger knows of it.
  int64_t ValidatedInLedger(const std::string& booking) {
    return world_.Count(absl::StrCat("SELECT agreement_validated::int FROM bookings WHERE id = '",
                                     booking.substr(9), "'")
                            .c_str());
  }
  int64_t HistoryRows(const std::string& action) {
    return world_.Count(
        absl::StrCat("SELECT count(*) FROM agreement_history WHERE action = '", action, "'")
            .c_str());
  }
  // What must hold whatever happened.
  void ExpectSound() {
    EXPECT_EQ(world_.Count(R"sql(
      SELECT count(*) FROM agreements WHERE version <> (
        SELECT count(*) FROM agreement_history WHERE agreement_id = agreements.id
          AND action NOT IN ('SEEN', 'DOCUMENT_SEEN', 'CODE_SENT', 'LINK_RENEWED',
                             'UNREACHABLE')))sql"),
              0)
        << "a step left no row in the history";
    EXPECT_EQ(world_.Count(R"sql(
      SELECT count(*) FROM agreements JOIN bookings ON bookings.id = booking_id
      WHERE agreement_validated <> (agreements.state = 'VALIDATED'))sql"),
              0)
        << "the ledger knows something else";
    EXPECT_EQ(world_.Count(R"sql(
      SELECT count(*) FROM agreements WHERE state IN ('IN_REVIEW', 'VALIDATED') AND EXISTS (
        SELECT FROM agreement_signatories WHERE agreement_id = agreements.id
          AND (signed_hash IS NULL OR signed_hash <> document_hash)))sql"),
              0)
        << "a signature is missing or for another text";
    EXPECT_EQ(world_.Count("SELECT (SELECT count(*) FROM agreements WHERE document <> '' AND "
                           "encode(sha256(convert_to(document, 'UTF8')), 'hex') <> document_hash)"),
              0)
        << "a hash is not that of its text";
    world_.ExpectSoundLedger();
  }
  absl::StatusOr<destinationmetier::booking::v1::AgreementDocument> Document(
      const auth::Caller& caller, const std::string& booking) {
    destinationmetier::booking::v1::GetAgreementDocumentRequest request;
    request.set_name(booking + "/agreement/document");
    return service_.GetDocument(*As(caller), request);
  }
  absl::StatusOr<destinationmetier::booking::v1::ListAgreementHistoryResponse> History(
      const auth::Caller& caller, const std::string& booking) {
    destinationmetier::booking::v1::ListAgreementHistoryRequest request;
    request.set_parent(booking + "/agreement");
    request.set_page_size(100);
    return service_.ListHistory(*As(caller), request);
  }
  absl::StatusOr<Message> Report(const auth::Caller& caller, const std::string& booking,
                                 const std::string& activities = "Vu et fait.") {
    destinationmetier::booking::v1::WriteStayReportRequest request;
    request.set_name(booking + "/agreement");
    request.mutable_report()->set_activities(activities);
    request.mutable_report()->set_assessment("Très bien.");
    request.mutable_report()->set_rating(4);
    request.mutable_report()->set_would_go_on(true);
    request.set_request_id(NewId());
    return service_.WriteReport(*As(caller, "Report"), request);
  }
  static std::vector<std::string> FieldsOf(const absl::Status& status) {
    std::vector<std::string> fields;
    const auto details = GetErrorDetails(status);
    if (!details.has_value()) return fields;
    for (const FieldViolation& violation : details->fields) fields.push_back(violation.field);
    return fields;
  }

  BookingWorld world_;
  rpc::PageTokens page_tokens_;
  FakeLinkSender sender_;
  AgreementLists store_;
  PartyQueue parties_;
  AgreementDesk desk_;
  AgreementService service_;
  std::unique_ptr<AgreementLoop> loop_;
};

// Runs `work(i)` for every i below `count`, each on a thread of its own, all at once.
inline void AllAtOnce(int count, const std::function<void(int)>& work) {
  std::atomic<int> ready = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      ++ready;
      while (ready < count) std::this_thread::yield();
      work(i);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace dm::booking
