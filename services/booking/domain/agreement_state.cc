#include "services/booking/domain/agreement_state.h"

#include <array>
#include <cstddef>

namespace dm::booking {
namespace {

using S = AgreementState;

struct StateRow {
  AgreementState state;
  absl::string_view name;
  bool final;
};

constexpr std::array<StateRow, 7> kStates = {{
    {S::kDraft, "DRAFT", false},
    {S::kSigning, "SIGNING", false},
    {S::kInReview, "IN_REVIEW", false},
    {S::kValidated, "VALIDATED", false},
    {S::kRejected, "REJECTED", true},
    {S::kCancelled, "CANCELLED", true},
    {S::kExpired, "EXPIRED", true},
}};

constexpr auto kStateList = [] {
  std::array<AgreementState, kStates.size()> states{};
  for (size_t i = 0; i < kStates.size(); ++i) states[i] = kStates[i].state;
  return states;
}();

}  // namespace

absl::Span<const AgreementState> AllAgreementStates() { return kStateList; }

bool IsFinal(AgreementState state) { return kStates[static_cast<size_t>(state)].final; }

bool IsUnderSignature(AgreementState state) {
  return state == S::kSigning || state == S::kInReview || state == S::kValidated;
}

absl::string_view AgreementStateName(AgreementState state) {
  return kStates[static_cast<size_t>(state)].name;
}

std::optional<AgreementState> ParseAgreementState(absl::string_view name) {
  for (const StateRow& row : kStates) {
    if (row.name == name) return row.state;
  }
  return std::nullopt;
}

}  // namespace dm::booking
