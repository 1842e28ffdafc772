#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/booking/domain/agreement.h"
#include "services/booking/domain/signing.h"

#include <optional>
#include <string>

// The links and codes that signatures of agreements need, as they are kept: as hashes. What takes a
// transaction throws as Transaction::Exec does.
namespace dm::booking {

// Who a link stands for.
struct LinkHolder {
  std::string booking_id;
  AgreementParty party = AgreementParty::kGuardian;
};
// Absent when there is no such link or it has expired.
std::optional<LinkHolder> FindLinkHolder(database::Transaction& transaction,
                                         const std::string& link_hash, absl::Time now);

// The codes that a party was sent: those of the last 24 hours are the rows "CODE_SENT" of the
// history. Absent when the party does not sign.
std::optional<CodesSent> ReadCodesSent(database::Transaction& transaction,
                                       const std::string& agreement_id, AgreementParty party,
                                       absl::Time now);
// The same; the party's row stays as it is until the transaction ends.
std::optional<CodesSent> LockCodesSent(database::Transaction& transaction,
                                       const std::string& agreement_id, AgreementParty party,
                                       absl::Time now);
// A new code takes the place of the one before it; the next one waits from now on.
void StoreCode(database::Transaction& transaction, const std::string& agreement_id,
               AgreementParty party, const KeptCode& code, absl::Time expires, absl::Time now);
// The code could not be sent: nobody can sign with it, and the next one waits only for the last
// before it. Does nothing when there is another.
void ForgetCode(database::Transaction& transaction, const std::string& agreement_id,
                AgreementParty party, const KeptCode& code, absl::Time last_before);

// One guess at the code of a party, counted before it is made: however many guess at once, no more
// than kCodeTries get one.
struct CodeTry {
  KeptCode code;
  int tries_left = 0;
};
// Absent when there is none: never asked for, expired, all guesses used.
std::optional<CodeTry> TakeCodeTry(database::Transaction& transaction,
                                   const std::string& agreement_id, AgreementParty party,
                                   absl::Time now);
// Whether the code was still the party's own; it can be used once.
bool SpendCode(database::Transaction& transaction, const std::string& agreement_id,
               AgreementParty party, const KeptCode& code);

// When the party was last told that its signature is asked for; the party is told again. Absent
// when the party does not sign.
struct ToldBefore {
  std::optional<absl::Time> time;
};
std::optional<ToldBefore> LockToldTime(database::Transaction& transaction,
                                       const std::string& agreement_id, AgreementParty party);
void TellAgain(database::Transaction& transaction, const std::string& agreement_id,
               AgreementParty party, absl::Time now);

// How often its parties were asked in the last 24 hours.
Tellings TellingsOf(database::Transaction& transaction, const std::string& agreement_id,
                    absl::Time now);

// A party that has yet to be told that its signature is asked for.
struct PartyToTell {
  std::string agreement_id;
  std::string booking_id;
  // "people/{subject}" of the applicant, and the host.
  std::string applicant;
  std::string host;
  std::string session_name;
  Signatory signatory;
  absl::Time link_expires;
};

// The parties that have yet to be told, a queue that all replicas share. Thread-safe.
class PartyQueue {
 public:
  // `database` outlives this.
  explicit PartyQueue(database::Database* database) : database_(database) {}

  // One party that is to be told now, and no other replica takes it before `again`. Its link is
  // replaced by `link_hash`, which is valid until `link_expires`, or the start of the stay.
  absl::StatusOr<std::optional<PartyToTell>> Take(const std::string& link_hash,
                                                  absl::Time link_expires, absl::Time now,
                                                  absl::Time again, absl::Time deadline) const;
  // It was told, unless it has got another link meanwhile.
  absl::Status MarkTold(const PartyToTell& told, const std::string& link_hash, absl::Time now,
                        absl::Time deadline) const;
  // It cannot be told, and is not tried again; that is kept.
  absl::Status MarkUnreachable(const PartyToTell& party, const std::string& link_hash,
                               absl::Time now, absl::Time deadline) const;

 private:
  absl::Status Settle(const database::Statement& statement, const PartyToTell& party,
                      const std::string& link_hash, absl::Time now, absl::Time deadline) const;

  database::Database* const database_;
};

}  // namespace dm::booking
