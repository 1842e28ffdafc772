#include "services/booking/privacy/feed_names.h"

#include "absl/strings/str_cat.h"
#include "destinationmetier/event/v1/agreement_events.pb.h"
#include "destinationmetier/event/v1/booking_events.pb.h"
#include "destinationmetier/event/v1/session_events.pb.h"

#include <map>
#include <set>
#include <string>

namespace dm::booking {
namespace {

namespace pb = destinationmetier::event::v1;

// By "bookings/{booking}".
using ByName = std::map<std::string, const NamelessBooking*>;

const NamelessBooking* Find(const ByName& bookings, const std::string& name) {
  const auto found = bookings.find(name);
  return found == bookings.end() ? nullptr : found->second;
}

// The name that is to stand there.
std::string NameFor(const NamelessBooking* booking, const std::string& applicant) {
  return booking != nullptr && booking->applicant == applicant ? booking->pseudonym : applicant;
}

// What is told anew, and which other bookings were named in it.
class Retelling {
 public:
  explicit Retelling(const ByName& bookings) : bookings_(bookings) {}

  absl::Status Add(const ToldEvent& event) {
    if (event.type == pb::BookingChanged::descriptor()->full_name()) {
      return Change<pb::BookingChanged>(event, [this](pb::BookingChanged& changed) {
        changed.set_applicant(NameFor(Find(bookings_, changed.booking()), changed.applicant()));
        // Of the other one too: either would say of which the other was made.
        const bool own = bookings_.count(changed.booking()) > 0;
        if (own && !changed.related_booking().empty()) related_.insert(changed.related_booking());
        if (own || bookings_.count(changed.related_booking()) > 0) changed.clear_related_booking();
      });
    }
    if (event.type == pb::AgreementChanged::descriptor()->full_name()) {
      return Change<pb::AgreementChanged>(event, [this](pb::AgreementChanged& changed) {
        changed.set_applicant(NameFor(Find(bookings_, changed.booking()), changed.applicant()));
      });
    }
    return Change<pb::SessionOverbooked>(event, [this](pb::SessionOverbooked& overbooked) {
      for (auto& last : *overbooked.mutable_last_in()) {
        last.set_applicant(NameFor(Find(bookings_, last.booking()), last.applicant()));
      }
    });
  }

  const std::vector<ToldEvent>& events() const { return events_; }
  // "bookings/{booking}".
  std::vector<std::string> related() const { return {related_.begin(), related_.end()}; }

 private:
  template <typename Payload, typename Edit>
  absl::Status Change(const ToldEvent& event, Edit edit) {
    Payload payload;
    if (!payload.ParseFromString(event.payload)) {
      return absl::InternalError(absl::StrCat("event ", event.sequence, " cannot be read"));
    }
    edit(payload);
    std::string bytes = payload.SerializeAsString();
    if (bytes != event.payload) events_.push_back({event.sequence, event.type, std::move(bytes)});
    return absl::OkStatus();
  }

  const ByName& bookings_;
  std::vector<ToldEvent> events_;
  std::set<std::string> related_;
};

}  // namespace

absl::Status TakeNamesOutOfFeed(database::Transaction& transaction,
                                const std::vector<NamelessBooking>& bookings) {
  if (bookings.empty()) return absl::OkStatus();
  ByName by_name;
  std::set<std::string> subjects;
  for (const NamelessBooking& booking : bookings) {
    const std::string name = absl::StrCat("bookings/", booking.id);
    by_name[name] = &booking;
    subjects.insert({name, absl::StrCat(name, "/agreement"), booking.session});
  }
  Retelling retelling(by_name);
  for (const ToldEvent& event : EventsAbout(transaction, {subjects.begin(), subjects.end()})) {
    if (absl::Status told = retelling.Add(event); !told.ok()) return told;
  }
  Retell(transaction, retelling.events());
  Retelling of_related(by_name);
  for (const ToldEvent& event : EventsAbout(transaction, retelling.related())) {
    if (absl::Status told = of_related.Add(event); !told.ok()) return told;
  }
  Retell(transaction, of_related.events());
  return absl::OkStatus();
}

}  // namespace dm::booking
