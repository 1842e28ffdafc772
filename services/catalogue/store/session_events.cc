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

constexpr Statement kNote{"note_sessions",
                          "INSERT INTO touched_sessions SELECT unnest($1::uuid[]) "
                          "ON CONFLICT DO NOTHING"};

constexpr Statement kNotedOffers{"offers_of_touched_sessions", R"sql(
SELECT coalesce(array_agg(DISTINCT s.offer_id), '{}') AS ids
FROM touched_sessions t JOIN sessions s USING (id)
)sql"};

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

// Who exports what changed since an instant is to get the dates and the place that are announced.
constexpr Statement kDate{"date_touched_offers", R"sql(
UPDATE offers o SET update_time = dm_time($1)
WHERE o.id IN (SELECT s.offer_id FROM touched_sessions t JOIN sessions s USING (id))
  AND o.update_time < dm_time($1)
)sql"};

// A session that is announced for the first time and open to nobody is no news, nor is one that was
// cancelled meanwhile: whoever did that has told it.
constexpr Statement kTouched{"touched_sessions", R"sql(
SELECT s.id, s.offer_id, s.version, dm_micros(s.start_time) AS start_time,
       dm_micros(s.end_time) AS end_time, s.capacity, o.published AND NOT s.closed AS open,
       o.siret, o.title, o.rome_code, o.instant_confirmation,
       array_to_string(o.audiences, ',') AS audiences, o.work_mode,
       array_to_string(o.reserved_schools, ',') AS reserved_schools, o.priority_areas_only,
       c.display_name, c.monthly_request_quota,
       CASE WHEN c.naf_nomenclature = 'NAFRev2' THEN c.naf_code ELSE '' END AS naf_code,
       coalesce(x.street, c.street) AS street, coalesce(x.postal_code, c.postal_code) AS postal_code,
       m.code AS commune_code, m.department, m.name AS commune, m.latitude, m.longitude
FROM touched_sessions t
JOIN sessions s USING (id)
JOIN offers o ON o.id = s.offer_id
JOIN companies c USING (siret)
LEFT JOIN sites x ON (x.siret, x.key) = (o.siret, o.site_key)
JOIN communes m ON m.code = coalesce(x.commune_code, c.commune_code)
WHERE s.cancel_time IS NULL AND (s.version > 1 OR (o.published AND NOT s.closed))
ORDER BY s.id
)sql"};

// offers.work_mode of a stay that is at a distance from beginning to end.
constexpr int kRemote = 2;

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
  scheduled.set_format(row["work_mode"].as<int>() == kRemote ? type::MEETING_FORMAT_VIDEO
                                                             : type::MEETING_FORMAT_ON_SITE);
  scheduled.set_kind(event::SESSION_KIND_MINI_STAGE);
  scheduled.set_chamber(ToMessage(ChamberOf(row["naf_code"].c_str())));
  scheduled.set_monthly_request_quota(row["monthly_request_quota"].as<int>());
  for (const auto uai : absl::StrSplit(row["reserved_schools"].c_str(), ',', absl::SkipEmpty())) {
    scheduled.add_reserved_schools(std::string(uai));
  }
  scheduled.set_priority_areas_only(row["priority_areas_only"].as<bool>());
  for (const auto part : absl::StrSplit(row["audiences"].c_str(), ',', absl::SkipEmpty())) {
    int number = 0;
    if (absl::SimpleAtoi(part, &number)) {
      scheduled.add_audiences(static_cast<type::Audience>(number));
    }
  }
  return scheduled;
}

}  // namespace

SessionEvents::SessionEvents(database::Transaction* transaction, absl::Time now)
    : transaction_(transaction), now_(now) {
  transaction_->Exec(kMakeTouched);
}

void SessionEvents::Note(const std::vector<std::string>& session_ids) {
  transaction_->Exec(kNote, session_ids);
}

void SessionEvents::Touch(const std::string& offer_ids, const std::string& sirets) {
  transaction_->Exec(kTouch, offer_ids, sirets, database::ToMicros(now_));
}

void SessionEvents::TouchOffers(const std::vector<std::string>& offer_ids) {
  transaction_->Exec(kTouch, offer_ids, "{}", database::ToMicros(now_));
}

void SessionEvents::TouchCompanies(const std::vector<std::string>& sirets) {
  transaction_->Exec(kTouch, "{}", sirets, database::ToMicros(now_));
}

std::string SessionEvents::NotedOffers() const {
  return transaction_->Exec(kNotedOffers).at(0)["ids"].c_str();
}

std::vector<events::NewEvent> SessionEvents::Announce() const {
  std::vector<events::NewEvent> news;
  transaction_->Exec(kDate, database::ToMicros(now_));
  for (const pqxx::row& row : transaction_->Exec(kTouched)) {
    const std::string name =
        absl::StrCat("offers/", row["offer_id"].c_str(), "/sessions/", row["id"].c_str());
    if (row["open"].as<bool>()) {
      news.push_back(events::MakeEvent(name, Scheduled(name, row)));
    } else {
      event::SessionClosed closed;
      closed.set_session(name);
      closed.set_version(row["version"].as<int64_t>());
      closed.set_department(row["department"].c_str());
      news.push_back(events::MakeEvent(name, closed));
    }
  }
  return news;
}

}  // namespace dm::catalogue
