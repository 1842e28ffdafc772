#include "services/booking/store/told_store.h"

namespace dm::booking {
namespace {

using database::Statement;

constexpr Statement kBookingsOf{"bookings_to_lose_names", R"sql(
  SELECT id, session_name FROM bookings WHERE applicant = $1
)sql"};

// As the index outbox_of_applicants says.
constexpr Statement kEventsAbout{"events_about_applicants", R"sql(
  SELECT seq, type, payload FROM outbox
  WHERE subject = ANY ($1::text[])
    AND type IN ('destinationmetier.event.v1.BookingChanged',
                 'destinationmetier.event.v1.AgreementChanged',
                 'destinationmetier.event.v1.SessionOverbooked')
  ORDER BY seq
)sql"};

constexpr Statement kRetell{"retell_events", R"sql(
  UPDATE outbox SET payload = retold.payload
  FROM unnest($1::bigint[], $2::bytea[]) AS retold (seq, payload)
  WHERE outbox.seq = retold.seq
)sql"};

}  // namespace

std::vector<NamelessBooking> BookingsOf(database::Transaction& transaction,
                                        const std::string& applicant,
                                        const std::string& pseudonym) {
  std::vector<NamelessBooking> bookings;
  for (const pqxx::row& row : transaction.Exec(kBookingsOf, applicant)) {
    bookings.push_back({.id = row["id"].c_str(),
                        .session = row["session_name"].c_str(),
                        .applicant = applicant,
                        .pseudonym = pseudonym});
  }
  return bookings;
}

std::vector<ToldEvent> EventsAbout(database::Transaction& transaction,
                                   const std::vector<std::string>& subjects) {
  std::vector<ToldEvent> events;
  for (const pqxx::row& row : transaction.Exec(kEventsAbout, subjects)) {
    events.push_back({.sequence = row["seq"].as<int64_t>(),
                      .type = row["type"].c_str(),
                      .payload = database::FromBytea(row["payload"])});
  }
  return events;
}

void Retell(database::Transaction& transaction, const std::vector<ToldEvent>& events) {
  if (events.empty()) return;
  std::vector<int64_t> sequences;
  std::vector<std::string> payloads;
  for (const ToldEvent& event : events) {
    sequences.push_back(event.sequence);
    payloads.push_back(database::ToBytea(event.payload));
  }
  transaction.Exec(kRetell, sequences, payloads);
}

}  // namespace dm::booking
