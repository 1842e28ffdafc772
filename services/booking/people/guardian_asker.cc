#include "services/booking/people/guardian_asker.h"

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/auth/link_token.h"
#include "common/telemetry/log.h"
#include "common/telemetry/metrics.h"
#include "common/text/uuid.h"
#include "services/booking/store/consent_request_store.h"
#include "services/booking/store/people_lock.h"

#include <algorithm>
#include <set>
#include <utility>

namespace dm::booking {
namespace {

using database::Transaction;
using telemetry::Severity;

constexpr absl::Duration kDatabaseTime = absl::Seconds(5);
constexpr absl::Duration kFirstPause = absl::Seconds(1);
constexpr absl::Duration kLongestPause = absl::Minutes(1);

absl::Duration PauseAfter(int attempts) {
  absl::Duration pause = kFirstPause;
  for (int i = 1; i < attempts && pause < kLongestPause; ++i) pause *= 2;
  return std::min(pause, kLongestPause);
}

void Complain(absl::string_view event, const absl::Status& status) {
  telemetry::Log(Severity::kWarning, event, {{"code", absl::StatusCodeToString(status.code())}});
}

}  // namespace

GuardianAsker::GuardianAsker(Options options, database::Database* database, LinkSender* sender,
                             const Clock* clock)
    : options_(options),
      database_(database),
      sender_(sender),
      clock_(clock),
      // A full batch may not be all.
      task_([this] {
        return AskNow().put < options_.batch ? options_.poll : absl::ZeroDuration();
      }) {}

GuardianAsker::Round GuardianAsker::AskNow() {
  const bool kept = KeepUnsettled();
  CloseStale();
  std::vector<Unsettled> put = PutNew();
  const int count = static_cast<int>(put.size());
  std::move(put.begin(), put.end(), std::back_inserter(unsettled_));
  if (kept) HandOverDue();
  return {.put = count, .unsettled = static_cast<int>(unsettled_.size())};
}

bool GuardianAsker::KeepUnsettled() {
  if (unsettled_.empty()) return true;
  std::vector<std::string> ids;
  for (const Unsettled& one : unsettled_) ids.push_back(one.link.request_id);
  const auto kept = database_->Write(
      Deadline(), [&](Transaction& transaction) -> absl::StatusOr<std::vector<std::string>> {
        return KeepSending(transaction, ids, clock_->Now() + options_.settle);
      });
  if (!kept.ok()) {
    Complain("questions_not_kept", kept.status());
    return false;
  }
  const std::set<std::string> alive(kept->begin(), kept->end());
  std::erase_if(unsettled_,
                [&](const Unsettled& one) { return !alive.contains(one.link.request_id); });
  return true;
}

void GuardianAsker::CloseStale() {
  const absl::Status closed = database_->Write(Deadline(), [&](Transaction& transaction) {
    CloseStaleQuestions(transaction, clock_->Now());
    return absl::OkStatus();
  });
  if (!closed.ok()) Complain("stale_questions_not_closed", closed);
}

std::vector<GuardianAsker::Unsettled> GuardianAsker::PutNew() {
  absl::flat_hash_map<std::string, std::string> tokens;
  const auto put = database_->Write(
      Deadline(), [&](Transaction& transaction) -> absl::StatusOr<std::vector<PutQuestion>> {
        tokens.clear();
        const absl::Time now = clock_->Now();
        const std::vector<UnaskedBooking> unasked =
            FindUnasked(transaction, now, options_.most_questions_a_day, options_.batch);
        if (unasked.empty()) return std::vector<PutQuestion>();
        std::set<std::string> people;
        std::vector<NewQuestion> questions;
        for (const UnaskedBooking& booking : unasked) {
          people.insert(booking.applicant);
          const std::string token = auth::NewLinkToken();
          questions.push_back({NewUuid(now), booking.id, auth::HashOfLinkToken(token)});
          tokens[questions.back().id] = token;
        }
        LockPeople(transaction, {people.begin(), people.end()});
        return PutQuestions(transaction, questions, now, options_.validity, now + options_.settle);
      });
  std::vector<Unsettled> unsettled;
  if (!put.ok()) {
    Complain("guardians_not_asked", put.status());
    return unsettled;
  }
  static auto& asked =
      telemetry::CounterOf("dm_consent_questions_total", "Questions to guardians that were put");
  asked.Increment(static_cast<double>(put->size()));
  for (const PutQuestion& question : *put) {
    unsettled.push_back({.link = {.request_id = question.id,
                                  .kind = LinkKind::kGuardianConsent,
                                  .party = "",
                                  .display_name = question.display_name,
                                  .email = question.email,
                                  .secret = tokens.at(question.id),
                                  .resource = absl::StrCat("bookings/", question.booking_id),
                                  .session = question.session_name,
                                  .expire_time = question.expire_time,
                                  .applicant = question.applicant},
                         .next_attempt = absl::InfinitePast()});
  }
  return unsettled;
}

void GuardianAsker::HandOverDue() {
  const absl::Time now = clock_->Now();
  // Where one took all the patience there is, the next would too: until the next round, so that
  // what is on its way is kept meanwhile.
  bool stuck = false;
  std::erase_if(unsettled_, [&](Unsettled& one) {
    if (stuck || stopping_ || one.next_attempt > now) return false;
    const bool settled = HandOver(one);
    stuck = !settled;
    return settled;
  });
}

bool GuardianAsker::HandOver(Unsettled& unsettled) {
  const std::string& id = unsettled.link.request_id;
  const absl::Status sent = sender_->Send(unsettled.link, absl::Now() + options_.patience);
  const bool again = !sent.ok() && MayHaveBeenTaken(sent);
  if (!sent.ok()) {
    telemetry::Log(Severity::kWarning, "guardian_not_written_to",
                   {{"question", id},
                    {"code", absl::StatusCodeToString(sent.code())},
                    {"attempts", unsettled.attempts + 1}});
  }
  if (!again) {
    const absl::Status kept = database_->Write(Deadline(), [&](Transaction& transaction) {
      if (sent.ok()) {
        MarkOpen(transaction, id);
      } else {
        CloseConsentRequest(transaction, id, CloseCause::kUndeliverable);
      }
      return absl::OkStatus();
    });
    if (kept.ok()) return true;
  }
  // Notification takes the same mail once, so it may be handed over again to settle it.
  ++unsettled.attempts;
  unsettled.next_attempt = clock_->Now() + PauseAfter(unsettled.attempts);
  return false;
}

// The database counts real time, whatever clock the questions go by.
absl::Time GuardianAsker::Deadline() const { return absl::Now() + kDatabaseTime; }

}  // namespace dm::booking
