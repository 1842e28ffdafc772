#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/events/event.h"
#include "common/time/clock.h"
#include "services/booking/domain/agreement_decision.h"
#include "services/booking/domain/agreement_document.h"
#include "services/booking/domain/command.h"
#include "services/booking/domain/signing.h"
#include "services/booking/domain/terms.h"
#include "services/booking/links/link_sender.h"
#include "services/booking/store/agreement_lists.h"
#include "services/booking/store/agreement_store.h"
#include "services/booking/store/answer_store.h"

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dm::booking {

// A write that somebody asks for, apart from what it is.
struct AgreementRequest {
  // Who is signed in; nobody for who comes by a link.
  Actor actor;
  // Its caller is who is signed in; for who comes by a link it is filled in.
  WriteRequest write;
  std::string traceparent;
  absl::Time deadline;
};

// What may be told of a code that was sent.
struct CodeSent {
  absl::Time expire_time;
  // As in MaskedMail; empty for the mailbox that the platform knows.
  std::string sent_to;
};

// Where agreements are changed: each change in one transaction with its history, its event, the
// answer to its request and what the ledger is to know, under the locks that the ledger takes for
// the same person. Everything blocks: for the executor's threads. Thread-safe.
class AgreementDesk {
 public:
  struct Parts {
    database::Database* database = nullptr;
    const Clock* clock = nullptr;
    // The rules that a stay must keep to, and the school calendar.
    std::function<Terms()> terms;
    LinkSender* sender = nullptr;
    // After a commit that wrote events.
    std::function<void()> after_commit;
    // After a commit that changed what the ledger knows.
    std::function<void()> wake_ledger;
  };

  // The bytes that a caller gets, kept for replays.
  using Serialize = std::function<std::string(const BookingWithAgreement&)>;
  using SerializeCode = std::function<std::string(const CodeSent&)>;
  using Answer = absl::StatusOr<std::string>;

  // All pointers outlive this.
  explicit AgreementDesk(Parts parts) : parts_(std::move(parts)) {}

  Answer Create(const AgreementRequest& request, const std::string& booking_id,
                const AgreementContent& content, const Serialize& serialize);

  // One of the steps that need no code and no text made for them: kEdit, kRecommend, kReturn,
  // kValidate, kReject, kCancel, kReport. The party follows from who asks.
  struct StepAsked {
    AgreementStep step = AgreementStep::kEdit;
    std::optional<int64_t> expected_version;
    std::string reason;
    // kEdit: what becomes of the content.
    std::function<AgreementContent(const AgreementContent&)> edit;
    // kReport: the report, whose party, person and time are filled in.
    std::optional<StayReport> report;
  };
  Answer Take(const AgreementRequest& request, const std::string& booking_id,
              const StepAsked& asked, const Serialize& serialize);

  // Fixes the text and has the parties told.
  Answer Submit(const AgreementRequest& request, const std::string& booking_id,
                std::optional<int64_t> expected_version, const Serialize& serialize);

  // Tells a party again; one that signs by link gets a new link.
  Answer TellAgain(const AgreementRequest& request, const std::string& booking_id,
                   AgreementParty party, const Serialize& serialize);

  // Who signs: signed in as a party of the booking, or by a link.
  struct Signer {
    std::string booking_id;
    // Absent: it follows from who is signed in.
    std::optional<AgreementParty> by_link;
  };
  // Whom a link stands for. LINK_UNKNOWN for a link that is none.
  absl::StatusOr<Signer> FindSigner(const std::string& token, absl::Time deadline);

  // Sends a code to the party. SIGNATURE_CODE_TOO_SOON.
  Answer SendCode(AgreementRequest request, const Signer& signer, const SerializeCode& serialize);
  // SIGNATURE_CODE_WRONG, SIGNATURE_CODE_EXPIRED, DOCUMENT_CHANGED.
  Answer Sign(AgreementRequest request, const Signer& signer, const std::string& code,
              const std::string& document_hash, const Serialize& serialize);

  // An agreement as a party may see it; who looks at somebody else's leaves a row in its history:
  // the chamber, and who comes by a link.
  absl::StatusOr<BookingWithAgreement> See(const Actor& actor, const std::string& booking_id,
                                           absl::string_view action, absl::Time deadline);
  absl::StatusOr<BookingWithAgreement> SeeByLink(const Signer& signer, absl::string_view action,
                                                 absl::Time deadline);

  // Leaves a row with each booking that a list of agreements showed to an agency alone.
  absl::Status KeepLooks(const Actor& actor, const std::vector<AgreementRow>& shown,
                         absl::Time deadline);

  // What the paper of an agreement says: the text that was fixed, or what a draft would fix now.
  // PROFILE_REQUIRED for a draft of somebody without a profile.
  absl::StatusOr<AgreementDocument> DocumentOf(const BookingWithAgreement& stay,
                                               absl::Time deadline);

  // Looks at what time and the booking have made of an agreement.
  absl::Status Review(const std::string& booking_id, absl::Time deadline);

 private:
  struct Outcome;
  struct CodeMade;
  using Decider = std::function<absl::StatusOr<AgreementChange>(
      database::Transaction&, const BookingWithAgreement&, absl::Time now)>;

  // The party as which the caller takes a step: where several would do, one whom the state lets.
  static absl::StatusOr<AgreementParty> PartyFor(const Actor& actor,
                                                 const BookingWithAgreement& stay,
                                                 AgreementStep step);
  // Replays, or locks, reviews, decides, writes and answers.
  Answer Commit(const AgreementRequest& request, const std::string& booking_id,
                const Decider& decide, const Serialize& serialize);
  absl::Status Settle(database::Transaction& transaction, BookingWithAgreement* stay,
                      absl::Time now, Outcome* outcome) const;
  absl::Status Store(database::Transaction& transaction, AgreementChange change,
                     BookingWithAgreement* stay, absl::Time now, Outcome* outcome) const;
  void AfterCommit(const Outcome& outcome) const;
  // Shows the agreement to the party that `as` says; absent for whom it does not exist.
  absl::StatusOr<BookingWithAgreement> Show(
      const std::string& booking_id,
      const std::function<std::optional<AgreementParty>(const Booking&)>& as,
      const std::string& person, absl::string_view action, absl::Time deadline);
  absl::StatusOr<AgreementChange> DecideSubmit(
      database::Transaction& transaction, const BookingWithAgreement& stay, AgreementParty party,
      const AgreementRequest& request, std::optional<int64_t> expected_version, absl::Time now);
  // Keeps what became of a code that was handed over: that it was sent and how the request was
  // answered; or takes it back. Not before, so that an answer never tells of a mail that a process
  // which stopped has not sent.
  absl::Status SettleCode(const AgreementRequest& request, const CodeMade& code,
                          const absl::Status& sent);

  const Parts parts_;
};

}  // namespace dm::booking
