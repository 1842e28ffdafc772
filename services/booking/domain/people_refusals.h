#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"

#include <string>

// Every reason for which nothing becomes of a profile, a guardian or a consent, with the words that
// a person will read.
namespace dm::booking {

// ABORTED with reason ETAG_MISMATCH.
absl::Status PersonChanged(const std::string& name);

// NOT_FOUND with reason LINK_UNKNOWN. Whether the link never was, is used, expired or replaced is
// not told.
absl::Status LinkUnknown();

absl::Status ConsentTextChanged();
absl::Status ConsentAskedTooOften(absl::Duration retry_after);
absl::Status ConsentNotAwaited(const std::string& booking_name);
absl::Status GuardianUnknown(const std::string& person);
absl::Status GuardianIsApplicant(const std::string& person);

}  // namespace dm::booking
