#include "services/gateway/limits/quota.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include <optional>
#include <utility>

namespace dm::gateway {
namespace {

constexpr int64_t kMostCalls = 1'000'000;

std::optional<size_t> ClassNamed(absl::string_view name) {
  for (size_t i = 0; i < rpc::kRateClasses; ++i) {
    if (rpc::RateClassName(static_cast<rpc::RateClass>(i)) == name) return i;
  }
  return std::nullopt;
}

std::optional<Quota> ParseQuota(absl::string_view text) {
  if (text == "off") return Quota();
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits('/', 1));
  Quota quota;
  if (!absl::SimpleAtoi(parts.first, &quota.calls) || quota.calls < 1 || quota.calls > kMostCalls ||
      !absl::ParseDuration(parts.second, &quota.window) || quota.window < absl::Seconds(1) ||
      quota.window > absl::Hours(24)) {
    return std::nullopt;
  }
  return quota;
}

}  // namespace

Quotas DefaultQuotas() {
  Quotas quotas;
  const auto set = [&](rpc::RateClass rate_class, int64_t calls) {
    quotas[static_cast<size_t>(rate_class)] = {.calls = calls, .window = absl::Minutes(1)};
  };
  set(rpc::RateClass::kRead, 12'000);
  set(rpc::RateClass::kSearch, 6'000);
  set(rpc::RateClass::kWrite, 600);
  set(rpc::RateClass::kExpensive, 60);
  set(rpc::RateClass::kStream, 60);
  set(rpc::RateClass::kLink, 60);
  return quotas;
}

absl::StatusOr<Quotas> ParseQuotas(absl::string_view text) {
  if (text == "off") return Quotas();
  Quotas quotas = DefaultQuotas();
  for (const absl::string_view entry : absl::StrSplit(text, ',', absl::SkipWhitespace())) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(absl::StripAsciiWhitespace(entry), absl::MaxSplits('=', 1));
    const std::optional<size_t> rate_class = ClassNamed(parts.first);
    const std::optional<Quota> quota = ParseQuota(parts.second);
    if (!rate_class.has_value() || !quota.has_value()) {
      return absl::InvalidArgumentError(
          absl::StrCat("'", entry, "' is not CLASS=CALLS/WINDOW, for instance READ=6000/1m"));
    }
    quotas[*rate_class] = *quota;
  }
  return quotas;
}

}  // namespace dm::gateway
