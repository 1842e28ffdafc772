#include "services/booking/store/personal_data.h"
#include "services/booking/store/personal_words.h"

namespace dm::booking {
namespace {

using privacy::ExportedTable;

#define DM_OWN_BOOKINGS "ANY (ARRAY(SELECT id FROM bookings WHERE applicant = $1))"
#define DM_OWN_AGREEMENTS \
  "ANY (ARRAY(SELECT own.id FROM agreements AS own WHERE own.booking_id = " DM_OWN_BOOKINGS "))"

// A column that says who did something: the person sees themself, and of others the party alone.
#define DM_ONLY_SELF(table, column)                                                              \
  "|| jsonb_build_object('" column "', CASE WHEN " table "." column " = $1 OR " table "." column \
  " NOT LIKE 'people/%' THEN " table "." column " END)"

constexpr char kWithBooking[] =
    "Un an après une visite ou une rencontre, cinq ans après un mini-stage ou une immersion "
    "(délai de prescription, Code civil, article 2224) ; ensuite, sans votre nom.";
constexpr char kWithPerson[] =
    "Tant que vous utilisez la plateforme ; trois ans après votre dernière démarche.";
constexpr char kTwoDays[] = "Deux jours.";
constexpr char kOneYear[] =
    "Un an (journaux d'accès : recommandation de la CNIL, délibération 2021-122).";
constexpr char kProof[] =
    "Comme la réservation, en tant que preuve du consentement (RGPD, article 7) ; ensuite, sans "
    "votre nom.";

constexpr ExportedTable kTables[] = {
    {"applicants",
     "Votre profil",
     kWithPerson,
     {"export_applicants", "SELECT to_jsonb(a) FROM applicants a WHERE a.person = $1"}},
    {"guardians",
     "Votre responsable légal",
     kWithPerson,
     {"export_guardians",
      "SELECT jsonb_strip_nulls(to_jsonb(g)) FROM guardians g WHERE g.person = $1 "
      "ORDER BY g.create_time"}},
    {"bookings",
     "Vos réservations",
     kWithBooking,
     {"export_bookings",
      "SELECT jsonb_strip_nulls(to_jsonb(b) - '{review_time,line_number,counted}'::text[]) "
      "FROM bookings b WHERE b.applicant = $1 ORDER BY b.create_time"}},
    {"transitions",
     "Chaque étape de vos réservations, et qui l'a faite",
     kWithBooking,
     {"export_transitions",
      "SELECT jsonb_strip_nulls(to_jsonb(t) " DM_ONLY_SELF(
          "t", "person") ") "
                         "FROM transitions t WHERE t.booking_id = " DM_OWN_BOOKINGS
                         " OR (t.person = $1 AND t.party IN ('HOST', 'AGENCY')) ORDER BY t.at"}},
    {"consent_requests",
     "Les demandes d'accord envoyées à votre responsable légal",
     kWithBooking,
     {"export_consent_requests",
      "SELECT jsonb_strip_nulls(to_jsonb(c) - '{token_hash,settle_time}'::text[]) "
      "FROM consent_requests c WHERE c.person = $1 ORDER BY c.create_time"}},
    // Who recorded a consent of somebody else sees what they did, and not whose it was.
    {"consents",
     "Les décisions de votre responsable légal, et celles que vous avez enregistrées",
     kProof,
     {"export_consents",
      "SELECT jsonb_strip_nulls(CASE c.person WHEN $1 THEN to_jsonb(c) - 'text_hash' "
      "    ELSE jsonb_build_object('id', c.id, 'decided', c.decided, 'withdrawn', c.withdrawn) "
      "END " DM_ONLY_SELF("c", "recorded_by")
          DM_ONLY_SELF("c", "withdrawn_by") ") "
                                            "FROM consents c WHERE c.person = $1 OR c.recorded_by "
                                            "= $1 OR c.withdrawn_by = $1 "
                                            "ORDER BY c.decided"}},
    // What the person wrote, or others of them; tutor, referent and signatories are others.
    {"agreements", "Vos conventions", kWithBooking, {"export_agreements", R"sql(
        SELECT jsonb_strip_nulls(
          to_jsonb(a) - '{content,document,recommended_by,validated_by,review_time}'::text[]
          || coalesce(told->'young', '{}')
          || jsonb_build_object(
               'school_name', told#>>'{school,name}', 'host_name', told#>>'{host,legal_name}',
               'profession_title', told#>>'{stay,profession_title}',
               'objectives', told#>>'{stay,objectives}', 'activities', told#>>'{stay,activities}',
               'applicant_insurer', told#>>'{insurance,applicant_insurer}',
               'applicant_policy', told#>>'{insurance,applicant_policy}'))
        FROM agreements a, LATERAL (SELECT nullif(a.content, '')::jsonb AS told) AS content
        WHERE a.booking_id = )sql" DM_OWN_BOOKINGS R"sql(
        ORDER BY a.create_time)sql"}},
    {"agreement_signatories",
     "Qui signe vos conventions, et quand",
     kWithBooking,
     {"export_agreement_signatories", R"sql(
        SELECT jsonb_strip_nulls(jsonb_build_object(
          'agreement_id', s.agreement_id, 'party', s.party, 'told_time', s.told_time,
          'signed_time', s.signed_time, 'signed_method', s.signed_method,
          'signed_hash', s.signed_hash,
          'display_name', CASE s.party WHEN 'APPLICANT' THEN s.display_name END,
          'email', CASE s.party WHEN 'APPLICANT' THEN s.email END))
        FROM agreement_signatories s WHERE s.agreement_id = )sql" DM_OWN_AGREEMENTS
                                      " OR s.signed_by = $1 ORDER BY s.agreement_id, s.place"}},
    {"agreement_history",
     "Qui a vu, modifié, signé ou validé vos conventions",
     kWithBooking,
     {"export_agreement_history",
      "SELECT jsonb_strip_nulls(to_jsonb(h) " DM_ONLY_SELF(
          "h", "person") ") "
                         "FROM agreement_history h WHERE h.agreement_id = " DM_OWN_AGREEMENTS
                         " OR h.person = $1 ORDER BY h.seq"}},
    {"agreement_reports",
     "Les bilans de fin de mini-stage",
     kWithBooking,
     {"export_agreement_reports",
      "SELECT jsonb_strip_nulls(to_jsonb(r) " DM_ONLY_SELF(
          "r", "person") ") "
                         "FROM agreement_reports r WHERE r.agreement_id = " DM_OWN_AGREEMENTS
                         " OR r.person = $1 ORDER BY r.at"}},
    {"feedback",
     "Les avis donnés après une rencontre ou un mini-stage, par vous ou à votre sujet",
     kWithBooking,
     {"export_feedback", "SELECT jsonb_strip_nulls(to_jsonb(f) - 'request_id' " DM_ONLY_SELF(
                             "f", "person") ") "
                                            "FROM feedback f WHERE f.booking_id = " DM_OWN_BOOKINGS
                                            " OR f.person = $1 ORDER BY f.create_time"}},
    {"person_history",
     "Qui a vu ou modifié votre profil, et qui a demandé vos données",
     kWithPerson,
     {"export_person_history",
      "SELECT jsonb_strip_nulls(to_jsonb(h) " DM_ONLY_SELF("h", "person") R"sql(
          || jsonb_build_object('actor',
               CASE WHEN h.actor = $1 OR h.actor NOT LIKE 'people/%' THEN h.actor ELSE 'STAFF' END))
        FROM person_history h WHERE h.person = $1 OR h.actor = $1 ORDER BY h.at)sql"}},
    {"foreign_reads",
     "Quand l'agence a consulté vos réservations",
     kOneYear,
     {"export_foreign_reads",
      "SELECT jsonb_strip_nulls(to_jsonb(r) " DM_ONLY_SELF(
          "r", "person") ") "
                         "FROM foreign_reads r WHERE r.booking_id = " DM_OWN_BOOKINGS
                         " OR r.person = $1 ORDER BY r.at"}},
    {"answered_requests",
     "Les réponses gardées pour qu'une demande répétée n'agisse qu'une fois",
     kTwoDays,
     {"export_answered_requests",
      "SELECT to_jsonb(a) - '{answer,fingerprint,about}'::text[] FROM answered_requests a "
      "WHERE a.person = $1 ORDER BY a.answered"}},
    {"agreement_answers",
     "Les mêmes, au sujet de vos conventions",
     kTwoDays,
     {"export_agreement_answers",
      "SELECT jsonb_strip_nulls(to_jsonb(x) - 'answer' " DM_ONLY_SELF(
          "x", "person") ") "
                         "FROM agreement_answers x WHERE x.agreement_id = " DM_OWN_AGREEMENTS
                         " OR x.person = $1"}},
};

#undef DM_ONLY_SELF
#undef DM_OWN_AGREEMENTS
#undef DM_OWN_BOOKINGS

}  // namespace

const privacy::Register& BookingRegister() {
  static const privacy::Register* const shown =
      new privacy::Register{.service = "booking",
                            .title = "Profil, réservations et conventions",
                            .tables = kTables,
                            .fields = FieldMeanings(),
                            .words = WordMeanings()};
  return *shown;
}

}  // namespace dm::booking
