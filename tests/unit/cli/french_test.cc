#include "services/gateway/cli/french.h"

#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <string>

namespace dm::gateway::cli {
namespace {

using destinationmetier::booking::v1::Booking;

TEST(TimeText, IsThatOfParisInSummerAndInWinter) {
  google::protobuf::Timestamp time;
  time.set_seconds(1'796'630'400);  // 2026-12-07T08:00:00Z
  EXPECT_EQ(TimeText(time), "lun. 07/12/2026 09:00");
  time.set_seconds(1'783'324'800);  // 2026-07-06T08:00:00Z
  EXPECT_EQ(TimeText(time), "lun. 06/07/2026 10:00");
}

TEST(Table, LinesUpAccentedText) {
  Table table({"lieu", "nom"});
  table.Add({"Écouché", "x"});
  table.Add({"Flers", "y"});
  std::ostringstream out;
  table.Write(out);
  EXPECT_EQ(out.str(), "lieu     nom\nÉcouché  x\nFlers    y\n");
}

TEST(Table, EndsNumbersBelowOneAnother) {
  Table table({"mois", "offres", "taux"}, 1);
  table.Add({"décembre", "7", "100 %"});
  table.Add({"mai", "12345678", "5 %"});
  std::ostringstream out;
  table.Write(out);
  EXPECT_EQ(out.str(),
            "mois        offres   taux\n"
            "décembre         7  100 %\n"
            "mai       12345678    5 %\n");
}

TEST(Table, KeepsACellInItsLine) {
  Table table({"texte", "nom"});
  table.Add({"a\nb\x1b[2J", "x"});
  std::ostringstream out;
  table.Write(out);
  EXPECT_EQ(out.str(), "texte    nom\na b [2J  x\n");
}

TEST(OneLine, TakesAwayWhatATerminalObeysAndNothingElse) {
  EXPECT_EQ(OneLine("é\t\xc2\x9b"
                    "à\x7f"),
            "é   à ");
  EXPECT_EQ(OneLine("« Ça » – 10 €"), "« Ça » – 10 €");
}

TEST(PlaceText, SaysWhatIsKnown) {
  destinationmetier::type::v1::Place place;
  EXPECT_EQ(PlaceText(place), "");
  place.set_department("61");
  EXPECT_EQ(PlaceText(place), "61");
  place.set_commune("Caligny");
  place.set_postal_code("61100");
  EXPECT_EQ(PlaceText(place), "61100 Caligny (61)");
}

TEST(StateText, HasAWordForEveryState) {
  std::set<std::string> words;
  for (int state = Booking::STATE_WAITLISTED; state <= Booking::State_MAX; ++state) {
    words.insert(StateText(static_cast<Booking::State>(state)));
  }
  EXPECT_EQ(words.size(), static_cast<size_t>(Booking::State_MAX));
  EXPECT_FALSE(words.contains("inconnu"));
}

TEST(OfferStateText, HasAWordForEveryState) {
  using destinationmetier::catalogue::v1::Offer;
  std::set<std::string> words;
  for (int state = Offer::STATE_DRAFT; state <= Offer::State_MAX; ++state) {
    words.insert(OfferStateText(static_cast<Offer::State>(state)));
  }
  EXPECT_EQ(words.size(), static_cast<size_t>(Offer::State_MAX));
  EXPECT_FALSE(words.contains("inconnu"));
}

}  // namespace
}  // namespace dm::gateway::cli
