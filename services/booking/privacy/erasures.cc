#include "services/booking/privacy/erasures.h"

#include "absl/strings/str_cat.h"
#include "common/events/outbox.h"
#include "common/privacy/receipts.h"
#include "common/telemetry/log.h"
#include "common/text/uuid.h"
#include "destinationmetier/event/v1/person_events.pb.h"
#include "services/booking/privacy/feed_names.h"
#include "services/booking/store/erasure_store.h"
#include "services/booking/store/people_lock.h"

#include <utility>
#include <vector>

namespace dm::booking {
namespace {

constexpr absl::Duration kPoll = absl::Seconds(1);
constexpr absl::Duration kPause = absl::Seconds(5);
constexpr int kAtOnce = 20;

}  // namespace

Erasures::Erasures(database::Database* database, const Clock* clock,
                   std::function<void()> after_commit, absl::Duration patience)
    : database_(database),
      clock_(clock),
      after_commit_(std::move(after_commit)),
      patience_(patience),
      task_([this] {
        const absl::StatusOr<int> finished = RunOnce();
        if (finished.ok()) return *finished > 0 ? absl::ZeroDuration() : kPoll;
        telemetry::Log(telemetry::Severity::kWarning, "erasures_failed",
                       {{"code", static_cast<int64_t>(finished.status().code())}});
        return kPause;
      }) {}

absl::StatusOr<int> Erasures::RunOnce() {
  const auto people = database_->Read(
      absl::Now() + patience_,
      [](database::Transaction& transaction) -> absl::StatusOr<std::vector<std::string>> {
        return PeopleToErase(transaction, kAtOnce);
      });
  if (!people.ok()) return people.status();
  int finished = 0;
  absl::Status failure;
  for (const std::string& person : *people) {
    const absl::Status status = Finish(person);
    if (status.ok()) {
      ++finished;
      continue;
    }
    PutOff(person);
    failure.Update(status);
  }
  if (!failure.ok()) return failure;
  return finished;
}

void Erasures::PutOff(const std::string& person) {
  const absl::Status status =
      database_->Write(absl::Now() + patience_, [&](database::Transaction& transaction) {
        PutOffErasure(transaction, person, clock_->Now());
        return absl::OkStatus();
      });
  // It is then tried in the same place again, which is no worse.
  status.IgnoreError();
}

absl::Status Erasures::Finish(const std::string& person) {
  const absl::Time now = clock_->Now();
  const absl::Status status =
      database_->Write(absl::Now() + patience_, [&](database::Transaction& transaction) {
        LockPeople(transaction, {person});
        const std::string pseudonym = absl::StrCat("people/erased-", NewUuid(now));
        destinationmetier::event::v1::PersonErased erased;
        erased.set_person(person);
        for (const BookingToErase& booking : BookingsToErase(transaction, person)) {
          auto* const one = erased.add_bookings();
          one->set_booking(absl::StrCat("bookings/", booking.id));
          one->set_department(booking.department);
        }
        const std::vector<NamelessBooking> bookings = BookingsOf(transaction, person, pseudonym);
        if (!Erase(transaction, person, pseudonym, now)) return absl::OkStatus();
        absl::Status retold = TakeNamesOutOfFeed(transaction, bookings);
        if (!retold.ok()) return retold;
        erased.set_erasure(privacy::ErasureName(privacy::CloseReceipt(transaction, person, now)));
        events::AppendToOutbox(transaction, {events::MakeEvent(person, erased)}, "", now);
        return absl::OkStatus();
      });
  if (status.ok() && after_commit_) after_commit_();
  return status;
}

}  // namespace dm::booking
