#include "services/booking/store/booking_store.h"

#include "services/booking/store/rows.h"

namespace dm::booking {
namespace {

using database::Statement;

constexpr Statement kFindBooking{"find_booking",
                                 "SELECT " DM_BOOKING_COLUMNS " FROM bookings WHERE id = $1::uuid"};

constexpr Statement kListBookings{"list_bookings", "SELECT " DM_BOOKING_COLUMNS R"sql( FROM bookings
  WHERE (applicant = $1 OR host = ANY ($2::text[]))
    AND (cardinality($3::text[]) = 0 OR state = ANY ($3::text[]))
    AND ($4::bigint IS NULL OR (create_time, id) < (dm_time($4), $5::uuid))
  ORDER BY bookings.create_time DESC, bookings.id DESC LIMIT $6)sql"};

constexpr Statement kRecordForeignRead{"record_foreign_read", R"sql(
  INSERT INTO foreign_reads (booking_id, person, at) VALUES ($1::uuid, $2, dm_time($3))
)sql"};

}  // namespace

absl::StatusOr<std::optional<Booking>> BookingStore::Find(const std::string& id,
                                                          absl::Time deadline) const {
  const auto rows = database_->Query(deadline, kFindBooking, id);
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return std::optional<Booking>();
  return std::optional<Booking>(ToBooking((*rows)[0]));
}

absl::StatusOr<std::vector<Booking>> BookingStore::List(const std::string& applicant,
                                                        const std::vector<std::string>& hosts,
                                                        const std::vector<std::string>& states,
                                                        const std::optional<Position>& after,
                                                        int limit, absl::Time deadline) const {
  std::optional<int64_t> after_micros;
  std::optional<std::string> after_id;
  if (after.has_value()) {
    after_micros = after->create_micros;
    after_id = after->id;
  }
  const auto rows = database_->Query(deadline, kListBookings, applicant, hosts, states,
                                     after_micros, after_id, limit);
  if (!rows.ok()) return rows.status();
  std::vector<Booking> bookings;
  for (const pqxx::row& row : *rows) bookings.push_back(ToBooking(row));
  return bookings;
}

absl::Status BookingStore::RecordForeignRead(const std::string& booking_id,
                                             const std::string& person, absl::Time now,
                                             absl::Time deadline) const {
  return database_->Write(deadline, [&](database::Transaction& transaction) {
    transaction.Exec(kRecordForeignRead, booking_id, person, database::ToMicros(now));
    return absl::OkStatus();
  });
}

}  // namespace dm::booking
