#pragma once

#include "tests/model/generator.h"
#include "tests/model/run.h"
#include "tests/model/stage.h"

#include <random>
#include <string>
#include <vector>

namespace dm::model {

// Hosts who keep so many sessions open, and change them; time that passes. For one thread.
class Hosts {
 public:
  Hosts(const Setting& setting, Stage* stage, Knowledge* knowledge);

  // Something happens.
  void Act();

 private:
  int Pick(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }
  void FillUp();

  const Setting& setting_;
  Stage* const stage_;
  Knowledge* const knowledge_;
  std::mt19937 random_;
  std::vector<booking::Session> open_;
};

}  // namespace dm::model
