#include "services/catalogue/store/personal_data.h"

namespace dm::catalogue {
namespace {

using privacy::ExportedTable;
using privacy::Meaning;

constexpr char kWithOffer[] = "Avec l'offre ; sans votre nom dès que vous demandez l'effacement.";

constexpr ExportedTable kTables[] = {
    {"offer_reports", "Vos signalements d'offres", kWithOffer, {"export_offer_reports", R"sql(
        SELECT jsonb_strip_nulls(jsonb_build_object(
          'id', id, 'offer_id', offer_id, 'ground', ground, 'text', text,
          'create_time', create_time, 'resolve_time', resolve_time))
        FROM offer_reports WHERE reporter = $1 ORDER BY create_time)sql"}},
    {"offer_report_reads",
     "Les signalements que vous avez consultés",
     kWithOffer,
     {"export_offer_report_reads",
      "SELECT to_jsonb(r) - 'reader' FROM offer_report_reads r WHERE reader = $1 ORDER BY at"}},
    {"offer_transitions",
     "Les étapes d'offres que vous avez faites",
     kWithOffer,
     {"export_offer_transitions", R"sql(
        SELECT jsonb_strip_nulls(jsonb_build_object(
          'offer_id', offer_id, 'version', version, 'at', at, 'party', party, 'why', why))
        FROM offer_transitions WHERE person = $1 ORDER BY at)sql"}},
    {"sessions",
     "Les sessions que vous avez annulées",
     kWithOffer,
     {"export_cancelled_sessions", R"sql(
        SELECT jsonb_build_object('id', id, 'cancel_time', cancel_time,
                                  'cancel_reason', cancel_reason)
        FROM sessions WHERE cancelled_by = $1 ORDER BY cancel_time)sql"}},
    {"company_bans",
     "Les suspensions d'entreprises que vous avez décidées ou levées",
     kWithOffer,
     {"export_company_bans", R"sql(
        SELECT jsonb_strip_nulls(jsonb_build_object(
          'siret', siret, 'from_time', from_time, 'until_time', until_time,
          'justification', CASE banned_by WHEN $1 THEN justification END, 'lift_time', lift_time))
        FROM company_bans WHERE banned_by = $1 OR lifted_by = $1 ORDER BY from_time)sql"}},
    {"partner_sources",
     "Les sources d'offres que vous avez ouvertes",
     kWithOffer,
     {"export_partner_sources",
      "SELECT to_jsonb(s) - 'owner' FROM partner_sources s WHERE owner = $1 ORDER BY source"}},
    {"answered_requests",
     "Les réponses gardées pour qu'une demande répétée n'agisse qu'une fois",
     "Deux jours.",
     {"export_answered_requests",
      "SELECT to_jsonb(a) - '{answer,fingerprint}'::text[] FROM answered_requests a "
      "WHERE caller = $1 ORDER BY answered"}},
};

constexpr Meaning kFields[] = {
    {"id", "Identifiant"},
    {"offer_id", "Offre"},
    {"report_id", "Signalement"},
    {"ground",
     "Motif (1 : discrimination, 2 : travail déguisé, 3 : danger, 4 : tromperie, "
     "5 : contenu déplacé, 6 : autre)"},
    {"text", "Votre texte"},
    {"create_time", "Créé le"},
    {"resolve_time", "Traité le"},
    {"at", "Date"},
    {"version", "Version de l'offre"},
    {"party", "En tant que"},
    {"why", "Motif"},
    {"cancel_time", "Annulée le"},
    {"cancel_reason", "Raison écrite"},
    {"siret", "Entreprise (SIRET)"},
    {"from_time", "À partir de"},
    {"until_time", "Jusqu'à"},
    {"justification", "Justification"},
    {"lift_time", "Levée le"},
    {"source", "Source"},
    {"runs", "Envois"},
    {"caller", "Identifiant de votre compte"},
    {"request_id", "Demande"},
    {"method", "Action"},
    {"answered", "Répondu le"},
};

constexpr Meaning kWords[] = {
    {"HOST", "entreprise"},    {"AGENCY", "agence"},        {"OPERATOR", "plateforme"},
    {"PARTNER", "partenaire"}, {"SYSTEM", "la plateforme"},
};

}  // namespace

const privacy::Register& CatalogueRegister() {
  static const privacy::Register* const shown =
      new privacy::Register{.service = "catalogue",
                            .title = "Offres et signalements",
                            .tables = kTables,
                            .fields = kFields,
                            .words = kWords};
  return *shown;
}

}  // namespace dm::catalogue
