#include "services/notification/domain/message_rules.h"

#include "absl/strings/match.h"
#include "absl/time/civil_time.h"
#include "common/time/clock.h"

#include <array>

namespace dm::notification {
namespace {

using K = MessageKind;
using Kind = std::optional<MessageKind>;

// What reaching a state for a reason means for the two parties; the first row that fits counts.
struct Rule {
  absl::string_view to_state;
  // Empty for every reason.
  absl::string_view reason;
  Kind applicant;
  Kind host;
};

constexpr std::array kRules = {
    Rule{"WAITLISTED", "", K::kWaitlisted, {}},
    Rule{"OFFERED", "", K::kOffered, {}},
    Rule{"PENDING_CONSENT", "CONSENT_NEEDED_AGAIN", K::kConsentNeededAgain, K::kConsentNeededAgain},
    Rule{"PENDING_CONSENT", "", K::kConsentNeeded, {}},
    Rule{"PENDING_HOST", "", K::kRequestReceived, K::kNewRequest},
    Rule{"CONFIRMED", "", K::kConfirmed, K::kConfirmed},
    Rule{"DECLINED", "", K::kDeclined, {}},
    Rule{"EXPIRED", "OFFER_EXPIRED", K::kOfferExpired, {}},
    Rule{"EXPIRED", "CONSENT_EXPIRED", K::kConsentExpired, {}},
    Rule{"EXPIRED", "HOST_DID_NOT_ANSWER", K::kHostSilent, K::kHostSilent},
    Rule{"EXPIRED", "WAITLIST_ENDED", K::kWaitlistEnded, {}},
    Rule{"EXPIRED", "", K::kExpired, {}},
    Rule{"NO_SHOW", "APPLICANT_ABSENT", K::kNoShow, {}},
    Rule{"NO_SHOW", "HOST_ABSENT", K::kHostAbsent, K::kHostAbsent},
};

// A cancellation is told to whom the booking was known, and why.
struct Cancellation {
  absl::string_view reason;
  // Absent: as a cancellation of its own.
  Kind applicant;
  Kind host;
  // The host brought it about for a whole session, and needs no mail for each.
  bool host_knows = false;
};

constexpr std::array kCancellations = {
    Cancellation{"RESCHEDULED", K::kRescheduled, K::kRescheduled},
    Cancellation{"SESSION_CANCELLED", K::kSessionCancelled, {}, true},
    Cancellation{"CONSENT_WITHDRAWN", K::kConsentWithdrawn, {}},
    Cancellation{"CONSENT_REFUSED", K::kConsentRefused, {}},
    Cancellation{"AGREEMENT_MISSING", K::kAgreementMissing, K::kAgreementMissing},
    Cancellation{"OVERLAPPING_CONFIRMED", K::kOverlapReleased, {}},
    Cancellation{"NOT_ELIGIBLE_ANY_MORE", K::kNotEligibleAnyMore, {}},
    Cancellation{"OVERLAP_AFTER_MOVE", K::kOverlapAfterMove, {}},
};

// Whether the host was told of the booking in the state that it left.
bool HostKnew(const BookingStep& step) {
  return step.from_state == "CONFIRMED" || step.from_state == "PENDING_HOST";
}

Rule CancellationOf(const BookingStep& step) {
  const bool confirmed = step.from_state == "CONFIRMED";
  const Kind plain = confirmed ? K::kConfirmedCancelled : K::kRequestCancelled;
  const bool host_knew = HostKnew(step);
  Rule rule{"", "", plain, host_knew ? plain : Kind()};
  for (const Cancellation& row : kCancellations) {
    if (row.reason != step.reason) continue;
    if (row.applicant.has_value()) rule.applicant = row.applicant;
    if (host_knew && row.host.has_value()) rule.host = row.host;
    if (row.host_knows) rule.host.reset();
  }
  return rule;
}

std::optional<Rule> RuleFor(const BookingStep& step) {
  if (step.from_state == step.to_state) {
    if (step.reason != "SESSION_MOVED") return std::nullopt;
    return Rule{"", "", K::kSessionMoved, HostKnew(step) ? Kind(K::kSessionMoved) : Kind()};
  }
  if (step.to_state == "CANCELLED") return CancellationOf(step);
  for (const Rule& rule : kRules) {
    if (rule.to_state == step.to_state && (rule.reason.empty() || rule.reason == step.reason)) {
      return rule;
    }
  }
  return std::nullopt;
}

// A reminder that would come this soon after what it reminds of says nothing.
constexpr absl::Duration kTooSoon = absl::Hours(2);
constexpr absl::Duration kHostReminderBefore = absl::Hours(48);
constexpr absl::Duration kHostLastReminderBefore = absl::Hours(24);
constexpr int kStayReminderHour = 10;

void Remind(const BookingStep& step, const std::string& recipient, MessageKind kind,
            absl::Time when, absl::Time useless_after, std::vector<PlannedMessage>* messages) {
  if (when < step.time + kTooSoon) return;
  messages->push_back({recipient, kind, when, useless_after});
}

void AddReminders(const BookingStep& step, std::vector<PlannedMessage>* messages) {
  if (step.to_state == "CONFIRMED") {
    const absl::Time morning = StayReminderTime(step.start_time);
    for (const std::string& party : {step.applicant, step.host}) {
      Remind(step, party, K::kStayTomorrow, morning, step.start_time, messages);
    }
  }
  if (!step.expire_time.has_value()) return;
  const absl::Time end = *step.expire_time;
  if (step.to_state == "PENDING_HOST") {
    Remind(step, step.host, K::kHostReminder, end - kHostReminderBefore, end, messages);
    Remind(step, step.host, K::kHostLastReminder, end - kHostLastReminderBefore, end, messages);
  } else if (step.to_state == "OFFERED") {
    // Half of the time has gone.
    Remind(step, step.applicant, K::kOfferReminder, step.time + (end - step.time) / 2, end,
           messages);
  }
}

}  // namespace

absl::Time StayReminderTime(absl::Time session_start) {
  const absl::CivilDay day = absl::ToCivilDay(session_start, ParisTimeZone()) - 1;
  return absl::FromCivil(absl::CivilHour(day) + kStayReminderHour, ParisTimeZone());
}

std::vector<PlannedMessage> MessagesFor(const BookingStep& step) {
  std::vector<PlannedMessage> messages;
  const std::optional<Rule> rule = RuleFor(step);
  if (!rule.has_value()) return messages;
  const auto tell = [&](const std::string& party, Kind kind) {
    if (!kind.has_value()) return;
    messages.push_back({.recipient = party, .kind = *kind});
    if (TellsNewTime(*kind)) messages.back().useless_after = step.start_time;
  };
  tell(step.applicant, rule->applicant);
  tell(step.host, rule->host);
  AddReminders(step, &messages);
  // Whose booking has lost its name, as one reads who begins the feed later, is told nothing.
  std::erase_if(messages, [](const PlannedMessage& message) {
    return absl::StartsWith(message.recipient, "people/erased-");
  });
  return messages;
}

}  // namespace dm::notification
