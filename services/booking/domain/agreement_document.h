#pragma once

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/booking/domain/agreement.h"
#include "services/booking/domain/booking.h"
#include "services/booking/domain/eligibility.h"
#include "services/booking/domain/person.h"

#include <string>
#include <vector>

// What the parties of an agreement put their names to: everything that the paper says save the
// signatures, the visas and the state, which come after it.
namespace dm::booking {

struct AgreementDocument {
  // UUID of the agreement, and of its booking.
  std::string agreement_id;
  std::string booking_id;
  Scheme scheme = Scheme::kMiniStageCci;
  // Public title of the session.
  std::string session_title;
  // "companies/{siret}" or "ambassadors/{ambassador}".
  std::string host;
  // Code of the département.
  std::string department;
  // The applicant as the platform knows them.
  absl::CivilDay birth_date;
  Level level = Level::kTroisieme;
  // Under 18 on the first day.
  bool minor = false;
  absl::Time start_time;
  absl::Time end_time;
  // When it was submitted: decides which rules hold.
  absl::Time submit_time;
  // Who signs, in the order of the paper.
  std::vector<AgreementParty> parties;
  AgreementContent content;
  // The rules that it rests on.
  std::vector<RuleFinding> findings;

  friend bool operator==(const AgreementDocument&, const AgreementDocument&) = default;
};

// The same document always as the same text, and another as another: JSON in UTF-8 with sorted
// names and without spaces. Its SHA-256 is what a signature is for.
std::string CanonicalText(const AgreementDocument& document);
// DATA_LOSS for what CanonicalText did not make.
absl::StatusOr<AgreementDocument> ParseDocument(const std::string& text);

// The same for the content alone, as drafts are kept.
std::string ContentText(const AgreementContent& content);
absl::StatusOr<AgreementContent> ParseContent(const std::string& text);

// The document that an agreement's content makes, together with what the platform knows.
AgreementDocument MakeDocument(const Agreement& agreement, const Booking& booking,
                               const Applicant& applicant, absl::Time submit_time,
                               std::vector<RuleFinding> findings);

// Who must sign the document, and where they are reached.
std::vector<Signatory> SignatoriesOf(const AgreementDocument& document);

// Under 18 on the first day of the stay, which is a day in Paris.
bool IsMinorAt(const Applicant& applicant, absl::Time start_time);

}  // namespace dm::booking
