#include "services/booking/store/people_store.h"

#include "absl/time/civil_time.h"
#include "common/time/clock.h"

#include <algorithm>

namespace dm::booking {
namespace {

using database::Statement;
using database::ToMicros;
using database::Transaction;

constexpr Statement kFindProfiles{"find_profiles", R"sql(
  SELECT person, birth_date, level, school_uai, department, priority_area, birth_date_proven,
         version
  FROM applicants WHERE person = ANY ($1::text[])
)sql"};

constexpr Statement kPutProfiles{"put_profiles", R"sql(
  INSERT INTO applicants (person, birth_date, level, school_uai, department, birth_date_proven,
                          version, update_time, priority_area)
  SELECT person, birth_date, level, school_uai, department, proven, version, dm_time($9),
         priority_area
  FROM unnest($1::text[], $2::date[], $3::text[], $4::text[], $5::text[], $6::boolean[],
              $7::bigint[], $8::boolean[])
         AS put (person, birth_date, level, school_uai, department, proven, version, priority_area)
  ORDER BY person
  ON CONFLICT (person) DO UPDATE
  SET birth_date = excluded.birth_date, level = excluded.level, school_uai = excluded.school_uai,
      department = excluded.department, birth_date_proven = excluded.birth_date_proven,
      version = excluded.version, update_time = excluded.update_time,
      priority_area = excluded.priority_area
)sql"};

constexpr Statement kWhoHasBooked{"who_has_booked", R"sql(
  SELECT person FROM unnest($1::text[]) AS person
  WHERE EXISTS (SELECT FROM bookings WHERE bookings.applicant = person)
)sql"};

constexpr Statement kFindGuardians{"find_guardians", R"sql(
  SELECT id, person, display_name, email, version, bound
  FROM guardians WHERE person = ANY ($1::text[]) AND replaced IS NULL
)sql"};

constexpr Statement kCountGuardianChanges{"count_guardian_changes", R"sql(
  SELECT count(*) FROM person_history
  WHERE person = $1 AND actor = $1 AND action = 'GUARDIAN_CHANGED' AND at > dm_time($2)
)sql"};

constexpr Statement kReplaceGuardians{"replace_guardians", R"sql(
  UPDATE guardians SET replaced = dm_time($2)
  WHERE person = ANY ($1::text[]) AND replaced IS NULL
)sql"};

// Nobody can answer any more with a link that went to somebody else.
constexpr Statement kCloseQuestions{"close_questions_of_replaced", R"sql(
  UPDATE consent_requests SET state = 'CLOSED', cause = 'REPLACED'
  WHERE person = ANY ($1::text[]) AND state IN ('SENDING', 'OPEN')
)sql"};

// Nor sign an agreement. A signature that was given stays in its text, which the chamber then
// cannot validate.
constexpr Statement kCloseSignatureLinks{"close_signature_links_of_replaced", R"sql(
  UPDATE agreement_signatories AS signatory
  SET link_hash = NULL, link_expires = NULL, tell_time = NULL, code_salt = NULL, code_hash = NULL,
      code_expires = NULL
  FROM agreements JOIN bookings ON bookings.id = agreements.booking_id
  WHERE bookings.applicant = ANY ($1::text[]) AND signatory.agreement_id = agreements.id
    AND signatory.party = 'GUARDIAN' AND signatory.signed_time IS NULL
)sql"};

constexpr Statement kForgetGuardians{"forget_guardians", R"sql(
  DELETE FROM guardians AS old
  WHERE person = ANY ($1::text[]) AND replaced IS NOT NULL
    AND NOT EXISTS (SELECT FROM consents WHERE consents.guardian_id = old.id)
    AND NOT EXISTS (SELECT FROM consent_requests AS asked WHERE asked.guardian_id = old.id)
)sql"};

constexpr Statement kAddGuardians{"add_guardians", R"sql(
  INSERT INTO guardians (id, person, display_name, email, version, bound, create_time)
  SELECT id, person, display_name, email, version, bound, dm_time($7)
  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::boolean[])
         AS added (id, person, display_name, email, version, bound)
)sql"};

constexpr Statement kBindGuardian{"bind_guardian",
                                  "UPDATE guardians SET bound = true WHERE id = $1::uuid"};

// What was agreed to cannot be shown to be so any more.
constexpr Statement kWithdrawConsents{"withdraw_consents_of_erased_guardian", R"sql(
  UPDATE consents SET withdrawn = dm_time($2), withdrawn_by = 'guardian'
  WHERE guardian_id = $1::uuid AND decision = 'GIVEN' AND withdrawn IS NULL
)sql"};

constexpr Statement kCloseAllQuestions{"close_questions_to_erased_guardian", R"sql(
  UPDATE consent_requests SET state = 'CLOSED', cause = 'WITHDRAWN'
  WHERE guardian_id = $1::uuid AND state <> 'CLOSED'
)sql"};

constexpr Statement kForgetSignatory{"forget_guardian_as_signatory", R"sql(
  UPDATE agreement_signatories AS signatory SET display_name = '', email = ''
  FROM agreements JOIN bookings ON bookings.id = agreements.booking_id
  WHERE bookings.applicant = $1 AND signatory.agreement_id = agreements.id
    AND signatory.party = 'GUARDIAN' AND signatory.signed_time IS NULL
)sql"};

constexpr Statement kEmptyGuardian{"empty_guardian", R"sql(
  UPDATE guardians
  SET display_name = '', email = '', replaced = coalesce(replaced, dm_time($2))
  WHERE id = $1::uuid
)sql"};

constexpr Statement kRecordPersonActions{"record_person_actions", R"sql(
  INSERT INTO person_history (person, at, actor, action)
  SELECT person, dm_time($4), $2, $3 FROM unnest($1::text[]) AS person
)sql"};

Profile ToProfile(const pqxx::row& row) {
  return {.applicant = {.person = row["person"].c_str(),
                        .birth_date = ParseCivilDay(row["birth_date"].c_str()).value(),
                        .level = ParseLevel(row["level"].c_str()).value(),
                        .school_uai = row["school_uai"].c_str(),
                        .department = row["department"].c_str(),
                        .priority_area = row["priority_area"].as<bool>()},
          .birth_date_proven = row["birth_date_proven"].as<bool>(),
          .version = row["version"].as<int64_t>()};
}

Guardian ToGuardian(const pqxx::row& row) {
  return {.id = row["id"].c_str(),
          .person = row["person"].c_str(),
          .display_name = row["display_name"].c_str(),
          .email = row["email"].c_str(),
          .version = row["version"].as<int64_t>(),
          .bound = row["bound"].as<bool>()};
}

}  // namespace

std::vector<Profile> FindProfiles(Transaction& transaction,
                                  const std::vector<std::string>& people) {
  std::vector<Profile> profiles;
  for (const pqxx::row& row : transaction.Exec(kFindProfiles, people)) {
    profiles.push_back(ToProfile(row));
  }
  return profiles;
}

std::optional<Profile> FindProfile(Transaction& transaction, const std::string& person) {
  std::vector<Profile> found = FindProfiles(transaction, {person});
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

void PutProfiles(Transaction& transaction, const std::vector<Profile>& profiles, absl::Time now) {
  if (profiles.empty()) return;
  std::vector<std::string> people, births, levels, schools, departments;
  std::vector<bool> proven, priority_areas;
  std::vector<int64_t> versions;
  for (const Profile& profile : profiles) {
    people.push_back(profile.applicant.person);
    births.push_back(absl::FormatCivilTime(profile.applicant.birth_date));
    levels.emplace_back(LevelName(profile.applicant.level));
    schools.push_back(profile.applicant.school_uai);
    departments.push_back(profile.applicant.department);
    proven.push_back(profile.birth_date_proven);
    priority_areas.push_back(profile.applicant.priority_area);
    versions.push_back(profile.version);
  }
  transaction.Exec(kPutProfiles, people, births, levels, schools, departments, proven, versions,
                   priority_areas, ToMicros(now));
}

std::vector<std::string> WhoHasBooked(Transaction& transaction,
                                      const std::vector<std::string>& people) {
  std::vector<std::string> booked;
  for (const pqxx::row& row : transaction.Exec(kWhoHasBooked, people)) {
    booked.emplace_back(row[0].c_str());
  }
  return booked;
}

std::vector<Guardian> FindGuardians(Transaction& transaction,
                                    const std::vector<std::string>& people) {
  std::vector<Guardian> guardians;
  for (const pqxx::row& row : transaction.Exec(kFindGuardians, people)) {
    guardians.push_back(ToGuardian(row));
  }
  return guardians;
}

std::optional<Guardian> FindGuardian(Transaction& transaction, const std::string& person) {
  std::vector<Guardian> found = FindGuardians(transaction, {person});
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

int CountGuardianChanges(Transaction& transaction, const std::string& person, absl::Time since) {
  return transaction.Exec(kCountGuardianChanges, person, ToMicros(since))[0][0].as<int>();
}

void PutGuardians(Transaction& transaction, const std::vector<Guardian>& guardians,
                  absl::Time now) {
  if (guardians.empty()) return;
  std::vector<std::string> ids, people, names, emails;
  std::vector<int64_t> versions;
  std::vector<bool> bound;
  for (const Guardian& guardian : guardians) {
    ids.push_back(guardian.id);
    people.push_back(guardian.person);
    names.push_back(guardian.display_name);
    emails.push_back(guardian.email);
    versions.push_back(guardian.version);
    bound.push_back(guardian.bound);
  }
  transaction.Exec(kReplaceGuardians, people, ToMicros(now));
  transaction.Exec(kCloseQuestions, people);
  transaction.Exec(kCloseSignatureLinks, people);
  transaction.Exec(kForgetGuardians, people);
  transaction.Exec(kAddGuardians, ids, people, names, emails, versions, bound, ToMicros(now));
}

void BindGuardian(Transaction& transaction, const std::string& guardian_id) {
  transaction.Exec(kBindGuardian, guardian_id);
}

void ForgetGuardian(Transaction& transaction, const std::string& person,
                    const std::string& guardian_id, absl::Time now) {
  transaction.Exec(kWithdrawConsents, guardian_id, ToMicros(now));
  transaction.Exec(kCloseAllQuestions, guardian_id);
  transaction.Exec(kCloseSignatureLinks, std::vector<std::string>{person});
  transaction.Exec(kForgetSignatory, person);
  transaction.Exec(kEmptyGuardian, guardian_id, ToMicros(now));
}

absl::string_view PersonActionName(PersonAction action) {
  switch (action) {
    case PersonAction::kProfileSeen:
      return "PROFILE_SEEN";
    case PersonAction::kProfileChanged:
      return "PROFILE_CHANGED";
    case PersonAction::kBirthDateChanged:
      return "BIRTH_DATE_CHANGED";
    case PersonAction::kGuardianSeen:
      return "GUARDIAN_SEEN";
    case PersonAction::kGuardianChanged:
      return "GUARDIAN_CHANGED";
    case PersonAction::kGuardianErased:
      return "GUARDIAN_ERASED";
    case PersonAction::kConsentsSeen:
      return "CONSENTS_SEEN";
    case PersonAction::kConsentAsked:
      return "CONSENT_ASKED";
    case PersonAction::kConsentGiven:
      return "CONSENT_GIVEN";
    case PersonAction::kConsentRefused:
      return "CONSENT_REFUSED";
    case PersonAction::kConsentWithdrawn:
      return "CONSENT_WITHDRAWN";
    case PersonAction::kExported:
      return "EXPORTED";
  }
  return "";
}

void RecordPersonAction(Transaction& transaction, const std::string& person,
                        const std::string& actor, PersonAction action, absl::Time now) {
  RecordPersonActions(transaction, {person}, actor, action, now);
}

void RecordPersonActions(Transaction& transaction, const std::vector<std::string>& people,
                         const std::string& actor, PersonAction action, absl::Time now) {
  if (people.empty()) return;
  transaction.Exec(kRecordPersonActions, people, actor, PersonActionName(action), ToMicros(now));
}

}  // namespace dm::booking
