#include "services/gateway/cli/command_rows.h"

#include "destinationmetier/booking/v1/booking_service.pb.h"
#include "destinationmetier/catalogue/v1/catalogue_service.pb.h"
#include "destinationmetier/catalogue/v1/moderation_service.pb.h"
#include "destinationmetier/catalogue/v1/statistics_service.pb.h"
#include "destinationmetier/type/v1/audience.pb.h"
#include "destinationmetier/type/v1/geo.pb.h"
#include "services/gateway/cli/commands.h"
#include "services/gateway/cli/enum_words.h"
#include "services/gateway/cli/event_text.h"

#include <utility>

namespace dm::gateway::cli {
namespace {

namespace catalogue = destinationmetier::catalogue::v1;
namespace type = destinationmetier::type::v1;

using destinationmetier::booking::v1::Booking;

constexpr char kRead[] = "Chercher et lire";
constexpr char kBook[] = "Réserver";
constexpr char kHost[] = "Accueillir";
constexpr char kModerate[] = "Modérer (rôles agency, operator)";
constexpr char kExchange[] = "Importer, exporter, suivre";
constexpr char kFigures[] = "Chiffres";
constexpr char kAbout[] = "La commande elle-même";

Option Department(const std::string& help = "département, par exemple 61 (plusieurs fois)") {
  return {.name = "department", .value = "CODE", .help = help};
}

Option Sector() { return {.name = "sector", .value = "CODE", .help = "secteur (plusieurs fois)"}; }

Option Profession() {
  return {.name = "profession", .value = "ROME", .help = "métier (plusieurs fois)"};
}

Option Company() {
  return {.name = "company", .value = "SIRET", .help = "entreprise (plusieurs fois)"};
}

Option Near() {
  return {.name = "near", .value = "LAT,LON", .help = "autour d'un point, par exemple 48.7,-0.5"};
}

Option Radius() {
  return {.name = "radius", .value = "KM", .help = "à quelle distance du point (20)"};
}

Option Day(const std::string& name, const std::string& help) {
  return {.name = name, .value = "AAAA-MM-JJ", .help = help};
}

Option Reason(const std::string& help, bool required = false) {
  return {.name = "reason", .value = "TEXTE", .help = help, .required = required};
}

Option Etag() {
  return {.name = "etag", .value = "ETAG", .help = "refuse si cela a changé depuis"};
}

Option RequestId() {
  return {.name = "request-id", .value = "UUID", .help = "la même demande, faite une seule fois"};
}

std::vector<Option> WithPages(std::vector<Option> options) {
  options.push_back({.name = "limit", .value = "NOMBRE", .help = "lignes par page (20)"});
  options.push_back({.name = "page-token", .value = "JETON", .help = "la page suivante"});
  return options;
}

std::vector<Option> OfferSearchOptions() {
  return WithPages({Department(),
                    Sector(),
                    Profession(),
                    Company(),
                    {.name = "audience",
                     .value = "PUBLIC",
                     .help = "pour qui (plusieurs fois)",
                     .choices = WordsOf<type::Audience>()},
                    Near(),
                    Radius(),
                    Day("from", "sessions à partir de ce jour"),
                    Day("to", "sessions jusqu'à ce jour"),
                    {.name = "available", .value = "", .help = "avec des places libres"},
                    {.name = "accessible", .value = "", .help = "accessibles à mobilité réduite"},
                    {.name = "order",
                     .value = "ORDRE",
                     .help = "dans quel ordre",
                     .choices = {"date", "distance", "relevance"}}});
}

void AddReading(std::vector<Command>* all) {
  const auto add = [all](Command command) {
    command.group = kRead;
    all->push_back(std::move(command));
  };
  add({.name = "search companies",
       .arguments = "[MOTS…]",
       .most = kAnyNumber,
       .help = "les entreprises qui accueillent",
       .options = WithPages({Department(), Sector()}),
       .run = SearchCompanies});
  add({.name = "search offers",
       .arguments = "[MOTS…]",
       .most = kAnyNumber,
       .help = "les offres de mini-stage",
       .options = OfferSearchOptions(),
       .run = SearchOffers});
  add({.name = "search professions",
       .arguments = "[MOTS…]",
       .most = kAnyNumber,
       .help = "les métiers",
       .options =
           WithPages({Sector(),
                      {.name = "interest", .value = "CODE", .help = "intérêt (plusieurs fois)"},
                      {.name = "riasec", .value = "LETTRE", .help = "profil (plusieurs fois)"}}),
       .run = SearchProfessions});
  add({.name = "search ambassadors",
       .arguments = "[MOTS…]",
       .most = kAnyNumber,
       .help = "les ambassadeurs et ambassadrices",
       .options = WithPages({Department(),
                             Sector(),
                             Profession(),
                             Company(),
                             Near(),
                             Radius(),
                             {.name = "format",
                              .value = "FORMAT",
                              .help = "comment (plusieurs fois)",
                              .choices = WordsOf<type::MeetingFormat>()}}),
       .run = SearchAmbassadors});
  add({.name = "show",
       .arguments = "NOM",
       .least = 1,
       .most = 1,
       .help = "tout ce que dit un nom",
       .options = {Department("autour d'un métier (plusieurs fois)")},
       .notes = "NOM : offers/…, professions/…, companies/…, companies/…/settings,\n"
                "ambassadors/…, bookings/…, people/me/contact.\n",
       .run = Show});
  add({.name = "sessions",
       .arguments = "AMBASSADEUR",
       .least = 1,
       .most = 1,
       .help = "les rencontres d'un ambassadeur ou d'une ambassadrice",
       .options = WithPages({Day("from", "à partir de ce jour"), Day("to", "jusqu'à ce jour")}),
       .run = ListMeetings});
}

void AddBooking(std::vector<Command>* all) {
  const auto add = [all](Command command) {
    command.group = kBook;
    all->push_back(std::move(command));
  };
  add({.name = "book",
       .arguments = "SESSION",
       .least = 1,
       .most = 1,
       .help = "réserve ; « show » et « sessions » donnent le nom des sessions",
       .options = {RequestId()},
       .run = Book});
  add({.name = "bookings",
       .help = "mes réservations",
       .options = WithPages({{.name = "state",
                              .value = "ÉTAT",
                              .help = "seulement celles-là (plusieurs fois)",
                              .choices = WordsOf<Booking::State>()}}),
       .run = ListBookings});
  for (const auto& [name, help] :
       {std::pair("accept", "accepte une demande"), std::pair("decline", "refuse une demande"),
        std::pair("cancel", "annule une réservation")}) {
    std::vector<Option> options = {Etag(), RequestId()};
    if (std::string(name) != "accept") options.push_back(Reason("pourquoi"));
    add({.name = name,
         .arguments = "RÉSERVATION",
         .least = 1,
         .most = 1,
         .help = help,
         .options = std::move(options),
         .run = Step});
  }
  add({.name = "contact set",
       .arguments = "NOM COURRIEL \"NOM AFFICHÉ\"",
       .least = 3,
       .most = 3,
       .help = "où écrire à une personne ou à une entreprise",
       .options = {Etag(), RequestId()},
       .run = SetContact});
  all->push_back({.name = "cancel-session",
                  .group = kHost,
                  .arguments = "SESSION",
                  .least = 1,
                  .most = 1,
                  .help = "annule une session et toutes ses réservations, sans retour",
                  .options = {Reason("pour mémoire ; n'est montré à personne"), RequestId()},
                  .run = CancelSession});
}

void AddOfferModeration(std::vector<Command>* all) {
  const auto add = [all](Command command) {
    command.group = kModerate;
    all->push_back(std::move(command));
  };
  const auto step = [&add](const std::string& name, const std::string& help,
                           std::vector<Option> options, int (*run)(const CommandLine&, Session&)) {
    options.push_back(Etag());
    options.push_back(RequestId());
    add({.name = name,
         .arguments = "OFFRE",
         .least = 1,
         .most = 1,
         .help = help,
         .options = std::move(options),
         .run = run});
  };
  add({.name = "moderate list",
       .help = "les offres qui attendent l'agence",
       .options =
           WithPages({{.name = "company", .value = "SIRET", .help = "d'une seule entreprise"},
                      {.name = "state",
                       .value = "ÉTAT",
                       .help = "celles de cet état plutôt que submitted (plusieurs fois)",
                       .choices = WordsOf<catalogue::Offer::State>()}}),
       .run = ListWaitingOffers});
  add({.name = "moderate show",
       .arguments = "OFFRE",
       .least = 1,
       .most = 1,
       .help = "une offre dans n'importe quel état, et ce qui la cache",
       .run = ShowRecord});
  step("moderate approve", "publie une offre qui attend", {}, ApproveOffer);
  step("moderate reject", "rend une offre à l'entreprise",
       {Reason("ce qui doit changer ; l'entreprise le lit", true)}, RejectOffer);
  step("moderate suspend", "retire une offre publiée de la vue",
       {Reason("pourquoi ; l'entreprise le lit", true)}, SuspendOffer);
  step("moderate resume", "remontre une offre suspendue", {}, ResumeOffer);
}

void AddReportsAndBans(std::vector<Command>* all) {
  const auto add = [all](Command command) {
    command.group = kModerate;
    all->push_back(std::move(command));
  };
  add({.name = "moderate reports",
       .help = "les signalements sans réponse (chaque consultation est gardée)",
       .options =
           WithPages({{.name = "offer", .value = "OFFRE", .help = "ceux d'une seule offre"},
                      {.name = "all", .value = "", .help = "ceux qui ont une réponse aussi"}}),
       .run = ListReports});
  add({.name = "moderate resolve",
       .arguments = "SIGNALEMENT",
       .least = 1,
       .most = 1,
       .help = "répond à un signalement ; ne change rien à l'offre",
       .options = {{.name = "outcome",
                    .value = "ISSUE",
                    .help = "s'il était fondé",
                    .choices = WordsOf<catalogue::OfferReport::Outcome>(),
                    .required = true},
                   {.name = "note", .value = "TEXTE", .help = "pour l'agence elle-même"},
                   RequestId()},
       .run = ResolveReport});
  add({.name = "moderate ban",
       .arguments = "ENTREPRISE",
       .least = 1,
       .most = 1,
       .help = "exclut une entreprise ; ses offres publiées sont suspendues",
       .options = {{.name = "justification",
                    .value = "TEXTE",
                    .help = "pourquoi ; l'entreprise le lit",
                    .required = true},
                   Day("until", "jusqu'à ce jour inclus ; sinon jusqu'à « unban »"),
                   RequestId()},
       .run = BanCompany});
  add({.name = "moderate unban",
       .arguments = "ENTREPRISE",
       .least = 1,
       .most = 1,
       .help = "met fin à une exclusion ; les offres restent suspendues",
       .options = {RequestId()},
       .run = LiftBan});
}

void AddExchange(std::vector<Command>* all) {
  const auto add = [all](Command command) {
    command.group = kExchange;
    all->push_back(std::move(command));
  };
  add({.name = "import",
       .arguments = "SORTE FICHIER…|DOSSIER",
       .least = 2,
       .most = kAnyNumber,
       .help = "une liste officielle ou de l'agence (rôles agency, operator)",
       .options = {{.name = "dry-run", .value = "", .help = "vérifie tout, ne change rien"}},
       .choices = {"rome", "communes", "naf", "naf2025", "schools", "sirene", "words", "companies",
                   "offers", "ambassadors", "contacts", "applicants", "calendar"},
       .files = true,
       .notes = "Par exemple : dm import rome DOSSIER\n"
                "              dm import offers offers.csv sessions.csv\n"
                "              dm import ambassadors ambassadors.csv meetings.csv\n",
       .run = Import});
  add({.name = "export",
       .help = "les offres publiées et leurs sessions (partner offers.read, agency, operator)",
       .options = {{.name = "department",
                    .value = "CODE",
                    .help = "département (plusieurs fois)",
                    .required = true},
                   {.name = "output",
                    .value = "FICHIER",
                    .help = "où écrire ; sinon sur la sortie standard",
                    .file = true},
                   Day("changed-since", "seulement celles qui ont changé depuis ce jour")},
       .notes =
           "Une ligne de CSV par session, une ligne de JSON par offre avec --json. Le fichier\n"
           "n'a son nom qu'une fois entier ; ce qui s'interrompt reprend où c'en était.\n",
       .run = Export});
  add({.name = "watch",
       .help = "ce qui se passe, au fil de l'eau (partner events.read, agency, operator)",
       .options = {Department("seulement ce département (plusieurs fois) ; sinon le territoire"),
                   {.name = "type",
                    .value = "TYPE",
                    .help = "seulement ces événements (plusieurs fois)",
                    .choices = EventTypes()},
                   {.name = "resume-file",
                    .value = "FICHIER",
                    .help = "garde où l'on en est, et y reprend",
                    .file = true},
                   {.name = "from-start", .value = "", .help = "depuis le plus ancien gardé"}},
       .notes =
           "Une ligne par événement, à partir de maintenant ou de ce que dit --resume-file ; ce\n"
           "fichier vaut pour les mêmes options. Chaque événement arrive au moins une fois,\n"
           "toujours sous le même identifiant. Ctrl-C arrête. Une fois reliée, la commande se\n"
           "relie d'elle-même et relit alors --token-file.\n",
       .run = Watch});
}

void AddRest(std::vector<Command>* all) {
  all->push_back(
      {.name = "statistics",
       .group = kFigures,
       .help = "offres, entreprises, sessions et places, par mois de session",
       .options = {{.name = "by",
                    .value = "AXE",
                    .help = "compte par (plusieurs fois)",
                    .choices = WordsOf<catalogue::StatisticsDimension>()},
                   {.name = "from", .value = "AAAA-MM", .help = "premier mois (il y a un an)"},
                   {.name = "to", .value = "AAAA-MM", .help = "dernier mois (celui-ci)"},
                   Department()},
       .run = ShowStatistics});
  all->push_back({.name = "searches",
                  .group = kFigures,
                  .help = "ce que l'on cherche le plus, ou en vain (rôles agency, operator)",
                  .options = WithPages(
                      {{.name = "kind",
                        .value = "SORTE",
                        .help = "les plus fréquentes, ou celles qui ne trouvent rien",
                        .choices = WordsOf<catalogue::ListFrequentSearchesRequest::Kind>()},
                       {.name = "subject",
                        .value = "OBJET",
                        .help = "parmi quoi",
                        .choices = WordsOf<catalogue::ListFrequentSearchesRequest::Subject>()},
                       Day("from", "premier jour (il y a 30 jours)"),
                       Day("to", "dernier jour (aujourd'hui)")}),
                  .run = ListSearches});
  all->push_back({.name = "completion",
                  .group = kAbout,
                  .arguments = "bash",
                  .least = 1,
                  .most = 1,
                  .help = "la complétion : source <(dm completion bash)",
                  .choices = {"bash"},
                  .run = Completion});
  all->push_back({.name = "help",
                  .group = kAbout,
                  .arguments = "[COMMANDE]",
                  .most = kAnyNumber,
                  .help = "ceci, ou tout d'une commande",
                  .choices = FirstWordsOf(*all),
                  .run = Help});
}

}  // namespace

std::vector<Command> CommandRows() {
  std::vector<Command> all;
  AddReading(&all);
  AddBooking(&all);
  AddOfferModeration(&all);
  AddReportsAndBans(&all);
  AddExchange(&all);
  AddRest(&all);
  return all;
}

}  // namespace dm::gateway::cli
