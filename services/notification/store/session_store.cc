#include "services/notification/store/session_store.h"

#include "services/notification/domain/message_rules.h"
#include "services/notification/store/release_gate.h"

namespace dm::notification {
namespace {

constexpr database::Statement kStoreSessions{"store_sessions", R"sql(
    INSERT INTO sessions AS old
      (name, host, title, company_display_name, street, postal_code, commune, profession,
       department, format, start_time, end_time, version)
    SELECT new.name, new.host, new.title, new.company, new.street, new.postal_code, new.commune,
           new.profession, new.department, new.format, dm_time(new.start_time),
           dm_time(new.end_time), new.version
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                $8::text[], $9::text[], $10::text[], $11::bigint[], $12::bigint[], $13::bigint[])
      AS new (name, host, title, company, street, postal_code, commune, profession, department,
              format, start_time, end_time, version)
    ON CONFLICT ON CONSTRAINT sessions_key DO UPDATE SET
      host = EXCLUDED.host, title = EXCLUDED.title,
      company_display_name = EXCLUDED.company_display_name, street = EXCLUDED.street,
      postal_code = EXCLUDED.postal_code, commune = EXCLUDED.commune,
      profession = EXCLUDED.profession, department = EXCLUDED.department,
      format = EXCLUDED.format, start_time = EXCLUDED.start_time, end_time = EXCLUDED.end_time, open = true,
      version = EXCLUDED.version
    WHERE old.version < EXCLUDED.version)sql"};

constexpr database::Statement kReleaseForSessions{"release_for_sessions", R"sql(
    UPDATE messages AS m
    SET state = 'ready', next_attempt = greatest(m.not_before, dm_time($2))
    WHERE m.state = 'waiting' AND m.session = ANY ($1::text[])
      AND (m.email IS NOT NULL
           OR EXISTS (SELECT FROM contacts AS c WHERE c.party = m.recipient)))sql"};

constexpr database::Statement kReadStarts{"read_session_starts", R"sql(
    SELECT name, dm_micros(start_time) AS start_time FROM sessions
    WHERE name = ANY ($1::text[]))sql"};

constexpr database::Statement kMoveReminders{"move_stay_reminders", R"sql(
    UPDATE messages AS m
    SET not_before = dm_time(moved.reminder), useless_after = dm_time(moved.start),
        next_attempt = greatest(dm_time(moved.reminder), dm_time($4))
    FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS moved (session, start, reminder)
    WHERE m.session = moved.session AND m.kind = 'STAY_TOMORROW'
      AND m.state IN ('waiting', 'ready') AND m.useless_after <> dm_time(moved.start))sql"};

constexpr database::Statement kCloseSessions{"close_sessions", R"sql(
    UPDATE sessions AS s SET open = false, version = closed.version
    FROM unnest($1::text[], $2::bigint[]) AS closed (name, version)
    WHERE s.name = closed.name AND s.version < closed.version)sql"};

}  // namespace

void StoreSessions(database::Transaction& transaction, const std::vector<Session>& sessions,
                   absl::Time now) {
  if (sessions.empty()) return;
  std::vector<std::string> names, hosts, titles, companies, streets, codes, communes, professions,
      departments, formats;
  std::vector<int64_t> starts, ends, versions;
  for (const Session& session : sessions) {
    names.push_back(session.name);
    hosts.push_back(session.host);
    titles.push_back(session.title);
    companies.push_back(session.company_display_name);
    streets.push_back(session.street);
    codes.push_back(session.postal_code);
    communes.push_back(session.commune);
    professions.push_back(session.profession);
    departments.push_back(session.department);
    formats.emplace_back(SessionFormatName(session.format));
    starts.push_back(database::ToMicros(session.start_time));
    ends.push_back(database::ToMicros(session.end_time));
    versions.push_back(session.version);
  }
  EnterAsReleaser(transaction);
  transaction.Exec(kStoreSessions, names, hosts, titles, companies, streets, codes, communes,
                   professions, departments, formats, starts, ends, versions);
  transaction.Exec(kReleaseForSessions, names, database::ToMicros(now));
  MoveStayReminders(transaction, names, now);
}

void MoveStayReminders(database::Transaction& transaction, const std::vector<std::string>& sessions,
                       absl::Time now) {
  std::vector<std::string> names;
  std::vector<int64_t> starts, reminders;
  for (const pqxx::row& row : transaction.Exec(kReadStarts, sessions)) {
    names.emplace_back(row["name"].c_str());
    starts.push_back(row["start_time"].as<int64_t>());
    reminders.push_back(database::ToMicros(StayReminderTime(database::FromMicros(starts.back()))));
  }
  if (!names.empty()) {
    transaction.Exec(kMoveReminders, names, starts, reminders, database::ToMicros(now));
  }
}

void CloseSessions(database::Transaction& transaction, const std::vector<ClosedSession>& sessions) {
  if (sessions.empty()) return;
  std::vector<std::string> names;
  std::vector<int64_t> versions;
  for (const ClosedSession& session : sessions) {
    names.push_back(session.name);
    versions.push_back(session.version);
  }
  transaction.Exec(kCloseSessions, names, versions);
}

}  // namespace dm::notification
