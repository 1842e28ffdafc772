#include "services/ambassador/domain/siret.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dm::ambassador {
namespace {

TEST(SiretTest, AcceptsWhatPassesBothChecks) {
  const std::vector<std::string> valid = {
      "73282932000074",
      "00061001400011",
      // La Poste: its head office follows Luhn, its branches the rule of five.
      "35600000000048",
      "35600000049837",
  };
  for (const std::string& siret : valid) EXPECT_TRUE(IsSiret(siret)) << siret;
}

TEST(SiretTest, RefusesEverythingElse) {
  const std::vector<std::string> invalid = {
      "",
      "7328293200007",
      "732829320000745",
      "73282932000075",
      // The whole passes Luhn, its first nine digits do not.
      "73282932100072",
      "7328293200007A",
      "732 829 320 00074",
      "35600000049838",
      "35600000000049",
  };
  for (const std::string& siret : invalid) EXPECT_FALSE(IsSiret(siret)) << siret;
}

}  // namespace
}  // namespace dm::ambassador
