#pragma once

#include "absl/status/statusor.h"
#include "common/process/service_process.h"
#include "services/gateway/api/admission.h"
#include "services/gateway/http/web_policy.h"

#include <memory>
#include <vector>

// The gateway's door, as the options of the process describe it.
namespace dm::gateway {

std::vector<config::Option> DoorOptions();

// Who may come in, and how often; shared with the other replicas where there is a database. What it
// needs is kept by `context`. `usage` counts partners, outlives it and may be null.
absl::StatusOr<std::shared_ptr<const Admission>> MakeAdmission(process::ServiceContext& context,
                                                               PartnerUsage* usage);

// What browsers are told.
absl::StatusOr<WebPolicy> MakeWebPolicy(const config::Values& config);

}  // namespace dm::gateway
