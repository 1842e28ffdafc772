#include "services/notification/store/message_plan.h"

#include "absl/strings/str_join.h"
#include "common/errors/error.h"
#include "common/telemetry/trace_context.h"
#include "common/text/addressee.h"
#include "common/text/uuid.h"
#include "services/notification/domain/message_rules.h"
#include "services/notification/store/release_gate.h"
#include "services/notification/store/session_store.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace dm::notification {
namespace {

using database::Statement;
using database::ToMicros;
using database::Transaction;

// Stands in the column of parties for somebody who is none.
constexpr char kDirectAddress[] = "address";
// How long it helps anybody to know that seats were taken away.
constexpr absl::Duration kOverbookingIsNews = absl::Hours(7 * 24);
// How long it helps to know that a webhook is disabled.
constexpr absl::Duration kWebhookIsNews = absl::Hours(14 * 24);

constexpr Statement kAddMessages{"add_messages", R"sql(
    INSERT INTO messages
      (id, event_id, recipient, kind, booking, booking_version, session, actor, end_time, created,
       from_state, deadline, not_before, useless_after, secret, display_name, email,
       similar_sessions, offer_title, traceparent, state, next_attempt)
    SELECT new.id, new.event_id, new.recipient, new.kind, new.booking, new.booking_version,
           new.session, new.actor, dm_time(new.end_time), dm_time(new.created), new.from_state,
           dm_time(new.deadline), coalesce(dm_time(new.not_before), '-infinity'),
           coalesce(dm_time(new.useless_after), 'infinity'), new.secret, new.display_name,
           new.email, string_to_array(new.similar_sessions, ' '), new.offer_title, new.traceparent,
           CASE WHEN (new.email IS NOT NULL
                      OR EXISTS (SELECT FROM contacts AS c WHERE c.party = new.recipient))
                 AND (new.session = ''
                      OR EXISTS (
                        SELECT FROM sessions AS s
                        WHERE s.name = new.session
                          AND (new.kind NOT IN ('SESSION_MOVED', 'CONSENT_NEEDED_AGAIN')
                               OR (s.start_time = dm_time(new.useless_after)
                                   AND s.end_time = dm_time(new.end_time)))))
             THEN 'ready' ELSE 'waiting' END,
           greatest(dm_time(new.not_before), dm_time($21))
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::bigint[],
                $7::text[], $8::text[], $9::bigint[], $10::bigint[], $11::text[], $12::bigint[],
                $13::bigint[], $14::bigint[], $15::text[], $16::text[], $17::text[], $18::text[],
                $19::text[], $20::text[])
      AS new (id, event_id, recipient, kind, booking, booking_version, session, actor, end_time,
              created, from_state, deadline, not_before, useless_after, secret, display_name, email,
              similar_sessions, offer_title, traceparent)
    ON CONFLICT DO NOTHING)sql"};

constexpr Statement kDropReminders{"drop_reminders", R"sql(
    UPDATE messages AS m SET state = 'dropped', failure = 'MOVED_ON'
    FROM unnest($1::text[], $2::bigint[]) AS moved (booking, version)
    WHERE m.booking = moved.booking AND m.booking_version < moved.version
      AND m.state IN ('waiting', 'ready')
      AND m.kind IN ('HOST_REMINDER', 'HOST_LAST_REMINDER', 'OFFER_REMINDER', 'STAY_TOMORROW')
    )sql"};

// A time that was told too late, since the session has moved on: the next message has the new one.
constexpr Statement kDropOldTimes{"drop_old_times", R"sql(
    UPDATE messages AS m SET state = 'dropped', failure = 'MOVED_ON'
    FROM unnest($1::text[], $2::bigint[]) AS moved (booking, version)
    WHERE m.booking = moved.booking AND m.booking_version < moved.version
      AND m.state = 'waiting' AND m.kind IN ('SESSION_MOVED', 'CONSENT_NEEDED_AGAIN')
    )sql"};

constexpr Statement kFindMailbox{"find_mailbox", "SELECT email FROM contacts WHERE party = $1"};

constexpr Statement kDropReplaced{"drop_replaced_links", R"sql(
    UPDATE messages
    SET state = 'dropped', failure = 'REPLACED', secret = NULL, display_name = NULL, email = NULL
    WHERE booking = $1 AND kind = $2 AND id <> $3::uuid AND state IN ('waiting', 'ready')
      AND secret IS NOT NULL AND recipient = $4 AND lower(email) IS NOT DISTINCT FROM lower($5)
    )sql"};

using OptionalText = std::optional<std::string>;

OptionalText Micros(absl::Time time) {
  if (time == absl::InfinitePast() || time == absl::InfiniteFuture()) return std::nullopt;
  return std::to_string(ToMicros(time));
}

struct NewMessage {
  std::string event_id;
  PlannedMessage planned;
  std::string resource;
  std::optional<int64_t> booking_version;
  std::string session;
  Actor actor = Actor::kSystem;
  absl::Time end_time;
  absl::Time created;
  std::string from_state;
  std::optional<absl::Time> deadline;
  OptionalText secret;
  OptionalText display_name;
  OptionalText email;
  std::vector<std::string> similar_sessions;
  std::string offer_title;
  // Empty: of the call that is being answered.
  std::string traceparent = "";

  std::string id() const { return MessageUuid(event_id, planned.recipient, planned.kind); }
};

// How many were not there before.
int64_t Add(Transaction& transaction, const std::vector<NewMessage>& messages, absl::Time now) {
  if (messages.empty()) return 0;
  std::vector<std::string> ids, events, recipients, kinds, resources, sessions, actors, froms,
      similar, titles, traces;
  std::vector<OptionalText> versions, deadlines, not_befores, useless, secrets, names, emails;
  std::vector<int64_t> ends, times;
  for (const NewMessage& message : messages) {
    ids.push_back(message.id());
    events.push_back(message.event_id);
    recipients.push_back(message.planned.recipient);
    kinds.emplace_back(MessageKindName(message.planned.kind));
    resources.push_back(message.resource);
    versions.push_back(message.booking_version.has_value()
                           ? OptionalText(std::to_string(*message.booking_version))
                           : std::nullopt);
    sessions.push_back(message.session);
    actors.emplace_back(ActorName(message.actor));
    ends.push_back(ToMicros(message.end_time));
    times.push_back(ToMicros(message.created));
    froms.push_back(message.from_state);
    deadlines.push_back(message.deadline.has_value() ? Micros(*message.deadline) : std::nullopt);
    not_befores.push_back(Micros(message.planned.not_before));
    useless.push_back(Micros(message.planned.useless_after));
    secrets.push_back(message.secret);
    names.push_back(message.display_name);
    emails.push_back(message.email);
    // Unnested, an array of arrays would lose its rows; no name has a space.
    similar.push_back(absl::StrJoin(message.similar_sessions, " "));
    titles.push_back(message.offer_title);
    traces.emplace_back(message.traceparent.empty() ? telemetry::CurrentTraceparent()
                                                    : message.traceparent);
  }
  EnterAsWaiter(transaction);
  return static_cast<int64_t>(transaction
                                  .Exec(kAddMessages, ids, events, recipients, kinds, resources,
                                        versions, sessions, actors, ends, times, froms, deadlines,
                                        not_befores, useless, secrets, names, emails, similar,
                                        titles, traces, ToMicros(now))
                                  .affected_rows());
}

absl::Status GuardianIsApplicant() {
  return MakeError(absl::StatusCode::kFailedPrecondition, "the address is the applicant's own",
                   {.reason = "GUARDIAN_IS_APPLICANT",
                    .message_fr = "L'adresse du responsable légal ne peut pas être celle du jeune.",
                    .message_en = "A guardian's address cannot be the young person's own."});
}

}  // namespace

void PlanMessages(Transaction& transaction, const std::vector<BookingStep>& steps, absl::Time now) {
  std::vector<NewMessage> messages;
  std::map<std::string, int64_t> newest;
  std::set<std::string> stays;
  for (const BookingStep& step : steps) {
    int64_t& version = newest[step.booking];
    version = std::max(version, step.version);
    if (IsTooLate(step.end_time, now)) continue;
    for (PlannedMessage& planned : MessagesFor(step)) {
      if (planned.kind == MessageKind::kStayTomorrow) stays.insert(step.session);
      const bool to_applicant = planned.recipient == step.applicant;
      messages.push_back(
          {.event_id = step.event_id,
           .planned = std::move(planned),
           .resource = step.booking,
           .booking_version = step.version,
           .session = step.session,
           .actor = step.actor,
           .end_time = step.end_time,
           .created = step.time,
           .from_state = step.from_state,
           .deadline = step.expire_time,
           .similar_sessions = to_applicant ? step.similar_sessions : std::vector<std::string>(),
           .traceparent = step.traceparent});
    }
  }
  Add(transaction, messages, now);
  // The session's own feed may know of another day than the booking's.
  if (!stays.empty()) MoveStayReminders(transaction, {stays.begin(), stays.end()}, now);
  if (newest.empty()) return;
  std::vector<std::string> bookings;
  std::vector<int64_t> versions;
  for (const auto& [booking, version] : newest) {
    bookings.push_back(booking);
    versions.push_back(version);
  }
  transaction.Exec(kDropReminders, bookings, versions);
  transaction.Exec(kDropOldTimes, bookings, versions);
}

void PlanOverbookingMessages(Transaction& transaction, const std::vector<Overbooking>& overbookings,
                             absl::Time now) {
  std::vector<NewMessage> messages;
  for (const Overbooking& told : overbookings) {
    const absl::Time end = told.time + kOverbookingIsNews;
    if (end < now) continue;
    const auto tell = [&](const std::string& party, const std::string& booking) {
      messages.push_back({.event_id = told.event_id,
                          .planned = {party, MessageKind::kCapacityReduced},
                          .resource = booking,
                          .booking_version = std::nullopt,
                          .session = told.session,
                          .actor = Actor::kHost,
                          .end_time = end,
                          .created = told.time,
                          .traceparent = told.traceparent});
    };
    tell(told.host, "");
    for (const Overbooking::LastIn& last : told.last_in) tell(last.applicant, last.booking);
  }
  Add(transaction, messages, now);
}

void PlanOfferMessages(Transaction& transaction, const std::vector<OfferMessage>& offer_messages,
                       absl::Time now) {
  std::vector<NewMessage> messages;
  for (const OfferMessage& planned : offer_messages) {
    const absl::Time end = planned.planned.useless_after;
    if (end <= now) continue;
    messages.push_back({.event_id = planned.cause,
                        .planned = planned.planned,
                        .resource = planned.resource,
                        .booking_version = planned.version,
                        .end_time = end,
                        .created = planned.time,
                        .offer_title = planned.title,
                        .traceparent = planned.traceparent});
  }
  Add(transaction, messages, now);
}

void PlanWebhookDisabled(Transaction& transaction, const std::string& webhook,
                         const std::string& owner, const std::string& title, absl::Time now) {
  const absl::Time end = now + kWebhookIsNews;
  Add(transaction,
      {{.event_id = NewUuid(now),
        .planned = {.recipient = owner,
                    .kind = MessageKind::kWebhookDisabled,
                    .useless_after = end},
        .resource = webhook,
        .booking_version = std::nullopt,
        .end_time = end,
        .created = now,
        .offer_title = title}},
      now);
}

absl::Status PlanLink(Transaction& transaction, const Link& link, absl::Time now) {
  const bool direct = link.party.empty();
  if (direct && !link.applicant.empty()) {
    const pqxx::result own = transaction.Exec(kFindMailbox, link.applicant);
    if (!own.empty() && MailboxOf(own[0][0].c_str()) == MailboxOf(link.email)) {
      return GuardianIsApplicant();
    }
  }
  const NewMessage message = {
      .event_id = link.request_id,
      .planned = {direct ? kDirectAddress : link.party, link.kind, absl::InfinitePast(),
                  link.expire_time},
      .resource = link.resource,
      .booking_version = std::nullopt,
      .session = link.session,
      .actor = Actor::kSystem,
      .end_time = link.expire_time,
      .created = now,
      .deadline = link.expire_time,
      .secret = link.secret,
      .display_name = direct ? OptionalText(link.display_name) : std::nullopt,
      .email = direct ? OptionalText(link.email) : std::nullopt};
  // What was taken over before stays as it is, whatever came after it.
  if (Add(transaction, {message}, now) == 0) return absl::OkStatus();
  transaction.Exec(kDropReplaced, link.resource, MessageKindName(link.kind), message.id(),
                   message.planned.recipient, message.email);
  return absl::OkStatus();
}

}  // namespace dm::notification
