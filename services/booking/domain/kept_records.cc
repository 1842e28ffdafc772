#include "services/booking/domain/kept_records.h"

namespace dm::booking {
namespace {

constexpr KeptRecord kKeptRecords[] = {
    {.description = "Vos réservations et vos présences, sans votre nom ni votre identifiant : "
                    "la session, les dates et la suite donnée.",
     .reason = "Les statistiques de la plateforme. Ce ne sont plus des données personnelles "
               "(RGPD, considérant 26).",
     .duration = "Sans limite"},
    {.description = "La preuve des décisions de votre responsable légal, sous un pseudonyme : la "
                    "date, la décision et l'empreinte du texte lu.",
     .reason = "La preuve du consentement (RGPD, article 7) pendant le délai de prescription "
               "(Code civil, article 2224).",
     .duration = "Cinq ans"},
    {.description = "La preuve des signatures de vos conventions, sous un pseudonyme : les dates "
                    "et l'empreinte du texte signé. Le texte et les noms sont effacés.",
     .reason = "La preuve en cas de litige pendant le délai de prescription (Code civil, article "
               "2224).",
     .duration = "Cinq ans"},
    {.description = "Ce reçu, avec l'identifiant technique de votre compte.",
     .reason = "Pouvoir montrer que l'effacement a été fait (RGPD, articles 5 et 17).",
     .duration = "Cinq ans"},
};

}  // namespace

absl::Span<const KeptRecord> KeptRecords() { return kKeptRecords; }

std::vector<std::string> Followers() { return {"ambassador", "catalogue", "notification"}; }

}  // namespace dm::booking
