#include "services/booking/store/personal_data.h"

namespace dm::booking {
namespace {

// The bookings of a person, and their agreements. As arrays, so that a condition on them and one on
// who acted are each looked up by an index, not one by one for the whole table.
#define DM_OWN_BOOKINGS "ANY (ARRAY(SELECT id FROM bookings WHERE applicant = $1))"
#define DM_OWN_AGREEMENTS \
  "ANY (ARRAY(SELECT own.id FROM agreements AS own WHERE own.booking_id = " DM_OWN_BOOKINGS "))"

// What belongs to bookings is found by them, so it goes before they lose their name. Every erasure
// takes both parameters, needed or not.
constexpr PersonalTable kPersonalTables[] = {
    {"transitions",
     {"erase_transitions",
      "UPDATE transitions SET person = $2 WHERE person = $1 "
      "AND (party IN ('HOST', 'AGENCY') OR booking_id = " DM_OWN_BOOKINGS ")"}},
    {"feedback",
     {"erase_feedback",
      "UPDATE feedback SET comment = '', person = CASE person WHEN $1 THEN $2 ELSE person END "
      "WHERE person = $1 OR booking_id = " DM_OWN_BOOKINGS}},
    {"agreement_answers",
     {"erase_agreement_answers",
      "DELETE FROM agreement_answers WHERE $2::text <> '' "
      "AND (person = $1 OR agreement_id = " DM_OWN_AGREEMENTS ")"}},
    {"agreement_history",
     {"erase_agreement_history", "UPDATE agreement_history SET person = $2 WHERE person = $1"}},
    {"agreement_reports",
     {"erase_agreement_reports",
      "WITH own AS (DELETE FROM agreement_reports WHERE agreement_id = " DM_OWN_AGREEMENTS
      R"sql( RETURNING agreement_id)
        UPDATE agreement_reports SET person = $2
        WHERE person = $1 AND agreement_id NOT IN (SELECT agreement_id FROM own))sql"}},
    {"agreement_signatories", {"erase_agreement_signatories", R"sql(
        UPDATE agreement_signatories s
        SET display_name = CASE WHEN b.applicant = $1 THEN '' ELSE display_name END,
            email = CASE WHEN b.applicant = $1 THEN '' ELSE email END,
            link_hash = CASE WHEN b.applicant = $1 THEN NULL ELSE link_hash END,
            tell_time = CASE WHEN b.applicant = $1 THEN NULL ELSE tell_time END,
            signed_by = CASE signed_by WHEN $1 THEN $2 ELSE signed_by END
        FROM agreements a JOIN bookings b ON b.id = a.booking_id
        WHERE a.id = s.agreement_id
          AND (s.signed_by = $1 OR s.agreement_id = )sql" DM_OWN_AGREEMENTS ")"}},
    {"agreements", {"erase_agreements", R"sql(
        UPDATE agreements a
        SET content = CASE WHEN b.applicant = $1 THEN '' ELSE content END,
            document = CASE WHEN b.applicant = $1 THEN '' ELSE document END,
            reason = CASE WHEN b.applicant = $1 THEN '' ELSE a.reason END,
            recommended_by = CASE recommended_by WHEN $1 THEN $2 ELSE recommended_by END,
            validated_by = CASE validated_by WHEN $1 THEN $2 ELSE validated_by END
        FROM bookings b
        WHERE b.id = a.booking_id
          AND (a.recommended_by = $1 OR a.validated_by = $1
               OR a.booking_id = )sql" DM_OWN_BOOKINGS ")"}},
    {"foreign_reads",
     {"erase_foreign_reads", "UPDATE foreign_reads SET person = $2 WHERE person = $1"}},
    {"answered_requests", {"erase_answered_requests", R"sql(
        DELETE FROM answered_requests
        WHERE (person = $1 OR (about = $1 AND about <> '')) AND $2::text <> '')sql"}},
    {"consent_requests", {"erase_consent_requests", R"sql(
        UPDATE consent_requests
        SET person = $2,
            cause = CASE state WHEN 'CLOSED' THEN cause ELSE 'MOVED_ON' END, state = 'CLOSED'
        WHERE person = $1)sql"}},
    {"consents", {"erase_consents", R"sql(
        UPDATE consents
        SET person = CASE person WHEN $1 THEN $2 ELSE person END,
            recorded_by = CASE recorded_by WHEN $1 THEN $2 ELSE recorded_by END,
            withdrawn_by = CASE withdrawn_by WHEN $1 THEN $2 ELSE withdrawn_by END
        WHERE person = $1 OR recorded_by = $1 OR withdrawn_by = $1)sql"}},
    {"guardians",
     {"erase_guardians",
      "UPDATE guardians SET person = $2, display_name = '', email = '' WHERE person = $1"}},
    {"person_history", {"erase_person_history", R"sql(
        UPDATE person_history
        SET person = CASE person WHEN $1 THEN $2 ELSE person END,
            actor = CASE actor WHEN $1 THEN $2 ELSE actor END
        WHERE person = $1 OR actor = $1)sql"}},
    {"applicants",
     {"erase_applicants", "DELETE FROM applicants WHERE person = $1 AND $2::text <> ''"}},
    {"bookings",
     {"erase_bookings", "UPDATE bookings SET applicant = $2, reason = '' WHERE applicant = $1"}},
};

#undef DM_OWN_AGREEMENTS
#undef DM_OWN_BOOKINGS

// Events carry ids alone; erasures and what follows them are the receipts.
constexpr const char* kImpersonalTables[] = {
    "sessions",         "host_requests",         "school_holidays",  "school_calendar_version",
    "outbox",           "outbox_counter",        "feed_cursors",     "erasures",
    "erasure_receipts", "erasure_confirmations", "schema_migrations"};

}  // namespace

absl::Span<const PersonalTable> PersonalTables() { return kPersonalTables; }
absl::Span<const char* const> ImpersonalTables() { return kImpersonalTables; }

}  // namespace dm::booking
