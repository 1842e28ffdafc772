// Random commands from many clients against two replicas of the service on one PostgreSQL; the
// recorded history and the database it leaves behind are judged by every check.
//
// DM_MODEL_SEED repeats a run's choices, DM_MODEL_COMMANDS makes it longer.
#include "tests/model/run.h"

#include "absl/time/clock.h"
#include "tests/model/checks.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <map>
#include <random>

namespace dm::model {
namespace {

int NumberFrom(const char* variable, int otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::atoi(text);
}

// What the run was made of, so that nobody mistakes one in which nothing happened for a good one.
std::map<std::string, int> Tally(const Evidence& evidence) {
  std::map<std::string, int> tally;
  for (const Invocation& one : evidence.invocations) {
    switch (one.answer.result) {
      case Result::kOk:
        ++tally["answered"];
        break;
      case Result::kRefused:
        ++tally["refused " + one.answer.refusal];
        break;
      case Result::kUnknown:
        ++tally["unknown " + one.answer.refusal];
        break;
    }
  }
  for (const TransitionRow& row : evidence.transitions) ++tally["step " + row.why];
  return tally;
}

TEST(ModelTest, RandomCommandsFromManyClientsKeepEveryPromise) {
  const Setting setting = {.seed = static_cast<uint32_t>(NumberFrom(
                               "DM_MODEL_SEED", static_cast<int>(std::random_device()() >> 1))),
                           .commands = NumberFrom("DM_MODEL_COMMANDS", 100'000)};
  std::cout << "DM_MODEL_SEED=" << setting.seed << " DM_MODEL_COMMANDS=" << setting.commands
            << "\n";
  const absl::Time start = absl::Now();
  const Evidence evidence = RunModel(setting);
  std::cout << "ran for " << absl::Now() - start << "\n";
  for (const auto& [what, times] : Tally(evidence)) std::cout << times << " " << what << "\n";
  for (const Invocation& one : evidence.invocations) {
    EXPECT_NE(one.answer.result, Result::kUnknown) << ToText(one.ask) << one.answer.refusal;
  }
  const Report report = CheckAll(evidence);
  EXPECT_TRUE(report.empty()) << report.ToText();
}

}  // namespace
}  // namespace dm::model
