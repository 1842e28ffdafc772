#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/events/event.h"
#include "services/catalogue/domain/offer_record.h"
#include "services/catalogue/domain/offer_states.h"
#include "services/catalogue/store/session_events.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace dm::catalogue {

// Who takes a step: "people/{subject}", empty for the suite.
struct OfferActor {
  std::string person;
  OfferParty party = OfferParty::kSystem;
};

// What is told of a step that an offer took; of the record, names, département, version and title
// count. Absent `from` for a new one.
events::NewEvent OfferChangedEvent(const OfferRecord& record, std::optional<OfferState> from,
                                   OfferState to, OfferParty party, absl::string_view why);

struct NewOffer {
  std::string siret;
  std::string key;
  OfferContent content;
  // No two start at once.
  std::vector<SessionContent> sessions;
};

// What one transaction writes of offers, whoever wants it: the rows, their transitions and all that
// follows from them. The caller has locked what it writes (store/offer_records.h) and decided
// (domain/offer_states.h); here nothing is decided. Records are brought up to date as they are
// written, so that several writes may follow each other. Throws pqxx exceptions, like
// Transaction::Exec.
class OfferWrites {
 public:
  // Outlived by the transaction; at most one in it.
  OfferWrites(database::Transaction* transaction, absl::Time now)
      : transaction_(transaction), now_(now) {}

  // Begins an offer of a company that was locked, and reads it.
  OfferRecord Begin(const NewOffer& offer, const OfferTransition& step, const OfferActor& actor);
  // What it says is this from now on.
  absl::Status Change(OfferRecord* record, const OfferContent& content);
  // Takes a step. `text` is what the actor wrote about it.
  absl::Status Step(OfferRecord* record, const OfferTransition& step, const OfferActor& actor,
                    absl::string_view text = "");
  // Suspends all that a locked company has published, by kCompanyBanned or kCompanyClosed.
  absl::Status SuspendAll(const std::string& siret, OfferStep step);

  // No session of the offer starts then.
  Session AddSession(OfferRecord* record, const SessionContent& content);
  // End, capacity and closed; the session was locked or its offer is nobody else's to write.
  Session ChangeSession(OfferRecord* record, const Session& session, const SessionContent& content);

  // For who writes what is told with sessions by other means.
  SessionEvents& sessions();

  // Brings up to date what follows from offers, for who reads them before the end. No offer is
  // written after it.
  void Settle();

  // Settles, tells the readers in memory and returns what is to be told
  // others: right before AppendToOutbox, and nothing is written after it.
  std::vector<events::NewEvent> Finish();

  bool empty() const { return changed_.empty(); }
  // How many steps were taken.
  int steps() const { return static_cast<int>(steps_.size()); }

 private:
  void NoteTransition(const OfferRecord& record, const OfferTransition& step,
                      const OfferActor& actor);

  database::Transaction* const transaction_;
  const absl::Time now_;
  std::optional<SessionEvents> sessions_;
  // Ids of offers, and SIRETs of companies with another number of published ones.
  std::set<std::string> changed_;
  // The départements of published offers of other content, by id.
  std::map<std::string, std::string> edited_;
  std::set<std::string> counted_;
  bool settled_ = false;
  std::vector<events::NewEvent> steps_;
};

}  // namespace dm::catalogue
