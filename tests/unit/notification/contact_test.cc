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

TEST(RightToSetTest, APartyReplacesItsOwnAndAnAgentSetsTheFirst) {
  const Viewer host{.person = "people/lea", .hosts = {"companies/00061001400011"}};
  const Viewer agent{.person = "people/agent", .agency = true, .departments = {"61", "14"}};
  // A claim without its role.
  const Viewer no_agent{.person = "people/agent", .departments = {"61"}};
  const Viewer root{.person = "people/root", .is_operator = true};
  struct Case {
    const Viewer& viewer;
    const char* party;
    bool sees;
    SettingRight right;
  };
  const Case cases[] = {
      {host, "people/lea", true, SettingRight::kReplace},
      {host, "companies/00061001400011", true, SettingRight::kReplace},
      {host, "companies/00061002200014", false, SettingRight::kNone},
      {host, "people/ana", false, SettingRight::kNone},
      {host, "agencies/61", false, SettingRight::kNone},
      {agent, "people/agent", true, SettingRight::kReplace},
      {agent, "people/ana", false, SettingRight::kFirst},
      {agent, "companies/00061001400011", false, SettingRight::kFirst},
      {agent, "ambassadors/jeanne", false, SettingRight::kFirst},
      {agent, "agencies/61", true, SettingRight::kReplace},
      {agent, "agencies/14", true, SettingRight::kReplace},
      {agent, "agencies/76", false, SettingRight::kNone},
      {no_agent, "agencies/61", false, SettingRight::kNone},
      {no_agent, "people/ana", false, SettingRight::kNone},
      {root, "people/ana", false, SettingRight::kReplace},
      {root, "agencies/76", false, SettingRight::kReplace},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(::testing::Message() << c.viewer.person << " " << c.party);
    EXPECT_EQ(MaySee(c.viewer, c.party), c.sees);
    EXPECT_EQ(RightToSet(c.viewer, c.party), c.right);
  }
}

TEST(FingerprintOfTest, TellsRequestsApart) {
  const Contact contact{"people/ana", "Ana", "ana@x.example"};
  EXPECT_EQ(FingerprintOf(contact, "1"), FingerprintOf(contact, "1"));
  EXPECT_NE(FingerprintOf(contact, "1"), FingerprintOf(contact, "2"));
  EXPECT_NE(FingerprintOf(contact, ""), FingerprintOf({"people/ana", "Ana", "ana2@x.example"}, ""));
}

}  // namespace
}  // namespace dm::notification
