#pragma once

#include "absl/status/statusor.h"
#include "services/booking/domain/agreement.h"
#include "services/booking/domain/agreement_document.h"

#include <string>

namespace dm::booking {

// The paper of an agreement, A4, in French: what the document says, then the signatures, the visas
// and the reports as they now are. The same agreement at the same version always gives the same
// bytes. Some milliseconds of computing: for the executor's threads. FAILED_PRECONDITION where the
// fonts are not installed.
absl::StatusOr<std::string> RenderAgreement(const AgreementDocument& document,
                                            const Agreement& agreement);

}  // namespace dm::booking
