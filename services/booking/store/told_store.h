#pragma once

#include "common/database/database.h"

#include <cstdint>
#include <string>
#include <vector>

// What the feed has told that names an applicant. Everything throws as Transaction::Exec does.
namespace dm::booking {

// A booking that is about to lose its name, or lost it in this transaction.
struct NamelessBooking {
  std::string id;
  // The resource name of its session.
  std::string session;
  // "people/{subject}", and what takes its place.
  std::string applicant;
  std::string pseudonym;
};

// All bookings of the applicant, who is to be called `pseudonym`.
std::vector<NamelessBooking> BookingsOf(database::Transaction& transaction,
                                        const std::string& applicant, const std::string& pseudonym);

// An event of the outbox.
struct ToldEvent {
  int64_t sequence = 0;
  // Full name of the payload's message.
  std::string type;
  std::string payload;
};

// The events about these bookings, agreements and sessions, by their subjects, that name
// applicants.
std::vector<ToldEvent> EventsAbout(database::Transaction& transaction,
                                   const std::vector<std::string>& subjects);

// Their payloads become those given.
void Retell(database::Transaction& transaction, const std::vector<ToldEvent>& events);

}  // namespace dm::booking
