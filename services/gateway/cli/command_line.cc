#include "services/gateway/cli/command_line.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include <algorithm>
#include <set>
#include <utility>

namespace dm::gateway::cli {
namespace {

using Names = std::set<std::string>;

const Names kSwitches = {"json", "help", "dry-run", "available", "accessible"};
const Names kEverywhere = {"address", "token-file", "json", "help"};

// The commands with the flags that each has beside those of all.
const std::map<std::string, Names>& Commands() {
  static const auto* const kCommands = new std::map<std::string, Names>{
      {"import", {"dry-run"}},
      {"search",
       {"department", "sector", "profession", "interest", "riasec", "format", "audience", "company",
        "near", "radius", "from", "to", "order", "limit", "page-token", "available", "accessible"}},
      {"show", {"department"}},
      {"sessions", {"from", "to", "limit", "page-token"}},
      {"book", {"request-id"}},
      {"bookings", {"state", "limit", "page-token"}},
      {"accept", {"etag", "request-id"}},
      {"decline", {"etag", "request-id", "reason"}},
      {"cancel", {"etag", "request-id", "reason"}},
      {"cancel-session", {"request-id", "reason"}},
      {"contact", {"etag", "request-id"}},
      {"help", {}},
  };
  return *kCommands;
}

absl::Status Wrong(const std::string& message) { return absl::InvalidArgumentError(message); }

// Whether any command has the flag; which one may be read later.
bool IsFlag(const std::string& name) {
  return kEverywhere.contains(name) ||
         std::any_of(Commands().begin(), Commands().end(),
                     [&](const auto& command) { return command.second.contains(name); });
}

absl::Status CheckFlags(const CommandLine& line) {
  const auto command = Commands().find(line.command);
  if (command == Commands().end()) {
    if (line.command.empty()) return absl::OkStatus();
    return Wrong(absl::StrCat("commande inconnue : ", line.command));
  }
  for (const auto& [name, values] : line.flags) {
    if (!kEverywhere.contains(name) && !command->second.contains(name)) {
      return Wrong(absl::StrCat("« ", line.command, " » n'a pas d'option --", name));
    }
  }
  return absl::OkStatus();
}

}  // namespace

std::string CommandLine::Value(absl::string_view name) const {
  const auto found = flags.find(std::string(name));
  return found == flags.end() ? "" : found->second.back();
}

std::vector<std::string> CommandLine::Values(absl::string_view name) const {
  const auto found = flags.find(std::string(name));
  return found == flags.end() ? std::vector<std::string>{} : found->second;
}

absl::StatusOr<CommandLine> CommandLine::Parse(const std::vector<std::string>& arguments) {
  CommandLine line;
  bool flags_ended = false;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (flags_ended || !absl::StartsWith(argument, "-") || argument == "-") {
      if (line.command.empty()) {
        line.command = argument;
      } else {
        line.words.push_back(argument);
      }
      continue;
    }
    if (argument == "--") {
      flags_ended = true;
      continue;
    }
    const size_t equals = argument.find('=');
    const std::string spelled = argument == "-h" ? "--help" : argument.substr(0, equals);
    const std::string name = absl::StartsWith(spelled, "--") ? spelled.substr(2) : "";
    // Before a value is looked for, or a mistyped switch would be said to lack one.
    if (!IsFlag(name)) return Wrong(absl::StrCat("option inconnue : ", spelled));
    std::string value = equals == std::string::npos ? "" : argument.substr(equals + 1);
    if (kSwitches.contains(name)) {
      if (equals != std::string::npos) return Wrong(absl::StrCat("--", name, " est sans valeur"));
    } else if (equals == std::string::npos) {
      if (++i == arguments.size()) return Wrong(absl::StrCat("--", name, " attend une valeur"));
      value = arguments[i];
    }
    line.flags[name].push_back(std::move(value));
  }
  if (absl::Status status = CheckFlags(line); !status.ok()) return status;
  return line;
}

std::string HelpText() {
  return R"(dm : la ligne de commande de Destination Métier

  dm [--address HÔTE:PORT] [--token-file FICHIER] [--json] COMMANDE …

Chercher et lire
  dm search companies|offers|professions|ambassadors [MOTS…]
      --department 61     département (plusieurs fois possible)
      --sector, --profession, --interest, --riasec, --company, --audience, --format
      --near 48.7,-0.5 --radius 20        autour d'un point, en kilomètres
      --from 2026-12-07 --to 2026-12-20   dates de session (offres)
      --available --accessible            places libres, accessible (offres)
      --order date|distance|relevance     (offres)
      --limit 20 --page-token JETON
  dm show NOM             offers/…, professions/…, companies/…, ambassadors/…, bookings/…,
                          people/me/contact
  dm sessions NOM         les rencontres d'un ambassadeur ou d'une ambassadrice

Réserver
  dm book SESSION         NOM de session donné par « show » ou « sessions »
  dm bookings             mes réservations ; --state CONFIRMED
  dm accept RÉSERVATION
  dm decline RÉSERVATION --reason TEXTE
  dm cancel RÉSERVATION --reason TEXTE
      --etag ETAG         refuse si la réservation a changé
      --request-id UUID   la même demande, faite une seule fois
  dm contact set NOM COURRIEL "NOM AFFICHÉ"

Accueillir
  dm cancel-session SESSION --reason TEXTE
                          annule la session et toutes ses réservations, sans retour ;
                          le motif n'est montré à personne

Importer (rôles agency, operator)
  dm import rome DOSSIER
  dm import communes|companies|contacts|applicants|calendar FICHIER
  dm import offers offers.csv sessions.csv
  dm import ambassadors ambassadors.csv meetings.csv
      --dry-run           vérifie tout, ne change rien

  --address               passerelle gRPC (127.0.0.1:9090, ou DM_ADDRESS)
  --token-file            jeton d'accès (ou DM_TOKEN, le jeton même)
  --json                  écrit du JSON

Codes de sortie : 0 fait, 1 refusé, 2 commande mal écrite.
)";
}

}  // namespace dm::gateway::cli
