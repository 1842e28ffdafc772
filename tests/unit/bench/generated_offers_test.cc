#include "tests/bench/load/generated_offers.h"

#include <gtest/gtest.h>

#include <map>

namespace dm::bench {
namespace {

OfferGenerator Generator() {
  std::vector<Profession> professions;
  for (int i = 0; i < 50; ++i) {
    const std::string number = std::to_string(i);
    professions.push_back({"A" + number, {"7", "3"}, {"Patron" + number + " / Patronne" + number}});
  }
  return OfferGenerator(std::move(professions),
                        {{"61001", "Alençon", "61", "61000", 26000, 48, 0},
                         {"61002", "Almenêches", "61", "61570", 700, 48, 0}});
}

TEST(OfferGenerator, MakesTheSameOfferOfTheSameNumber) {
  const OfferGenerator one = Generator();
  const OfferGenerator other = Generator();
  other.Offer(3);
  for (const int64_t number : {int64_t{0}, int64_t{17}, int64_t{999'999}}) {
    EXPECT_EQ(one.Offer(number).title, other.Offer(number).title);
    EXPECT_EQ(one.Company(number).name, other.Company(number).name);
    EXPECT_EQ(one.Sessions(number).size(), other.Sessions(number).size());
  }
}

TEST(OfferGenerator, NamesAJobTitleOfTheProfessionInOneOfItsTwoForms) {
  const OfferGenerator generator = Generator();
  int feminine = 0;
  for (int number = 0; number < 200; ++number) {
    const GeneratedOffer offer = generator.Offer(number);
    const std::string end = offer.profession->code.substr(1);
    const bool is_feminine = offer.title.find("Patronne" + end) != std::string::npos;
    feminine += is_feminine ? 1 : 0;
    EXPECT_TRUE(is_feminine || offer.title.find("Patron" + end) != std::string::npos)
        << offer.title;
    EXPECT_EQ(offer.title.find('$'), std::string::npos) << offer.title;
  }
  EXPECT_GT(feminine, 40);
  EXPECT_LT(feminine, 160);
}

TEST(OfferGenerator, SomeProfessionsAreFarMoreCommonThanOthers) {
  const OfferGenerator generator = Generator();
  std::map<std::string, int> offers;
  for (int number = 0; number < 2'000; ++number) ++offers[generator.Offer(number).profession->code];
  int most = 0;
  for (const auto& [code, count] : offers) most = std::max(most, count);
  EXPECT_GT(most, 3 * 2'000 / 50);
  EXPECT_EQ(offers.size(), 50u);
}

TEST(OfferGenerator, EveryOfferHasSessionsInTheirOrderThatAreNeverOverfull) {
  const OfferGenerator generator = Generator();
  for (int number = 0; number < 200; ++number) {
    int before = 0;
    const auto sessions = generator.Sessions(number);
    EXPECT_FALSE(sessions.empty());
    for (const GeneratedSession& session : sessions) {
      EXPECT_GT(session.days_ahead, before);
      EXPECT_LE(session.held, session.capacity);
      before = session.days_ahead;
    }
  }
}

TEST(OfferGenerator, FiveOffersShareACompany) {
  EXPECT_EQ(OfferGenerator::CompanyOf(4), 0);
  EXPECT_EQ(OfferGenerator::CompanyOf(5), 1);
  EXPECT_EQ(OfferGenerator::CompaniesOf(0), 0);
  EXPECT_EQ(OfferGenerator::CompaniesOf(5), 1);
  EXPECT_EQ(OfferGenerator::CompaniesOf(6), 2);
}

}  // namespace
}  // namespace dm::bench
