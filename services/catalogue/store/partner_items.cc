#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/errors/error.h"
#include "services/catalogue/domain/offer_rules.h"
#include "services/catalogue/store/offer_records.h"
#include "services/catalogue/store/partner_runs.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

// What becomes of the items of a run.
namespace dm::catalogue {
namespace {

using database::Statement;
using database::Transaction;

constexpr Statement kKnown{"known_partner_offers", R"sql(
SELECT p.key, p.offer_id, p.content_hash, p.last_run, o.state
FROM partner_offers p JOIN offers o ON o.id = p.offer_id
WHERE p.source = $1 AND p.key = ANY ($2::text[])
)sql"};

constexpr Statement kKeepOffer{"keep_partner_offer", R"sql(
INSERT INTO partner_offers AS t (source, key, offer_id, content_hash, last_run)
VALUES ($1, $2, $3::uuid, $4::bytea, $5)
ON CONFLICT (source, key) DO UPDATE
SET offer_id = excluded.offer_id, content_hash = excluded.content_hash,
    last_run = greatest(t.last_run, excluded.last_run)
)sql"};

constexpr Statement kNamed{"name_partner_offers", R"sql(
UPDATE partner_offers SET last_run = $3
WHERE source = $1 AND key = ANY ($2::text[]) AND last_run < $3
)sql"};

// What a sender does not answer for any more it could not withdraw either.
constexpr Statement kUnnamed{"unnamed_partner_offers", R"sql(
SELECT p.key, p.offer_id
FROM partner_offers p JOIN offers o ON o.id = p.offer_id JOIN companies c USING (siret)
WHERE p.source = $1 AND p.last_run < $2 AND o.state <> 5
  AND ($4 OR c.department = ANY ($5::text[]))
ORDER BY p.offer_id LIMIT $3
)sql"};

// An offer that went out of sight is not as it was, whatever is sent next.
constexpr char kNoHash[] = "";

struct KnownOffer {
  std::string id;
  std::string hash;
  int64_t last_run = 0;
  OfferState state = OfferState::kDraft;
};

absl::Status FieldError(absl::string_view field, absl::string_view what) {
  Violations violations;
  violations.Add(field, what);
  return violations.ToStatus();
}

// Our own key of the offer: of a company's offers each has one, at most 40 characters.
std::string KeyOf(Transaction& transaction, const std::string& source, const PartnerItem& item) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(item.key.data()), item.key.size(), digest.data());
  const std::string hash = absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
  const std::string key = absl::StrCat(source.substr(0, 27), "-", hash.substr(0, 12));
  return HasOfferKey(transaction, item.siret, key) ? FreeOfferKey(transaction, item.siret, key)
                                                   : key;
}

std::vector<SessionContent> ToCome(const std::vector<SessionContent>& sessions, absl::Time now) {
  std::vector<SessionContent> to_come;
  for (const SessionContent& session : sessions) {
    if (session.start > now) to_come.push_back(session);
  }
  return to_come;
}

// Takes one item after the other.
class Items {
 public:
  Items(Transaction* transaction, OfferWrites* writes, const PartnerSender* sender, absl::Time now,
        PartnerRun* run)
      : transaction_(*transaction),
        writes_(*writes),
        sender_(*sender),
        now_(now),
        run_(*run),
        actor_{sender->person, OfferParty::kPartner} {}

  void LookUp(const std::vector<PartnerItem>& items) {
    std::vector<std::string> keys;
    for (const PartnerItem& item : items) keys.push_back(item.key);
    for (const pqxx::row& row : transaction_.Exec(kKnown, run_.source, keys)) {
      known_[row["key"].c_str()] = {.id = row["offer_id"].c_str(),
                                    .hash = database::FromBytea(row["content_hash"]),
                                    .last_run = row["last_run"].as<int64_t>(),
                                    .state = static_cast<OfferState>(row["state"].as<int>())};
    }
  }

  ItemResult Take(const PartnerItem& item) {
    ItemResult result{.line = item.line, .key = item.key};
    if (item.line <= run_.last_line) {
      if (const auto known = known_.find(item.key); known != known_.end()) {
        result.offer = known->second.id;
      }
      return result;
    }
    const auto outcome = Decide(item);
    result.outcome = outcome.ok() ? *outcome : ItemOutcome::kRefused;
    if (!outcome.ok()) result.error = outcome.status();
    if (const auto known = known_.find(item.key); known != known_.end()) {
      // What was refused was named all the same.
      named_.push_back(item.key);
      known->second.last_run = std::max(known->second.last_run, run_.number);
      if (outcome.ok()) result.offer = known->second.id;
    }
    run_.last_line = item.line;
    run_.counts.Count(result.outcome);
    return result;
  }

  void KeepNamed() { transaction_.Exec(kNamed, run_.source, named_, run_.number); }

 private:
  absl::StatusOr<ItemOutcome> Decide(const PartnerItem& item) {
    if (!item.fault.ok()) return item.fault;
    const auto known = known_.find(item.key);
    const bool is_known = known != known_.end();
    if (is_known && known->second.last_run == run_.number) {
      return FieldError("key", "was sent before in this run");
    }
    if (item.withdrawn) {
      if (!is_known) return NotFoundError(absl::StrCat("sources/", run_.source, "/offers/-"));
      return Withdraw(item.key, &known->second);
    }
    if (is_known && known->second.hash == item.hash) return ItemOutcome::kUnchanged;
    return Write(item, is_known ? &known->second : nullptr);
  }

  absl::StatusOr<ItemOutcome> Withdraw(const std::string& key, KnownOffer* known) {
    if (known->state == OfferState::kArchived) return ItemOutcome::kUnchanged;
    std::optional<OfferRecord> record = LockOffer(transaction_, known->id);
    if (!record.has_value() || !sender_.AnswersFor(record->company.department)) {
      return NotFoundError(absl::StrCat("offers/", known->id));
    }
    const auto step = DecideOfferStep(record->Name(), record->offer.state, OfferStep::kArchive,
                                      OfferParty::kPartner, FactsOf(*record, now_));
    if (!step.ok()) return step.status();
    if (absl::Status done = writes_.Step(&*record, *step, actor_); !done.ok()) return done;
    Keep(key, known->id, kNoHash, OfferState::kArchived);
    return ItemOutcome::kWithdrawn;
  }

  // Everything is looked at before anything is written.
  absl::StatusOr<ItemOutcome> Write(const PartnerItem& item, const KnownOffer* known) {
    const std::optional<CompanyStanding> company = LockCompany(transaction_, item.siret);
    if (!company.has_value() || !sender_.AnswersFor(company->department)) {
      return NotFoundError(absl::StrCat("companies/", item.siret));
    }
    // What is over is over: its key begins another.
    if (known == nullptr || known->state == OfferState::kArchived) return Begin(item, *company);
    std::optional<OfferRecord> record = LockOffer(transaction_, known->id);
    if (!record.has_value()) return NotFoundError(absl::StrCat("offers/", known->id));
    // Somebody may have ended it since it was looked up.
    if (record->offer.state == OfferState::kArchived) return Begin(item, *company);
    if (record->offer.siret != item.siret) {
      return FieldError("company", "must be the company that the offer was sent for at first");
    }
    return Change(item, &*record);
  }

  absl::Status CheckNames(const PartnerItem& item, const std::string& had) {
    Violations violations;
    CheckReferences(transaction_, item.siret, item.content, had, "offer", violations);
    return violations.ToStatus();
  }

  absl::StatusOr<ItemOutcome> Begin(const PartnerItem& item, const CompanyStanding& company) {
    if (absl::Status names = CheckNames(item, ""); !names.ok()) return names;
    auto steps = DecideSteps("offers/-", std::nullopt, false, FactsWith(item, company, false));
    if (!steps.ok()) return steps.status();
    OfferRecord record = writes_.Begin({.siret = item.siret,
                                        .key = KeyOf(transaction_, run_.source, item),
                                        .content = item.content,
                                        .sessions = ToCome(item.sessions, now_)},
                                       steps->front(), actor_);
    steps->erase(steps->begin());
    return TakeSteps(item, *steps, &record, ItemOutcome::kAdded);
  }

  absl::StatusOr<ItemOutcome> Change(const PartnerItem& item, OfferRecord* record) {
    const OfferContent before = ContentOf(record->offer);
    if (absl::Status names = CheckNames(item, before.rome_code); !names.ok()) return names;
    OfferRecord after = *record;
    SetContent(item.content, &after.offer);
    if (absl::Status whole = CheckStaysWhole(*record, after, now_); !whole.ok()) return whole;
    const std::vector<SessionContent> wanted = ToCome(item.sessions, now_);
    if (absl::Status dates = CheckDates(wanted, record->offer.sessions); !dates.ok()) return dates;
    const bool obsolete = record->profession_obsolete && before.rome_code == item.content.rome_code;
    const auto steps =
        DecideSteps(record->Name(), record->offer.state, ChangesWhatWasRead(before, item.content),
                    FactsWith(item, record->company, obsolete));
    if (!steps.ok()) return steps.status();
    if (before != item.content) {
      if (absl::Status done = writes_.Change(record, item.content); !done.ok()) return done;
    }
    SyncSessions(wanted, record);
    return TakeSteps(item, *steps, record, ItemOutcome::kChanged);
  }

  absl::StatusOr<ItemOutcome> TakeSteps(const PartnerItem& item,
                                        const std::vector<OfferTransition>& steps,
                                        OfferRecord* record, ItemOutcome outcome) {
    for (const OfferTransition& step : steps) {
      if (absl::Status done = writes_.Step(record, step, actor_); !done.ok()) return done;
    }
    Keep(item.key, record->offer.id, item.hash, record->offer.state);
    return outcome;
  }

  // A date that is not sent any more is closed and stays: whoever sends others each time comes to
  // have more than an offer may.
  absl::Status CheckDates(const std::vector<SessionContent>& wanted,
                          const std::vector<Session>& there) const {
    absl::flat_hash_set<absl::Time> dates;
    for (const SessionContent& session : wanted) dates.insert(session.start);
    for (const Session& session : there) {
      if (session.start > now_) dates.insert(session.start);
    }
    if (dates.size() <= kMostRecordSessions) return absl::OkStatus();
    return FieldError("sessions",
                      absl::StrCat("must be, with those that were sent before, at most ",
                                   kMostRecordSessions, " dates to come of an offer"));
  }

  // What would be known of the offer once it says what the item says.
  OfferFacts FactsWith(const PartnerItem& item, const CompanyStanding& company,
                       bool profession_obsolete) const {
    Offer offer;
    SetContent(item.content, &offer);
    for (const SessionContent& session : item.sessions) {
      offer.sessions.push_back({.start = session.start, .closed = session.closed});
    }
    return {.company_banned = company.banned,
            .company_closed = company.closed_since.has_value(),
            .lacks = LacksOf(offer, profession_obsolete, now_)};
  }

  absl::StatusOr<std::vector<OfferTransition>> DecideSteps(absl::string_view name,
                                                           std::optional<OfferState> state,
                                                           bool changes_what_was_read,
                                                           const OfferFacts& facts) {
    std::vector<OfferTransition> decided;
    for (const OfferStep step : StepsAfterImport(state, sender_.publishes, changes_what_was_read)) {
      const auto row = DecideOfferStep(name, state, step, OfferParty::kPartner, facts);
      if (!row.ok()) return row.status();
      decided.push_back(*row);
      state = row->to;
    }
    return decided;
  }

  void SyncSessions(const std::vector<SessionContent>& wanted, OfferRecord* record) {
    const std::vector<Session> there = record->offer.sessions;
    for (const Session& session : there) {
      if (session.start <= now_ || session.cancel_time.has_value()) continue;
      SessionContent content{session.start, session.end, session.capacity, session.closed};
      const auto found = std::find_if(wanted.begin(), wanted.end(),
                                      [&](const auto& one) { return one.start == session.start; });
      const SessionContent before = content;
      content.closed = true;
      if (found != wanted.end()) content = *found;
      if (content != before) writes_.ChangeSession(record, session, content);
    }
    for (const SessionContent& content : wanted) {
      const bool is_there = std::any_of(there.begin(), there.end(), [&](const Session& session) {
        return session.start == content.start;
      });
      if (!is_there) writes_.AddSession(record, content);
    }
  }

  void Keep(const std::string& key, const std::string& offer, const std::string& hash,
            OfferState state) {
    transaction_.Exec(kKeepOffer, run_.source, key, offer, database::ToBytea(hash), run_.number);
    known_[key] = {.id = offer, .hash = hash, .last_run = run_.number, .state = state};
  }

  Transaction& transaction_;
  OfferWrites& writes_;
  const PartnerSender& sender_;
  const absl::Time now_;
  PartnerRun& run_;
  const OfferActor actor_;
  absl::flat_hash_map<std::string, KnownOffer> known_;
  std::vector<std::string> named_;
};

}  // namespace

std::vector<ItemResult> TakeItems(Transaction& transaction, OfferWrites& writes,
                                  const PartnerSender& sender,
                                  const std::vector<PartnerItem>& items, absl::Time now,
                                  PartnerRun* run) {
  Items taking(&transaction, &writes, &sender, now, run);
  taking.LookUp(items);
  std::vector<ItemResult> results;
  for (const PartnerItem& item : items) results.push_back(taking.Take(item));
  taking.KeepNamed();
  return results;
}

absl::StatusOr<bool> ArchiveUnnamed(Transaction& transaction, OfferWrites& writes,
                                    const PartnerSender& sender, int most, absl::Time now,
                                    PartnerRun* run) {
  const pqxx::result unnamed = transaction.Exec(kUnnamed, run->source, run->number, most,
                                                sender.everywhere, sender.departments);
  for (const pqxx::row& row : unnamed) {
    std::optional<OfferRecord> record = LockOffer(transaction, row["offer_id"].c_str());
    if (!record.has_value() || record->offer.state == OfferState::kArchived) continue;
    const auto step = DecideOfferStep(record->Name(), record->offer.state, OfferStep::kVanished,
                                      OfferParty::kSystem, FactsOf(*record, now));
    if (!step.ok()) return step.status();
    if (absl::Status done = writes.Step(&*record, *step, OfferActor{}); !done.ok()) return done;
    // The run did not name it: its own number stays.
    transaction.Exec(kKeepOffer, run->source, row["key"].c_str(), record->offer.id,
                     database::ToBytea(kNoHash), 0);
    ++run->counts.archived;
  }
  return !unnamed.empty();
}

}  // namespace dm::catalogue
