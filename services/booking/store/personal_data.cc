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
     "L'historique de vos réservations",
     {"export_transitions",
      "SELECT to_jsonb(t) FROM transitions t WHERE t.booking_id = " DM_OWN_BOOKINGS R"sql(
        OR (t.person = $1 AND t.party IN ('HOST', 'AGENCY')) ORDER BY t.at)sql"},
     {"erase_transitions",
      "UPDATE transitions SET person = $2 WHERE person = $1 "
      "AND (party IN ('HOST', 'AGENCY') OR booking_id = " DM_OWN_BOOKINGS ")"}},
    {"feedback",
     "Les avis donnés après une rencontre ou un mini-stage, par vous ou à votre sujet",
     {"export_feedback",
      "SELECT to_jsonb(f) - 'request_id' FROM feedback f WHERE f.booking_id = " DM_OWN_BOOKINGS
      " OR f.person = $1 ORDER BY f.create_time"},
     {"erase_feedback",
      "UPDATE feedback SET comment = '', person = CASE person WHEN $1 THEN $2 ELSE person END "
      "WHERE person = $1 OR booking_id = " DM_OWN_BOOKINGS}},
    {"agreement_answers",
     "Les réponses gardées deux jours pour qu'une demande répétée n'agisse qu'une fois",
     {"export_agreement_answers",
      "SELECT to_jsonb(x) - 'answer' FROM agreement_answers x "
      "WHERE x.agreement_id = " DM_OWN_AGREEMENTS " OR x.person = $1"},
     {"erase_agreement_answers",
      "DELETE FROM agreement_answers WHERE $2::text <> '' "
      "AND (person = $1 OR agreement_id = " DM_OWN_AGREEMENTS ")"}},
    {"agreement_history",
     "Qui a vu, modifié, signé ou validé vos conventions",
     {"export_agreement_history",
      "SELECT to_jsonb(h) FROM agreement_history h WHERE h.agreement_id = " DM_OWN_AGREEMENTS
      " OR h.person = $1 ORDER BY h.seq"},
     {"erase_agreement_history", "UPDATE agreement_history SET person = $2 WHERE person = $1"}},
    {"agreement_reports",
     "Les bilans de fin de mini-stage",
     {"export_agreement_reports",
      "SELECT to_jsonb(r) FROM agreement_reports r WHERE r.agreement_id = " DM_OWN_AGREEMENTS
      " OR r.person = $1 ORDER BY r.at"},
     {"erase_agreement_reports",
      "WITH own AS (DELETE FROM agreement_reports WHERE agreement_id = " DM_OWN_AGREEMENTS
      R"sql( RETURNING agreement_id)
        UPDATE agreement_reports SET person = $2
        WHERE person = $1 AND agreement_id NOT IN (SELECT agreement_id FROM own))sql"}},
    {"agreement_signatories",
     "Qui signe vos conventions, et quand",
     {"export_agreement_signatories",
      "SELECT to_jsonb(s) - 'link_hash' - 'code_salt' - 'code_hash' FROM agreement_signatories s "
      "WHERE s.agreement_id = " DM_OWN_AGREEMENTS
      " OR s.signed_by = $1 ORDER BY s.agreement_id, s.place"},
     {"erase_agreement_signatories", R"sql(
        UPDATE agreement_signatories s
        SET display_name = CASE WHEN b.applicant = $1 THEN '' ELSE display_name END,
            email = CASE WHEN b.applicant = $1 THEN '' ELSE email END,
            link_hash = CASE WHEN b.applicant = $1 THEN NULL ELSE link_hash END,
            tell_time = CASE WHEN b.applicant = $1 THEN NULL ELSE tell_time END,
            signed_by = CASE signed_by WHEN $1 THEN $2 ELSE signed_by END
        FROM agreements a JOIN bookings b ON b.id = a.booking_id
        WHERE a.id = s.agreement_id
          AND (s.signed_by = $1 OR s.agreement_id = )sql" DM_OWN_AGREEMENTS ")"}},
    {"agreements",
     "Vos conventions",
     {"export_agreements",
      "SELECT to_jsonb(a) FROM agreements a WHERE a.booking_id = " DM_OWN_BOOKINGS
      " ORDER BY a.create_time"},
     {"erase_agreements", R"sql(
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
     "Qui, à l'agence, a consulté vos réservations",
     {"export_foreign_reads",
      "SELECT to_jsonb(r) FROM foreign_reads r WHERE r.booking_id = " DM_OWN_BOOKINGS
      " OR r.person = $1 ORDER BY r.at"},
     {"erase_foreign_reads", "UPDATE foreign_reads SET person = $2 WHERE person = $1"}},
    {"answered_requests",
     "Les réponses gardées deux jours pour qu'une demande répétée n'agisse qu'une fois",
     {"export_answered_requests", R"sql(
        SELECT to_jsonb(a) - 'answer' - 'fingerprint' FROM answered_requests a WHERE a.person = $1
        ORDER BY a.answered)sql"},
     {"erase_answered_requests", R"sql(
        DELETE FROM answered_requests
        WHERE (person = $1 OR (about = $1 AND about <> '')) AND $2::text <> '')sql"}},
    {"consent_requests",
     "Les demandes d'accord envoyées à votre responsable légal",
     {"export_consent_requests", R"sql(
        SELECT to_jsonb(c) - 'token_hash' FROM consent_requests c WHERE c.person = $1
        ORDER BY c.create_time)sql"},
     {"erase_consent_requests", R"sql(
        UPDATE consent_requests
        SET person = $2,
            cause = CASE state WHEN 'CLOSED' THEN cause ELSE 'MOVED_ON' END, state = 'CLOSED'
        WHERE person = $1)sql"}},
    // Who recorded a consent of somebody else sees what they did, and not whose it was.
    {"consents",
     "Les décisions de votre responsable légal, et celles que vous avez enregistrées",
     {"export_consents", R"sql(
        SELECT CASE c.person WHEN $1 THEN to_jsonb(c) - 'text_hash'
                 ELSE jsonb_build_object(
                   'id', c.id, 'decided', c.decided, 'recorded_by', c.recorded_by,
                   'withdrawn', c.withdrawn, 'withdrawn_by', c.withdrawn_by) END
        FROM consents c WHERE c.person = $1 OR c.recorded_by = $1 OR c.withdrawn_by = $1
        ORDER BY c.decided)sql"},
     {"erase_consents", R"sql(
        UPDATE consents
        SET person = CASE person WHEN $1 THEN $2 ELSE person END,
            recorded_by = CASE recorded_by WHEN $1 THEN $2 ELSE recorded_by END,
            withdrawn_by = CASE withdrawn_by WHEN $1 THEN $2 ELSE withdrawn_by END
        WHERE person = $1 OR recorded_by = $1 OR withdrawn_by = $1)sql"}},
    {"guardians",
     "Les coordonnées de votre responsable légal",
     {"export_guardians", R"sql(
        SELECT to_jsonb(g) FROM guardians g WHERE g.person = $1 ORDER BY g.create_time)sql"},
     {"erase_guardians",
      "UPDATE guardians SET person = $2, display_name = '', email = '' WHERE person = $1"}},
    {"person_history",
     "Qui a vu ou modifié votre profil",
     {"export_person_history", R"sql(
        SELECT to_jsonb(h) FROM person_history h WHERE h.person = $1 OR h.actor = $1
        ORDER BY h.at)sql"},
     {"erase_person_history", R"sql(
        UPDATE person_history
        SET person = CASE person WHEN $1 THEN $2 ELSE person END,
            actor = CASE actor WHEN $1 THEN $2 ELSE actor END
        WHERE person = $1 OR actor = $1)sql"}},
    {"applicants",
     "Votre profil",
     {"export_applicants", "SELECT to_jsonb(a) FROM applicants a WHERE a.person = $1"},
     {"erase_applicants", "DELETE FROM applicants WHERE person = $1 AND $2::text <> ''"}},
    {"bookings",
     "Vos réservations",
     {"export_bookings", R"sql(
        SELECT to_jsonb(b) FROM bookings b WHERE b.applicant = $1 ORDER BY b.create_time)sql"},
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
