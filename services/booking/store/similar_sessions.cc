#include "services/booking/store/similar_sessions.h"

#include "services/booking/store/rows.h"

#include <cstdint>

namespace dm::booking {
namespace {

using database::Statement;
using database::ToMicros;

// What somebody has is gathered once, so that looking at a candidate costs no look at bookings: a
// session that is cancelled may have hundreds of people.
constexpr Statement kFindSimilar{"find_similar_sessions", R"sql(
  SELECT lost.place - 1 AS place, near.*
  FROM unnest($1::uuid[], $2::text[], $3::boolean[])
         WITH ORDINALITY AS lost (session_id, applicant, others_first, place)
  JOIN sessions AS gone ON gone.id = lost.session_id AND gone.profession <> ''
  LEFT JOIN applicants AS asks ON asks.person = lost.applicant
  CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(session_id), '{}') AS sessions,
           coalesce(range_agg(tstzrange(start_time, end_time)), '{}') AS times
    FROM bookings
    WHERE applicant = lost.applicant
      AND state IN ('WAITLISTED', 'OFFERED', 'PENDING_CONSENT', 'PENDING_HOST', 'CONFIRMED')
  ) AS taken
  CROSS JOIN LATERAL (
    SELECT )sql" DM_SESSION_COLUMNS R"sql(,
           row_number() OVER (
             ORDER BY lost.others_first AND s.host = gone.host, s.department <> gone.department,
                      abs(extract(epoch FROM s.start_time - gone.start_time)), s.id) AS rank
    FROM sessions AS s
    WHERE s.kind = gone.kind AND s.profession = gone.profession AND s.open AND NOT s.cancelled
      AND s.start_time > dm_time($4) AND s.held < s.announced_capacity AND s.waitlisted = 0
      AND s.id <> gone.id AND s.id <> ALL (taken.sessions)
      AND (s.reserved_schools = '{}' OR asks.school_uai = ANY (s.reserved_schools))
      AND (NOT s.priority_areas_only OR asks.priority_area)
      AND NOT taken.times && tstzrange(s.start_time, s.end_time)
    ORDER BY rank LIMIT $5
  ) AS near
  ORDER BY lost.place, near.rank
)sql"};

}  // namespace

std::vector<std::vector<Session>> FindSimilarSessions(database::Transaction& transaction,
                                                      const std::vector<LostPlace>& places,
                                                      absl::Time now) {
  std::vector<std::vector<Session>> similar(places.size());
  if (places.empty()) return similar;
  std::vector<std::string> sessions, applicants;
  std::vector<bool> others_first;
  for (const LostPlace& place : places) {
    sessions.push_back(place.session_id);
    applicants.push_back(place.applicant);
    others_first.push_back(place.hosts == SimilarHosts::kOthersFirst);
  }
  for (const pqxx::row& row :
       transaction.Exec(kFindSimilar, sessions, applicants, others_first, ToMicros(now),
                        static_cast<int64_t>(kMostSimilarSessions))) {
    similar[row["place"].as<size_t>()].push_back(ToSession(row));
  }
  return similar;
}

}  // namespace dm::booking
