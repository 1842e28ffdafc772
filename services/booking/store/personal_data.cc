#include "services/booking/store/personal_data.h"

namespace dm::booking {
namespace {

// What belongs to bookings is found by them, so it goes before they lose their name. Every erasure
// takes both parameters, needed or not.
constexpr PersonalTable kPersonalTables[] = {
    {"transitions",
     "L'historique de vos réservations",
     {"export_transitions", R"sql(
        SELECT to_jsonb(t) FROM transitions t JOIN bookings b ON b.id = t.booking_id
        WHERE b.applicant = $1 OR t.person = $1 ORDER BY t.at)sql"},
     {"erase_transitions", "UPDATE transitions SET person = $2 WHERE person = $1"}},
    {"feedback",
     "Les avis donnés après une rencontre ou un mini-stage",
     {"export_feedback", R"sql(
        SELECT to_jsonb(f) - 'request_id' FROM feedback f WHERE f.person = $1
        ORDER BY f.create_time)sql"},
     {"erase_feedback", R"sql(
        UPDATE feedback SET comment = '', person = CASE person WHEN $1 THEN $2 ELSE person END
        WHERE person = $1 OR booking_id IN (SELECT id FROM bookings WHERE applicant = $1))sql"}},
    {"foreign_reads",
     "Qui, à l'agence, a consulté vos réservations",
     {"export_foreign_reads", R"sql(
        SELECT to_jsonb(r) FROM foreign_reads r JOIN bookings b ON b.id = r.booking_id
        WHERE b.applicant = $1 OR r.person = $1 ORDER BY r.at)sql"},
     {"erase_foreign_reads", "UPDATE foreign_reads SET person = $2 WHERE person = $1"}},
    {"answered_requests",
     "Les réponses gardées deux jours pour qu'une demande répétée n'agisse qu'une fois",
     {"export_answered_requests", R"sql(
        SELECT to_jsonb(a) - 'answer' - 'fingerprint' FROM answered_requests a WHERE a.person = $1
        ORDER BY a.answered)sql"},
     {"erase_answered_requests",
      "DELETE FROM answered_requests WHERE person = $1 AND $2::text <> ''"}},
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
    {"consents",
     "Les décisions de votre responsable légal",
     {"export_consents", R"sql(
        SELECT to_jsonb(c) - 'text_hash' FROM consents c WHERE c.person = $1 ORDER BY c.decided)sql"},
     {"erase_consents", "UPDATE consents SET person = $2 WHERE person = $1"}},
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

// Events carry ids alone; erasures are the receipts.
constexpr const char* kImpersonalTables[] = {
    "sessions",     "school_holidays", "school_calendar_version", "outbox", "outbox_counter",
    "feed_cursors", "erasures",        "schema_migrations"};

}  // namespace

absl::Span<const PersonalTable> PersonalTables() { return kPersonalTables; }
absl::Span<const char* const> ImpersonalTables() { return kImpersonalTables; }

}  // namespace dm::booking
