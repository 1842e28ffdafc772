#pragma once

#include "absl/time/time.h"
#include "services/booking/domain/agreement_content.h"
#include "services/booking/domain/agreement_parties.h"
#include "services/booking/domain/agreement_state.h"
#include "services/booking/domain/scheme.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dm::booking {

// How a signature was given. The names are stored, sent and printed.
enum class SignatureMethod : uint8_t {
  // Signed in as a party to the booking, with a code sent to the party.
  kAccountAndCode,
  // By a link and a code, both sent to the party.
  kLinkAndCode,
};
absl::string_view SignatureMethodName(SignatureMethod method);
std::optional<SignatureMethod> ParseSignatureMethod(absl::string_view name);

struct Signature {
  absl::Time time;
  SignatureMethod method = SignatureMethod::kLinkAndCode;
  // Of the text that was shown and signed: that of the agreement at the time.
  std::string document_hash;
  // "people/{subject}" of who was signed in; empty by link.
  std::string person;

  friend bool operator==(const Signature&, const Signature&) = default;
};

// A party that must sign the text as it stands.
struct Signatory {
  AgreementParty party = AgreementParty::kApplicant;
  // Who signs, and where codes go. The applicant's mailbox is the platform's business: no address.
  std::string display_name;
  std::string email;
  // When the party was told that its signature is asked for; absent until then.
  std::optional<absl::Time> told;
  std::optional<Signature> signature;

  friend bool operator==(const Signatory&, const Signatory&) = default;
};

// What somebody of the chamber has done with an agreement.
struct ReviewMark {
  // "people/{subject}".
  std::string person;
  absl::Time time;

  friend bool operator==(const ReviewMark&, const ReviewMark&) = default;
};

// What the tutor or the applicant says of the stay when it is over.
struct StayReport {
  AgreementParty party = AgreementParty::kApplicant;
  // "people/{subject}" of who wrote it.
  std::string person;
  absl::Time time;
  // What was seen and done.
  std::string activities;
  // The tutor of the young person; the young person of the profession and the welcome.
  std::string assessment;
  // From 1 to 5.
  int rating = 0;
  // The tutor would welcome the person again; the person would like to go on in this profession.
  bool would_go_on = false;

  friend bool operator==(const StayReport&, const StayReport&) = default;
};

// The paper about one stay. At most one for a booking.
struct Agreement {
  // UUIDv7.
  std::string id;
  std::string booking_id;
  Scheme scheme = Scheme::kMiniStageCci;
  AgreementState state = AgreementState::kDraft;
  // 1 when made, raised by 1 at each step.
  int64_t version = 1;
  AgreementContent content;
  // The canonical text that the parties sign and its hash, fixed when it was submitted; empty in a
  // draft.
  std::string document;
  std::string document_hash;
  // The stay that it is about: the booking's times when the agreement was written for them.
  absl::Time start_time;
  absl::Time end_time;
  absl::Time create_time;
  absl::Time update_time;
  // The first step of the review, and the second.
  std::optional<ReviewMark> recommended;
  std::optional<ReviewMark> validated;
  // Why it was returned, rejected or cancelled, in the words of who did it: free text, never to be
  // logged or sent in an event.
  std::string reason;
  // Why it is in this state: the word of its last transition.
  std::string why;
  std::vector<Signatory> signatories;
  std::vector<StayReport> reports;

  // Null when the party does not sign this agreement.
  const Signatory* FindSignatory(AgreementParty party) const;
  // Parties that have yet to sign.
  int MissingSignatures() const;

  friend bool operator==(const Agreement&, const Agreement&) = default;
};

// When an agreement in this state must be looked at again by itself: at the start of the stay,
// unless it is settled by then.
std::optional<absl::Time> NextAgreementReview(const Agreement& agreement);

}  // namespace dm::booking
