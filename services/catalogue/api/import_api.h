#pragma once

#include "absl/status/status.h"
#include "common/database/database.h"
#include "common/rpc/call.h"
#include "common/rpc/method.h"
#include "common/rpc/service_binding.h"
#include "common/time/clock.h"
#include "destinationmetier/type/v1/file_import.pb.h"

#include <functional>
#include <memory>

namespace dm::catalogue {

// ImportService. Thread-safe.
class ImportApi {
 public:
  // All outlive this. `on_events` runs after each import that sent events.
  ImportApi(database::Database* database, const Clock* clock, std::function<void()> on_events)
      : database_(database), clock_(clock), on_events_(std::move(on_events)) {}

  absl::Status ImportFiles(
      const rpc::Call& call, rpc::Reader<destinationmetier::type::v1::FileImportRequest>& reader,
      rpc::Writer<destinationmetier::type::v1::FileImportResponse>& writer) const;

  // The service bound to its method; this outlives it.
  std::unique_ptr<rpc::ServiceBinding> Bind(rpc::Pipeline* pipeline) const;

 private:
  database::Database* database_;
  const Clock* clock_;
  std::function<void()> on_events_;
};

}  // namespace dm::catalogue
