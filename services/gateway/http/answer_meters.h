#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace dm::gateway {

// Counts and times answers over HTTP, by what they are counted under (HttpResponse::counted_as).
// Thread-safe.
class AnswerMeters {
 public:
  // `names` are all that are told apart; any other is counted as "unknown", so that no client can
  // make new time series.
  explicit AnswerMeters(const std::vector<std::string>& names);
  ~AnswerMeters();

  void Count(const std::string& name, int status, absl::Duration took);
  // The name itself, or "unknown".
  absl::string_view Known(const std::string& name) const;

 private:
  struct Meter;
  std::map<std::string, std::unique_ptr<Meter>> meters_;
};

}  // namespace dm::gateway
