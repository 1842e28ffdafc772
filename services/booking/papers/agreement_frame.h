#pragma once

#include "absl/strings/string_view.h"
#include "services/booking/domain/agreement.h"
#include "services/booking/domain/agreement_parties.h"
#include "services/booking/papers/page_flow.h"

#include <string>

// What stands on every page of an agreement's paper: reference, version, state, page, hash.
namespace dm::booking {

// How a state is shown.
struct StateMark {
  absl::string_view text;
  Color color;
  // Across every page; empty for none.
  absl::string_view across;
};
StateMark MarkOf(AgreementState state);

std::string AgreementReference(const Agreement& agreement);

// All three outlive the frame.
PageFrame AgreementFrame(const TextShaper& shaper, const Agreement& agreement,
                         const AgreementKind& kind);

}  // namespace dm::booking
