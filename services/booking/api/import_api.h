#pragma once

#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "common/rpc/file_upload.h"
#include "common/rpc/method.h"
#include "common/rpc/service_binding.h"
#include "common/time/clock.h"
#include "destinationmetier/type/v1/file_import.pb.h"

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace dm::booking {

// booking.v1.ImportService: one method for uploads of every kind. Thread-safe.
class ImportApi {
 public:
  // Imports what was uploaded, or only checks it with `upload.validate_only`. Asks `progress`
  // whether the caller has gone; nothing is then changed.
  using Importer = std::function<absl::StatusOr<destinationmetier::type::v1::ImportReport>(
      const rpc::Call& call, const rpc::Upload& upload, rpc::ImportProgress& progress)>;

  // By kind: "applicants". The clock outlives this.
  ImportApi(std::map<std::string, Importer> importers, const Clock* clock);

  absl::Status ImportFiles(
      const rpc::Call& call, rpc::Reader<destinationmetier::type::v1::FileImportRequest>& reader,
      rpc::Writer<destinationmetier::type::v1::FileImportResponse>& writer) const;

  // The service bound to its method; this outlives it.
  std::unique_ptr<rpc::ServiceBinding> Bind(rpc::Pipeline* pipeline) const;

 private:
  const std::map<std::string, Importer> importers_;
  const Clock* const clock_;
};

}  // namespace dm::booking
