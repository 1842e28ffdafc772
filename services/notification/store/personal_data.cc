#include "services/notification/store/personal_data.h"

namespace dm::notification {
namespace {

using privacy::ExportedTable;
using privacy::Meaning;

constexpr ExportedTable kTables[] = {
    {"contacts",
     "Vos coordonnées",
     "Jusqu'à ce que vous les changiez ou demandiez l'effacement.",
     {"export_contacts", "SELECT to_jsonb(c) FROM contacts c WHERE c.party = $1"}},
    {"messages",
     "Les messages qui vous ont été envoyés, ou qui vont l'être",
     "Tant que vous utilisez la plateforme ; trois ans après votre dernière démarche.",
     {"export_messages",
      R"sql(
        SELECT jsonb_strip_nulls(jsonb_build_object(
          'id', m.id, 'kind', m.kind, 'booking', nullif(m.booking, ''),
          'session', nullif(m.session, ''), 'actor', m.actor, 'created', m.created,
          'state', m.state, 'attempts', m.attempts, 'sent_at', m.sent_at, 'failure', m.failure,
          'deadline', m.deadline, 'offer_title', nullif(m.offer_title, '')))
        FROM messages m WHERE m.recipient = $1 ORDER BY m.created)sql"}},
    {"stopped_mails",
     "Les messages que vous ne voulez plus recevoir",
     "Jusqu'à ce que vous les redemandiez ou demandiez l'effacement.",
     {"export_stopped_mails",
      "SELECT to_jsonb(s) FROM stopped_mails s WHERE s.party = $1 ORDER BY s.kind"}},
    {"mail_choice_links",
     "Les liens, dans vos messages, pour ne plus en recevoir de semblables",
     "Soixante jours.",
     {"export_mail_choice_links",
      "SELECT to_jsonb(l) - 'token_hash' FROM mail_choice_links l WHERE l.party = $1 "
      "ORDER BY l.expires"}},
    {"contact_requests",
     "Les réponses gardées pour qu'une demande répétée n'agisse qu'une fois",
     "Deux jours.",
     {"export_contact_requests",
      "SELECT to_jsonb(r) - 'fingerprint' FROM contact_requests r WHERE r.caller = $1"}},
    {"webhooks",
     "Les webhooks que vous avez enregistrés",
     "Jusqu'à ce que vous les supprimiez ou demandiez l'effacement.",
     {"export_webhooks",
      R"sql(
        SELECT jsonb_strip_nulls(jsonb_build_object(
          'id', w.id, 'display_name', nullif(w.display_name, ''), 'url', w.url, 'state', w.state,
          'create_time', w.create_time, 'update_time', w.update_time,
          'last_success', w.last_success))
        FROM webhooks w WHERE w.owner = $1 ORDER BY w.create_time)sql"}},
    {"answered_requests",
     "Les réponses gardées pour qu'une demande répétée n'agisse qu'une fois",
     "Deux jours.",
     {"export_answered_requests",
      "SELECT to_jsonb(a) - '{answer,fingerprint}'::text[] FROM answered_requests a "
      "WHERE a.caller = $1 ORDER BY a.answered"}},
};

constexpr Meaning kFields[] = {
    {"party", "Identifiant de votre compte"},
    {"caller", "Identifiant de votre compte"},
    {"display_name", "Nom"},
    {"email", "Adresse électronique"},
    {"version", "Version"},
    {"id", "Identifiant"},
    {"kind", "Sujet"},
    {"booking", "Réservation"},
    {"session", "Session"},
    {"actor", "À la suite de"},
    {"created", "Date"},
    {"state", "État"},
    {"attempts", "Tentatives d'envoi"},
    {"sent_at", "Envoyé le"},
    {"failure", "Pourquoi il n'a pas été envoyé"},
    {"deadline", "Délai annoncé"},
    {"offer_title", "Offre"},
    {"since", "Depuis le"},
    {"expires", "Valable jusqu'au"},
    {"request_id", "Demande"},
    {"url", "Adresse appelée"},
    {"create_time", "Enregistré le"},
    {"update_time", "Modifié le"},
    {"last_success", "Dernier envoi accepté"},
    {"method", "Opération"},
    {"answered", "Date"},
};

constexpr Meaning kWords[] = {
    {"waiting", "en attente"},
    {"ready", "à envoyer"},
    {"sending", "en cours d'envoi"},
    {"sent", "envoyé"},
    {"failed", "non envoyé"},
    {"dropped", "abandonné"},
    {"REFUSED", "refusé par la messagerie"},
    {"GAVE_UP", "trop de tentatives"},
    {"TOO_LATE", "trop tard"},
    {"INVALID", "adresse inutilisable"},
    {"REPLACED", "remplacé par un plus récent"},
    {"MOVED_ON", "devenu sans objet"},
    {"STOPPED", "vous n'en vouliez plus"},
    {"ERASED", "effacement demandé"},
    {"APPLICANT", "une action du jeune"},
    {"HOST", "une action de l'entreprise ou de l'ambassadeur"},
    {"AGENCY", "une action de l'agence"},
    {"SYSTEM", "une échéance"},
    {"REQUEST_RECEIVED", "demande envoyée"},
    {"NEW_REQUEST", "nouvelle demande"},
    {"WAITLISTED", "liste d'attente"},
    {"OFFERED", "place proposée"},
    {"CONSENT_NEEDED", "accord du responsable légal attendu"},
    {"CONSENT_NEEDED_AGAIN", "accord à redemander"},
    {"CONFIRMED", "réservation confirmée"},
    {"DECLINED", "réservation refusée"},
    {"REQUEST_CANCELLED", "demande annulée"},
    {"CONFIRMED_CANCELLED", "réservation annulée"},
    {"EXPIRED", "réservation expirée"},
    {"RESCHEDULED", "réservation reportée"},
    {"SESSION_CANCELLED", "session annulée"},
    {"SESSION_MOVED", "session déplacée"},
    {"CONSENT_WITHDRAWN", "accord retiré"},
    {"CONSENT_REFUSED", "accord refusé"},
    {"CONSENT_EXPIRED", "accord non donné à temps"},
    {"AGREEMENT_MISSING", "convention absente"},
    {"OVERLAP_RELEASED", "place libérée : autre réservation au même moment"},
    {"OVERLAP_AFTER_MOVE", "place libérée après un déplacement"},
    {"NOT_ELIGIBLE_ANY_MORE", "conditions plus remplies"},
    {"OFFER_EXPIRED", "place proposée expirée"},
    {"HOST_SILENT", "sans réponse de l'entreprise"},
    {"WAITLIST_ENDED", "fin de la liste d'attente"},
    {"NO_SHOW", "absence"},
    {"HOST_ABSENT", "absence de l'entreprise"},
    {"CAPACITY_REDUCED", "moins de places"},
    {"HOST_REMINDER", "rappel à l'entreprise"},
    {"HOST_LAST_REMINDER", "dernier rappel à l'entreprise"},
    {"OFFER_REMINDER", "rappel d'une place proposée"},
    {"STAY_TOMORROW", "rappel de la veille"},
    {"GUARDIAN_CONSENT", "demande d'accord au responsable légal"},
    {"SIGNATURE", "signature demandée"},
    {"SIGNATURE_CODE", "code de signature"},
    {"WEBHOOK_DISABLED", "webhook désactivé"},
    {"ACTIVE", "actif"},
    {"PAUSED", "en pause"},
    {"DISABLED", "désactivé"},
};

constexpr const char* kImpersonalTables[] = {"sessions",           "outbox",
                                             "outbox_counter",     "feed_cursors",
                                             "webhook_deliveries", "schema_migrations"};

}  // namespace

const privacy::Register& NotificationRegister() {
  static const privacy::Register* const shown =
      new privacy::Register{.service = "notification",
                            .title = "Coordonnées et messages",
                            .tables = kTables,
                            .fields = kFields,
                            .words = kWords};
  return *shown;
}

absl::Span<const char* const> ImpersonalTables() { return kImpersonalTables; }

}  // namespace dm::notification
