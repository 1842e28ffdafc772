#pragma once

#include "absl/types/span.h"
#include "common/privacy/personal_data.h"

// What notification keeps of people. A test holds it against the schema, so that no table with
// personal data is ever forgotten; store/erasure.h drops the same.
namespace dm::notification {

const privacy::Register& NotificationRegister();

// The tables that hold nothing personal.
absl::Span<const char* const> ImpersonalTables();

}  // namespace dm::notification
