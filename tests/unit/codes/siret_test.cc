#include "common/codes/siret.h"

#include <gtest/gtest.h>

#include <string>

namespace dm {
namespace {

struct Case {
  const char* what;
  std::string siret;
  bool right;
};

class SiretTest : public testing::TestWithParam<Case> {};

TEST_P(SiretTest, IsTakenOrRefused) { EXPECT_EQ(IsSiret(GetParam().siret), GetParam().right); }

INSTANTIATE_TEST_SUITE_P(
    Table, SiretTest,
    testing::Values(Case{"Google_France", "73282932000074", true},
                    Case{"the_demonstration", "00061001400011", true},
                    Case{"another_last_digit", "73282932000075", false},
                    Case{"two_digits_swapped", "73282923000074", false},
                    // The whole passes Luhn, the SIREN does not.
                    Case{"wrong_siren", "73282933000008", false},
                    Case{"La_Poste_head_office_by_Luhn", "35600000000048", true},
                    Case{"La_Poste_sum_of_20", "35600000000006", true},
                    Case{"La_Poste_real_establishment", "35600000049837", true},
                    Case{"La_Poste_sum_of_15", "35600000000001", true},
                    Case{"La_Poste_sum_of_16", "35600000000002", false},
                    Case{"La_Poste_sum_of_46", "35600000049838", false},
                    Case{"too_short", "7328293200007", false},
                    Case{"too_long", "732829320000741", false},
                    Case{"letters", "7328293200007A", false},
                    Case{"spaces", "732 829 320 00074", false}, Case{"empty", "", false}),
    [](const testing::TestParamInfo<Case>& each) { return std::string(each.param.what); });

}  // namespace
}  // namespace dm
