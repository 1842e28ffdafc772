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

namespace dm::ambassador {

// ImportService: the agency's list in, one transaction, events out. An agency imports what lies in
// its territory; an operator everything. Thread-safe.
class ImportApi {
 public:
  // `after_commit` runs after each commit that wrote events. All outlive this.
  ImportApi(database::Database* database, const Clock* clock, std::function<void()> after_commit)
      : database_(database), clock_(clock), after_commit_(std::move(after_commit)) {}

  absl::Status ImportFiles(
      const rpc::Call& call, rpc::Reader<destinationmetier::type::v1::FileImportRequest>& reader,
      rpc::Writer<destinationmetier::type::v1::FileImportResponse>& writer) const;

  // This outlives the binding.
  std::unique_ptr<rpc::ServiceBinding> Bind(rpc::Pipeline* pipeline) const;

 private:
  database::Database* database_;
  const Clock* clock_;
  std::function<void()> after_commit_;
};

}  // namespace dm::ambassador
