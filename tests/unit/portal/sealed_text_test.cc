#include "services/gateway/portal/sealed_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dm::gateway {
namespace {

using ::testing::Optional;

const std::string kOld(64, 'a');
const std::string kNew(64, 'B');

SealedText With(const std::string& keys) { return SealedText::FromKeys(keys).value(); }

TEST(SealedText, OpensWhatItSealed) {
  const SealedText seal = With(kOld);
  for (const std::string& text : {std::string(), std::string("clair"), std::string(3000, '\0')}) {
    EXPECT_THAT(seal.Open("session", seal.Seal("session", text)), Optional(text));
  }
}

TEST(SealedText, SealsTheSameTextDifferentlyEachTimeAndShowsNothingOfIt) {
  const SealedText seal = With(kOld);
  const std::string sealed = seal.Seal("session", "eleve-14");
  EXPECT_NE(sealed, seal.Seal("session", "eleve-14"));
  EXPECT_EQ(sealed.find("eleve"), std::string::npos);
  EXPECT_EQ(
      sealed.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
      std::string::npos);
}

TEST(SealedText, OpensForItsPurposeAlone) {
  const SealedText seal = With(kOld);
  EXPECT_EQ(seal.Open("attempt", seal.Seal("session", "clair")), std::nullopt);
}

TEST(SealedText, RefusesWhatWasChangedAtAnyPlace) {
  const SealedText seal = With(kOld);
  const std::string sealed = seal.Seal("session", "clair");
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    // The last character may carry bits that stand for nothing.
    changed[i] = changed[i] == 'A' ? 'Q' : 'A';
    EXPECT_EQ(seal.Open("session", changed), std::nullopt) << i;
  }
  EXPECT_EQ(seal.Open("session", sealed.substr(0, 20)), std::nullopt);
  EXPECT_EQ(seal.Open("session", ""), std::nullopt);
  EXPECT_EQ(seal.Open("session", "é"), std::nullopt);
}

TEST(SealedText, OpensWithAnOldKeyUntilThatIsTakenOut) {
  const std::string sealed = With(kOld).Seal("session", "clair");
  EXPECT_THAT(With(kNew + "\n" + kOld + "\n").Open("session", sealed),
              Optional(std::string("clair")));
  EXPECT_EQ(With(kNew).Open("session", sealed), std::nullopt);
}

TEST(SealedText, SealsWithTheFirstKey) {
  const std::string sealed = With(kNew + "\n" + kOld).Seal("session", "clair");
  EXPECT_THAT(With(kNew).Open("session", sealed), Optional(std::string("clair")));
}

TEST(SealedText, TakesNoKeyThatIsNone) {
  for (const std::string& keys : {std::string(), std::string("\n"), std::string(63, 'a'),
                                  std::string(64, 'g'), kOld + "\nabc"}) {
    EXPECT_FALSE(SealedText::FromKeys(keys).ok()) << keys;
  }
}

}  // namespace
}  // namespace dm::gateway
