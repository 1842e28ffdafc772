#include "services/catalogue/store/offer_writes.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/text/uuid.h"
#include "destinationmetier/event/v1/offer_events.pb.h"
#include "destinationmetier/event/v1/resource_events.pb.h"
#include "services/catalogue/domain/offer_rules.h"
#include "services/catalogue/domain/words.h"
#include "services/catalogue/store/derived_columns.h"
#include "services/catalogue/store/offer_records.h"
#include "services/catalogue/store/search_changes.h"

#include <algorithm>
#include <utility>

namespace dm::catalogue {
namespace {

namespace event = destinationmetier::event::v1;

using database::Statement;
using database::ToMicros;

// The first seventeen parameters are what somebody writes, here and in kChange.
constexpr Statement kInsert{"insert_offer", R"sql(
INSERT INTO offers (rome_code, ogr_code, title, description, audiences, accessible, accessibility,
                    instant_confirmation, demonstration, folded_title, work_mode, languages, hours,
                    supervision, to_bring, reserved_schools, priority_areas_only, site_key,
                    id, siret, key, published, state, state_why, state_party,
                    create_time, update_time)
VALUES (nullif($1, ''), nullif($2, ''), $3, $4, $5::smallint[], $6::smallint = 3, $6, $7, $8, $9,
        $10, $11::text[], $12, $13, $14, $15::text[], $16, nullif($17, ''),
        $18::uuid, $19, $20, $21::smallint = 3, $21, $22, $23, dm_time($24), dm_time($24))
)sql"};

constexpr Statement kChange{"change_offer", R"sql(
UPDATE offers
SET rome_code = nullif($1, ''), ogr_code = nullif($2, ''), title = $3, description = $4,
    audiences = $5::smallint[], accessible = $6::smallint = 3, accessibility = $6,
    instant_confirmation = $7, demonstration = $8, folded_title = $9, work_mode = $10,
    languages = $11::text[], hours = $12, supervision = $13, to_bring = $14,
    reserved_schools = $15::text[], priority_areas_only = $16, site_key = nullif($17, ''),
    update_time = dm_time($20), version = version + 1
WHERE id = $18::uuid AND version = $19
)sql"};

constexpr Statement kStep{"step_offer", R"sql(
UPDATE offers
SET state = $3, published = $3::smallint = 3, state_why = $4, state_text = $5, state_party = $6,
    publish_time = CASE WHEN $3 = 3 THEN dm_time($7) ELSE publish_time END,
    update_time = dm_time($7), version = version + 1
WHERE id = $1::uuid AND version = $2
)sql"};

constexpr Statement kTransition{"insert_offer_transition", R"sql(
INSERT INTO offer_transitions (offer_id, version, at, person, party, from_state, to_state, why)
VALUES ($1::uuid, $2, dm_time($3), $4, $5, $6, $7, $8)
)sql"};

constexpr Statement kPublished{
    "published_offers_of_company",
    "SELECT id FROM offers WHERE siret = $1 AND published ORDER BY id FOR UPDATE"};

constexpr Statement kAddSession{"insert_session", R"sql(
INSERT INTO sessions (id, offer_id, start_time, end_time, capacity, closed)
VALUES ($1::uuid, $2::uuid, dm_time($3), dm_time($4), $5, $6)
)sql"};

constexpr Statement kChangeSession{"change_session", R"sql(
UPDATE sessions SET end_time = dm_time($2), capacity = $3, closed = $4, version = version + 1
WHERE id = $1::uuid AND cancel_time IS NULL
RETURNING version, held
)sql"};

template <typename... Args>
pqxx::result ExecContent(database::Transaction& transaction, const Statement& statement,
                         const OfferContent& content, const Args&... args) {
  return transaction.Exec(
      statement, content.rome_code, content.appellation, content.title, content.description,
      content.audiences, static_cast<int>(content.accessibility), content.instant_confirmation,
      content.demonstration, FoldWords(content.title), static_cast<int>(content.work_mode),
      content.languages, DayHoursText(content.hours), content.supervision, content.to_bring,
      content.reserved_schools, content.priority_areas_only, content.site, args...);
}

// What booking is told of an offer with each of its sessions.
bool ChangesWhatIsAnnounced(const OfferContent& before, const OfferContent& after) {
  return before.rome_code != after.rome_code || before.title != after.title ||
         before.audiences != after.audiences ||
         before.instant_confirmation != after.instant_confirmation ||
         before.work_mode != after.work_mode || before.reserved_schools != after.reserved_schools ||
         before.priority_areas_only != after.priority_areas_only || before.site != after.site;
}

// As PostgreSQL writes them; ids and SIRETs need no quotes.
std::string ArrayOf(const std::set<std::string>& values) {
  return absl::StrCat("{", absl::StrJoin(values, ","), "}");
}

events::NewEvent Changed(const std::string& name, const std::string& department = "") {
  event::ResourceChanged changed;
  changed.set_name(name);
  changed.set_department(department);
  return events::MakeEvent(name, changed);
}

}  // namespace

events::NewEvent OfferChangedEvent(const OfferRecord& record, std::optional<OfferState> from,
                                   OfferState to, OfferParty party, absl::string_view why) {
  event::OfferChanged changed;
  changed.set_offer(record.Name());
  changed.set_company(absl::StrCat("companies/", record.offer.siret));
  changed.set_department(record.company.department);
  if (from.has_value()) changed.set_from_state(std::string(OfferStateName(*from)));
  changed.set_to_state(std::string(OfferStateName(to)));
  changed.set_version(record.version);
  // The event counts them from 1, and nothing is the first.
  changed.set_actor(static_cast<event::OfferChanged::Actor>(static_cast<int>(party) + 1));
  changed.set_reason(std::string(why));
  changed.set_title(record.offer.title);
  return events::MakeEvent(record.Name(), changed);
}

SessionEvents& OfferWrites::sessions() {
  if (!sessions_.has_value()) sessions_.emplace(transaction_, now_);
  return *sessions_;
}

void OfferWrites::NoteTransition(const OfferRecord& record, const OfferTransition& step,
                                 const OfferActor& actor) {
  std::optional<int> from;
  if (step.from.has_value()) from = static_cast<int>(*step.from);
  transaction_->Exec(kTransition, record.offer.id, record.version, ToMicros(now_), actor.person,
                     OfferPartyName(actor.party), from, static_cast<int>(step.to), step.why);
  steps_.push_back(OfferChangedEvent(record, step.from, step.to, actor.party, step.why));
  changed_.insert(record.offer.id);
}

OfferRecord OfferWrites::Begin(const NewOffer& offer, const OfferTransition& step,
                               const OfferActor& actor) {
  const std::string id = NewUuid(now_);
  ExecContent(*transaction_, kInsert, offer.content, id, offer.siret, offer.key,
              static_cast<int>(step.to), step.why, OfferPartyName(actor.party), ToMicros(now_));
  changed_.insert(id);
  OfferRecord record = *ReadOfferRecord(*transaction_, id);
  NoteTransition(record, step, actor);
  for (const SessionContent& session : offer.sessions) AddSession(&record, session);
  return record;
}

absl::Status OfferWrites::Change(OfferRecord* record, const OfferContent& content) {
  const OfferContent before = ContentOf(record->offer);
  const pqxx::result done = ExecContent(*transaction_, kChange, content, record->offer.id,
                                        record->version, ToMicros(now_));
  if (done.affected_rows() != 1) return EtagMismatch(record->Name());
  ++record->version;
  record->update_time = now_;
  SetContent(content, &record->offer);
  changed_.insert(record->offer.id);
  if (record->offer.state != OfferState::kPublished) return absl::OkStatus();
  edited_.insert_or_assign(record->offer.id, record->company.department);
  if (ChangesWhatIsAnnounced(before, content)) sessions().TouchOffers({record->offer.id});
  return absl::OkStatus();
}

absl::Status OfferWrites::Step(OfferRecord* record, const OfferTransition& step,
                               const OfferActor& actor, absl::string_view text) {
  const pqxx::result done =
      transaction_->Exec(kStep, record->offer.id, record->version, static_cast<int>(step.to),
                         step.why, text, OfferPartyName(actor.party), ToMicros(now_));
  if (done.affected_rows() != 1) return EtagMismatch(record->Name());
  ++record->version;
  const bool was_shown = record->offer.state == OfferState::kPublished;
  const bool is_shown = step.to == OfferState::kPublished;
  record->offer.state = step.to;
  record->why = std::string(step.why);
  record->why_text = std::string(text);
  record->decided_by = actor.party;
  if (is_shown) record->publish_time = now_;
  record->update_time = now_;
  NoteTransition(*record, step, actor);
  if (was_shown != is_shown) {
    counted_.insert(record->offer.siret);
    sessions().TouchOffers({record->offer.id});
  }
  return absl::OkStatus();
}

absl::Status OfferWrites::SuspendAll(const std::string& siret, OfferStep step) {
  const OfferTransition* const row =
      FindOfferTransition(OfferState::kPublished, step, OfferParty::kSystem);
  if (row == nullptr) return absl::InternalError("no step that suspends");
  for (const pqxx::row& published : transaction_->Exec(kPublished, siret)) {
    OfferRecord record = *ReadOfferRecord(*transaction_, published["id"].c_str());
    if (absl::Status status = Step(&record, *row, OfferActor{}); !status.ok()) return status;
  }
  return absl::OkStatus();
}

Session OfferWrites::AddSession(OfferRecord* record, const SessionContent& content) {
  Session session{.id = NewUuid(now_),
                  .start = content.start,
                  .end = content.end,
                  .capacity = content.capacity,
                  .available = content.capacity,
                  .closed = content.closed,
                  .version = 1};
  transaction_->Exec(kAddSession, session.id, record->offer.id, ToMicros(content.start),
                     ToMicros(content.end), content.capacity, content.closed);
  std::vector<Session>& all = record->offer.sessions;
  all.insert(std::find_if(all.begin(), all.end(),
                          [&](const Session& other) { return other.start < session.start; }),
             session);
  sessions().Note({session.id});
  changed_.insert(record->offer.id);
  return session;
}

Session OfferWrites::ChangeSession(OfferRecord* record, const Session& session,
                                   const SessionContent& content) {
  const pqxx::result done = transaction_->Exec(kChangeSession, session.id, ToMicros(content.end),
                                               content.capacity, content.closed);
  if (done.empty()) return session;
  Session changed = session;
  changed.end = content.end;
  changed.capacity = content.capacity;
  changed.closed = content.closed;
  changed.version = done[0]["version"].as<int64_t>();
  changed.available = std::max(0, content.capacity - done[0]["held"].as<int>());
  for (Session& one : record->offer.sessions) {
    if (one.id == changed.id) one = changed;
  }
  sessions().Note({session.id});
  changed_.insert(record->offer.id);
  return changed;
}

void OfferWrites::Settle() {
  if (settled_ || changed_.empty()) return;
  RefreshOffers(*transaction_, ArrayOf(changed_));
  if (!counted_.empty()) CountOffers(*transaction_, ArrayOf(counted_));
  settled_ = true;
}

std::vector<events::NewEvent> OfferWrites::Finish() {
  std::vector<events::NewEvent> news;
  if (changed_.empty()) return news;
  Settle();
  news = std::move(steps_);
  if (sessions_.has_value()) {
    for (events::NewEvent& told : sessions_->Announce()) news.push_back(std::move(told));
  }
  for (const std::string& id : changed_) {
    const auto edited = edited_.find(id);
    news.push_back(
        Changed(absl::StrCat("offers/", id), edited == edited_.end() ? "" : edited->second));
  }
  for (const std::string& siret : counted_) {
    news.push_back(Changed(absl::StrCat("companies/", siret)));
  }
  TouchOffers(*transaction_, ArrayOf(changed_), now_);
  return news;
}

}  // namespace dm::catalogue
