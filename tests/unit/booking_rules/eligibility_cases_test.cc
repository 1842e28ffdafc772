#include "tests/unit/booking_rules/eligibility_cases.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/booking/rules/rule_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace dm::booking {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const EligibilityTable& Table() {
  static const auto* const table = new EligibilityTable(ReadEligibilityTable(DM_CASES_FILE));
  return *table;
}

const RuleBook& Rules() {
  static const auto* const rules = new RuleBook(ParseRuleFiles(EmbeddedRuleFiles()).value());
  return *rules;
}

// "rule" for a rule named without its version, else "rule@version".
std::string NameLike(const std::string& named, const RuleFinding& finding) {
  const bool with_version = named.find('@') != std::string::npos;
  return with_version ? absl::StrCat(finding.rule, "@", finding.version) : finding.rule;
}

class EligibilityCasesTest : public ::testing::TestWithParam<EligibilityCase> {};

TEST_P(EligibilityCasesTest, ComesToWhatTheTableSays) {
  const EligibilityCase& one = GetParam();
  const std::vector<RuleFinding> findings = Rules().Explain(one.question, Table().calendar);
  std::set<std::string> named(one.rules.begin(), one.rules.end());
  std::string broken;
  for (const RuleFinding& finding : findings) {
    for (const std::string& rule : one.rules) {
      if (NameLike(rule, finding) == rule && finding.satisfied == one.allowed) named.erase(rule);
    }
    if (finding.satisfied) continue;
    absl::StrAppend(&broken, finding.rule, "@", finding.version, ": ", finding.sentence_fr, "\n");
    bool is_named = false;
    for (const std::string& rule : one.rules) is_named |= NameLike(rule, finding) == rule;
    EXPECT_TRUE(is_named) << "broken, and not in the table: " << finding.rule << "@"
                          << finding.version << ": " << finding.sentence_fr;
  }
  EXPECT_EQ(broken.empty(), one.allowed) << broken;
  EXPECT_TRUE(named.empty()) << "not found as the table says: " << *named.begin();
}

// Whoever is refused reads whole sentences, with what was found and what is allowed.
TEST_P(EligibilityCasesTest, IsExplainedInFrench) {
  const EligibilityCase& one = GetParam();
  for (const RuleFinding& finding : Rules().Explain(one.question, Table().calendar)) {
    SCOPED_TRACE(finding.rule);
    EXPECT_THAT(finding.sentence_fr, Not(HasSubstr("{")));
    EXPECT_EQ(finding.sentence_fr.back(), '.');
    EXPECT_FALSE(finding.value.empty());
    EXPECT_FALSE(finding.limit.empty());
    EXPECT_THAT(finding.source, HasSubstr("("));
  }
}

TEST_P(EligibilityCasesTest, FindsTheBrokenRulesAloneToo) {
  const EligibilityCase& one = GetParam();
  std::vector<RuleFinding> broken;
  for (const RuleFinding& finding : Rules().Explain(one.question, Table().calendar)) {
    if (!finding.satisfied) broken.push_back(finding);
  }
  EXPECT_EQ(Rules().Broken(one.question, Table().calendar), broken);
}

std::string NameOf(const ::testing::TestParamInfo<EligibilityCase>& one) {
  return absl::StrCat("line", one.param.line);
}

INSTANTIATE_TEST_SUITE_P(Table, EligibilityCasesTest, ::testing::ValuesIn(Table().cases), NameOf);

TEST(EligibilityTableTest, IsReadWhole) {
  EXPECT_EQ(Table().mistake, "");
  EXPECT_GE(Table().cases.size(), 60u);
}

// A version or a kind that no case names could change unseen.
TEST(EligibilityTableTest, NamesEveryRule) {
  std::set<std::string> named;
  for (const EligibilityCase& one : Table().cases) {
    for (const std::string& rule : one.rules) {
      named.insert(std::vector<std::string>(absl::StrSplit(rule, '@'))[0]);
    }
  }
  for (const Rule& rule : Rules().rules().rules) {
    EXPECT_TRUE(named.contains(rule.id)) << rule.id << " is in no case";
  }
}

TEST(EligibilityTableTest, BreaksEveryKindOfRule) {
  std::set<size_t> broken;
  for (const EligibilityCase& one : Table().cases) {
    for (const RuleFinding& finding : Rules().Broken(one.question, Table().calendar)) {
      for (const Rule& rule : Rules().rules().rules) {
        if (rule.id == finding.rule) {
          broken.insert(rule.versions.front().clauses.front().demand.index());
        }
      }
    }
  }
  EXPECT_EQ(broken.size(), std::variant_size_v<Demand>);
}

}  // namespace
}  // namespace dm::booking
