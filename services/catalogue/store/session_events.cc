#include "services/catalogue/store/session_events.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "destinationmetier/event/v1/session_events.pb.h"
#include "services/catalogue/domain/chamber.h"

namespace dm::catalogue {
namespace {

namespace event = destinationmetier::event::v1;
namespace type = destinationmetier::type::v1;

using database::Statement;

constexpr Statement kMakeTouched{
    "make_touched_sessions",
    "CREATE TEMPORARY TABLE touched_sessions (id uuid PRIMARY KEY) ON COMMIT DROP"};

constexpr Statement kTouch{"touch_sessions", R"sql(
WITH raised AS (
  UPDATE sessions s SET version = s.version + 1
  FROM offers o
  WHERE o.id = s.offer_id AND (o.id = ANY ($1::uuid[]) OR o.siret = ANY ($2::text[]))
    AND s.end_time > dm_time($3) AND s.cancel_time IS NULL
    AND NOT EXISTS (SELECT FROM touched_sessions t WHERE t.id = s.id)
  RETURNING s.id
)
INSERT INTO touched_sessions SELECT id FROM raised
)sql"};

// A session that is announced for the first time and open to nobody is no news, nor is one that was
// cancelled while the import ran: whoever did that has told it.
constexpr Statement kTouched{"touched_sessions", R"sql(
SELECT s.id, s.offer_id, s.version, dm_micros(s.start_time) AS start_time,
       dm_micros(s.end_time) AS end_time, s.capacity, o.published AND NOT s.closed AS open,
       o.siret, o.title, o.rome_code, o.instant_confirmation,
       array_to_string(o.audiences, ',') AS audiences, c.display_name, c.naf_code, c.street,
       c.postal_code, c.commune_code, c.department, m.name AS commune, m.latitude, m.longitude
FROM touched_sessions t
JOIN sessions s USING (id)
JOIN offers o ON o.id = s.offer_id
JOIN companies c USING (siret)
JOIN communes m ON m.code = c.commune_code
WHERE s.cancel_time IS NULL AND (s.version > 1 OR (o.published AND NOT s.closed))
ORDER BY s.id
)sql"};

void FillPlace(const pqxx::row& row, type::Place* place) {
  place->set_street(row["street"].c_str());
  place->set_postal_code(row["postal_code"].c_str());
  place->set_commune(row["commune"].c_str());
  place->set_commune_code(row["commune_code"].c_str());
  place->set_department(row["department"].c_str());
  place->mutable_location()->set_latitude(row["latitude"].as<double>());
  place->mutable_location()->set_longitude(row["longitude"].as<double>());
}

void FillTime(const pqxx::field& micros, google::protobuf::Timestamp* time) {
  const absl::Time instant = database::FromMicros(micros.as<int64_t>());
  time->set_seconds(absl::ToUnixSeconds(instant));
  time->set_nanos(static_cast<int32_t>(
      absl::ToInt64Nanoseconds(instant - absl::FromUnixSeconds(time->seconds()))));
}

type::Chamber ToMessage(Chamber chamber) {
  switch (chamber) {
    case Chamber::kCci:
      return type::CHAMBER_CCI;
    case Chamber::kCma:
      return type::CHAMBER_CMA;
    case Chamber::kAgriculture:
      return type::CHAMBER_AGRICULTURE;
  }
  return type::CHAMBER_UNSPECIFIED;
}

event::SessionScheduled Scheduled(const std::string& name, const pqxx::row& row) {
  event::SessionScheduled scheduled;
  scheduled.set_session(name);
  scheduled.set_host(absl::StrCat("companies/", row["siret"].c_str()));
  scheduled.set_version(row["version"].as<int64_t>());
  scheduled.set_title(row["title"].c_str());
  scheduled.set_company_display_name(row["display_name"].c_str());
  scheduled.set_company(row["siret"].c_str());
  scheduled.set_profession(row["rome_code"].c_str());
  FillPlace(row, scheduled.mutable_place());
  FillTime(row["start_time"], scheduled.mutable_start_time());
  FillTime(row["end_time"], scheduled.mutable_end_time());
  scheduled.set_capacity(row["capacity"].as<int>());
  scheduled.set_instant_confirmation(row["instant_confirmation"].as<bool>());
  scheduled.set_format(type::MEETING_FORMAT_ON_SITE);
  scheduled.set_kind(event::SESSION_KIND_MINI_STAGE);
  scheduled.set_chamber(ToMessage(ChamberOf(row["naf_code"].c_str())));
  for (const auto part : absl::StrSplit(row["audiences"].c_str(), ',', absl::SkipEmpty())) {
    int number = 0;
    if (absl::SimpleAtoi(part, &number)) {
      scheduled.add_audiences(static_cast<type::Audience>(number));
    }
  }
  return scheduled;
}

}  // namespace

void MakeTouchedSessions(ImportSteps& import) { import.transaction().Exec(kMakeTouched); }

void TouchSessions(ImportSteps& import, const std::string& offer_ids, const std::string& sirets) {
  import.transaction().Exec(kTouch, offer_ids, sirets, database::ToMicros(import.run().now));
}

void AnnounceTouchedSessions(ImportSteps& import) {
  const pqxx::result touched = import.transaction().Exec(kTouched);
  for (const pqxx::row& row : touched) {
    const std::string name =
        absl::StrCat("offers/", row["offer_id"].c_str(), "/sessions/", row["id"].c_str());
    if (row["open"].as<bool>()) {
      import.events().push_back(events::MakeEvent(name, Scheduled(name, row)));
    } else {
      event::SessionClosed closed;
      closed.set_session(name);
      closed.set_version(row["version"].as<int64_t>());
      import.events().push_back(events::MakeEvent(name, closed));
    }
  }
}

}  // namespace dm::catalogue
