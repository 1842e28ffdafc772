#include "services/ambassador/domain/kept_records.h"

namespace dm::ambassador {
namespace {

constexpr KeptRecord kKeptRecords[] = {
    {.description = "Les rencontres passées, sans votre nom : le métier, l'entreprise, la date et "
                    "les places prises.",
     .reason = "Elles appartiennent aussi aux jeunes qui y sont venus, et aux statistiques de la "
               "plateforme.",
     .duration = "Un an avec le nom des jeunes, puis sans"},
    {.description = "Ce reçu, avec l'identifiant technique de votre profil et votre département.",
     .reason = "Pouvoir montrer que l'effacement a été fait (RGPD, articles 5 et 17), et ne pas "
               "vous inscrire à nouveau par une ancienne liste.",
     .duration = "Tant que la plateforme existe"},
};

}  // namespace

absl::Span<const KeptRecord> KeptRecords() { return kKeptRecords; }

}  // namespace dm::ambassador
