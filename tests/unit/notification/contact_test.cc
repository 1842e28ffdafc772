#include "services/notification/domain/contact.h"

#include <gtest/gtest.h>

namespace dm::notification {
namespace {

std::string Times(int n, const std::string& text) {
  std::string all;
  for (int i = 0; i < n; ++i) all += text;
  return all;
}

TEST(PartyTest, HasOneOfFourForms) {
  for (const char* party : {"people/eleve-17", "people/a.b:c_d", "companies/00061001400011",
                            "ambassadors/01940000-0000-7000-8000-0000000000b1", "agencies/61",
                            "agencies/2A", "agencies/974"}) {
    EXPECT_TRUE(IsParty(party)) << party;
  }
  for (const char* party :
       {"", "people/", "people/a b", "people/é", "companies/123", "companies/0006100140001x",
        "offers/1", "people/a/b", "companies/000610014000110", "People/a", "agencies/",
        "agencies/2C", "agencies/6", "agencies/9741", "agencies/ab"}) {
    EXPECT_FALSE(IsParty(party)) << party;
  }
  EXPECT_TRUE(IsParty("people/" + Times(128, "a")));
  EXPECT_FALSE(IsParty("people/" + Times(129, "a")));
}

TEST(PartyOfTest, ReadsTheNameOfAContact) {
  const Viewer ana{.person = "people/ana"};
  EXPECT_EQ(PartyOf("people/me/contact", ana), "people/ana");
  EXPECT_EQ(PartyOf("people/bob/contact", ana), "people/bob");
  EXPECT_EQ(PartyOf("companies/00061001400011/contact", ana), "companies/00061001400011");
  EXPECT_EQ(PartyOf("people/bob", ana), std::nullopt);
  EXPECT_EQ(PartyOf("people/bob/contacts", ana), std::nullopt);
  EXPECT_EQ(PartyOf("/contact", ana), std::nullopt);
}

TEST(MaySeeTest, EachSeesTheirOwnAndTheAgencyOnlySets) {
  const Viewer host{.person = "people/lea", .hosts = {"companies/00061001400011"}};
  const Viewer agency{.person = "people/agent", .agency = true};
  EXPECT_TRUE(MaySee(host, "people/lea"));
  EXPECT_TRUE(MaySee(host, "companies/00061001400011"));
  EXPECT_FALSE(MaySee(host, "companies/00061002200014"));
  EXPECT_FALSE(MaySee(host, "people/ana"));
  EXPECT_TRUE(MaySet(host, "companies/00061001400011"));
  EXPECT_FALSE(MaySet(host, "people/ana"));
  EXPECT_FALSE(MaySee(agency, "people/ana"));
  EXPECT_TRUE(MaySet(agency, "people/ana"));
}

TEST(MaySeeTest, TheContactOfAnAgencyIsForItsOwnAgents) {
  const Viewer agent{.person = "people/agent", .agency = true, .departments = {"61", "14"}};
  // A claim without its role.
  const Viewer no_agent{.person = "people/agent", .departments = {"61"}};
  for (const char* party : {"agencies/61", "agencies/14"}) {
    EXPECT_TRUE(MaySee(agent, party));
    EXPECT_TRUE(MaySet(agent, party));
    EXPECT_FALSE(MaySee(no_agent, party));
    EXPECT_FALSE(MaySet(no_agent, party));
  }
  EXPECT_FALSE(MaySee(agent, "agencies/76"));
  EXPECT_FALSE(MaySet(agent, "agencies/76"));
}

TEST(FingerprintOfTest, TellsRequestsApart) {
  const Contact contact{"people/ana", "Ana", "ana@x.example"};
  EXPECT_EQ(FingerprintOf(contact, "1"), FingerprintOf(contact, "1"));
  EXPECT_NE(FingerprintOf(contact, "1"), FingerprintOf(contact, "2"));
  EXPECT_NE(FingerprintOf(contact, ""), FingerprintOf({"people/ana", "Ana", "ana2@x.example"}, ""));
}

}  // namespace
}  // namespace dm::notification
