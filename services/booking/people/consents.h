#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/time/clock.h"
#include "services/booking/domain/command.h"
#include "services/booking/domain/consent_record.h"
#include "services/booking/domain/consent_text.h"
#include "services/booking/store/answer_store.h"
#include "services/booking/store/consent_request_store.h"
#include "services/booking/store/consent_store.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace dm::booking {

// What a guardian who came by a link may see.
struct GuardianView {
  ConsentLink link;
  // What they may agree to; empty once they have.
  std::vector<ConsentChoice> choices;
};

// What guardians decide: by a link, which is all that they have, or on paper, which the agency
// records. A decision makes the ledger look at the person's bookings again. Thread-safe.
class Consents {
 public:
  struct Options {
    // Questions to the guardian of one person within a day, over all bookings.
    int most_questions_a_day = 10;
    // Between two questions about one booking.
    absl::Duration pause_between_questions = absl::Minutes(10);
    // The bytes that callers get, kept for replays. Neither holds personal data.
    std::function<std::string(const ConsentRecord&)> serialize_record;
    std::function<std::string(const GuardianView&)> serialize_view;
    // Runs after each commit that changed a decision.
    std::function<void()> after_decision;
    // Runs after each commit that made a question necessary.
    std::function<void()> after_ask;
  };

  // Database and clock outlive this.
  Consents(Options options, database::Database* database, const Clock* clock);

  // The newest first, at most `limit`. NOT_FOUND for all whom the actor has no access to.
  absl::StatusOr<std::vector<ConsentRecord>> List(absl::Time deadline, const Actor& actor,
                                                  const std::string& person,
                                                  const std::optional<ConsentPosition>& after,
                                                  int limit);

  struct PaperWrite {
    std::string person;
    ConsentTerms terms;
    absl::CivilDay signed_day;
    WriteRequest request;
  };
  // The agency has the guardian's signature on paper.
  absl::StatusOr<std::string> Record(absl::Time deadline, const Actor& actor,
                                     const PaperWrite& write);

  struct WithdrawWrite {
    std::string person;
    std::string consent_id;
    // The version that the caller saw; absent for "whatever it is now".
    std::optional<int64_t> expected_version;
    WriteRequest request;
  };
  // The guardian has told the agency to take it back.
  absl::StatusOr<std::string> Withdraw(absl::Time deadline, const Actor& actor,
                                       const WithdrawWrite& write);

  struct AskWrite {
    std::string booking_id;
    WriteRequest request;
  };
  // The applicant wants the guardian to be asked again; what was asked before is closed.
  absl::Status AskAgain(absl::Time deadline, const Actor& actor, const AskWrite& write);

  // What a guardian does with a link. Whatever is wrong with the token, the answer and the work for
  // it are the same: LINK_UNKNOWN.
  struct LinkWrite {
    // As it came.
    std::string token;
    // Who is signed in, "people/{subject}", or empty: an applicant is not their own guardian.
    std::string person;
    // Without the caller.
    WriteRequest request;
  };
  absl::StatusOr<GuardianView> LookUp(absl::Time deadline, const std::string& token,
                                      const std::string& person);
  // Agrees to one of the choices. `text_hash` is that of what was read.
  absl::StatusOr<std::string> Give(absl::Time deadline, const LinkWrite& write,
                                   Consent::Scope scope, const std::string& text_hash);
  absl::StatusOr<std::string> Refuse(absl::Time deadline, const LinkWrite& write);
  // Takes back what this link gave.
  absl::StatusOr<std::string> WithdrawByLink(absl::Time deadline, const LinkWrite& write);
  // Forgets whom the link was sent to, and takes back all that they agreed to for the person.
  absl::StatusOr<std::string> EraseGuardianByLink(absl::Time deadline, const LinkWrite& write);

 private:
  GuardianView ViewOf(ConsentLink link) const;
  // Runs `decide` on the link, unless it was answered before or cannot be used.
  absl::StatusOr<std::string> ByLink(
      absl::Time deadline, const LinkWrite& write,
      const std::function<absl::Status(database::Transaction&, const ConsentLink&)>& decide);

  const Options options_;
  database::Database* const database_;
  const Clock* const clock_;
};

}  // namespace dm::booking
