#include "services/ambassador/store/personal_data.h"

namespace dm::ambassador::store {
namespace {

using privacy::ExportedTable;
using privacy::Meaning;

#define DM_OWN_ID "(substring($1 FROM '^ambassadors/([0-9a-f-]{36})$'))::uuid"

constexpr char kWithProfile[] = "Tant que vous êtes ambassadeur ou ambassadrice.";

constexpr ExportedTable kTables[] = {
    {"ambassadors",
     "Votre profil public",
     kWithProfile,
     {"export_ambassadors",
      "SELECT jsonb_strip_nulls(to_jsonb(a) - '{sort_name,names,words,location}'::text[]) "
      "FROM ambassadors a WHERE a.id = " DM_OWN_ID}},
    {"sessions",
     "Vos rencontres, et celles que vous avez annulées",
     kWithProfile,
     {"export_sessions", R"sql(
        SELECT jsonb_strip_nulls(jsonb_build_object(
          'id', id, 'start_time', start_time, 'end_time', end_time, 'capacity', capacity,
          'format', format, 'instant_confirmation', instant_confirmation, 'held', held,
          'cancel_time', cancel_time,
          'cancel_reason', CASE cancelled_by WHEN $1 THEN cancel_reason END))
        FROM sessions WHERE ambassador = )sql" DM_OWN_ID
                         " OR cancelled_by = $1 ORDER BY start_time"}},
    {"profile_reads",
     "Qui a demandé vos données",
     kWithProfile,
     {"export_profile_reads",
      "SELECT jsonb_build_object('at', at, 'reader', "
      "  CASE reader WHEN $1 THEN reader ELSE 'STAFF' END) "
      "FROM profile_reads WHERE ambassador = " DM_OWN_ID " OR reader = $1 ORDER BY at"}},
    {"answered_requests",
     "Les réponses gardées pour qu'une demande répétée n'agisse qu'une fois",
     "Deux jours.",
     {"export_answered_requests",
      "SELECT to_jsonb(a) - '{answer,fingerprint}'::text[] FROM answered_requests a "
      "WHERE caller = $1 ORDER BY answered"}},
};

#undef DM_OWN_ID

constexpr Meaning kFields[] = {
    {"id", "Identifiant"},
    {"display_name", "Nom affiché"},
    {"job_title", "Métier"},
    {"siret", "Entreprise (SIRET)"},
    {"company_display_name", "Entreprise ou école"},
    {"rome_codes", "Métiers (codes ROME)"},
    {"sectors", "Secteurs"},
    {"presentation", "Présentation"},
    {"formats", "Formes de rencontre"},
    {"audiences", "Publics"},
    {"street", "Rue"},
    {"postal_code", "Code postal"},
    {"commune", "Commune"},
    {"commune_code", "Code de la commune"},
    {"department", "Département"},
    {"latitude", "Latitude"},
    {"longitude", "Longitude"},
    {"demonstration", "Exemple de démonstration"},
    {"published", "Publié"},
    {"start_time", "Début"},
    {"end_time", "Fin"},
    {"capacity", "Places"},
    {"held", "Places prises"},
    {"format", "Forme"},
    {"instant_confirmation", "Confirmée immédiatement"},
    {"cancel_time", "Annulée le"},
    {"cancel_reason", "Raison écrite"},
    {"at", "Date"},
    {"reader", "Qui"},
    {"caller", "Identifiant de votre compte"},
    {"request_id", "Demande"},
    {"method", "Action"},
    {"answered", "Répondu le"},
};

constexpr Meaning kWords[] = {
    {"ON_SITE", "sur place"},
    {"PHONE", "par téléphone"},
    {"VIDEO", "en visioconférence"},
    {"STAFF", "la plateforme, ou vous par votre compte"},
};

constexpr const char* kImpersonalTables[] = {
    "outbox",           "outbox_counter",        "feed_cursors",
    "erasure_receipts", "erasure_confirmations", "schema_migrations"};

}  // namespace

const privacy::Register& AmbassadorRegister() {
  static const privacy::Register* const shown =
      new privacy::Register{.service = "ambassador",
                            .title = "Profil d'ambassadeur et rencontres",
                            .tables = kTables,
                            .fields = kFields,
                            .words = kWords};
  return *shown;
}

absl::Span<const char* const> ImpersonalTables() { return kImpersonalTables; }

}  // namespace dm::ambassador::store
