#include "services/booking/domain/consent_record.h"

#include <algorithm>
#include <array>

namespace dm::booking {
namespace {

constexpr std::array<absl::string_view, 2> kMethods = {"LINK", "PAPER"};
constexpr std::array<absl::string_view, 3> kScopes = {"BOOKING", "SCHEME", "ALL"};

// The value whose name stands at the place of its number.
template <typename Value, size_t kCount>
std::optional<Value> Parse(const std::array<absl::string_view, kCount>& names,
                           absl::string_view name) {
  const auto* found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Value>(found - names.begin());
}

}  // namespace

absl::string_view ConsentMethodName(ConsentMethod method) {
  return kMethods[static_cast<size_t>(method)];
}
std::optional<ConsentMethod> ParseConsentMethod(absl::string_view name) {
  return Parse<ConsentMethod>(kMethods, name);
}
absl::string_view ConsentScopeName(Consent::Scope scope) {
  return kScopes[static_cast<size_t>(scope)];
}
std::optional<Consent::Scope> ParseConsentScope(absl::string_view name) {
  return Parse<Consent::Scope>(kScopes, name);
}

Consent Given(const ConsentTerms& terms, absl::Time decided) {
  return {.given = true,
          .scope = terms.scope,
          .booking_id = terms.booking_id,
          .start_time = absl::Time(),
          .end_time = absl::Time(),
          .scheme = terms.scheme,
          .until = terms.until,
          .decided = decided,
          .withdrawn = std::nullopt};
}

std::string UntilFault(const ConsentTerms& terms, absl::CivilDay today) {
  if (terms.scope == Consent::Scope::kBooking) {
    return terms.until.has_value() ? "must be empty for one booking" : "";
  }
  if (!terms.until.has_value() || *terms.until < today) return "must be today or later";
  if (*terms.until - today > kLongestStandingDays) return "must be within a year";
  return "";
}

}  // namespace dm::booking
