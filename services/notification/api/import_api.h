#pragma once

#include "absl/status/status.h"
#include "common/rpc/call.h"
#include "common/rpc/method.h"
#include "common/rpc/service_binding.h"
#include "common/time/clock.h"
#include "destinationmetier/type/v1/file_import.pb.h"
#include "services/notification/store/contact_store.h"

#include <functional>
#include <memory>

namespace dm::notification {

// ImportService. Thread-safe.
class ImportApi {
 public:
  // All outlive this. `on_release` as in ContactApi.
  ImportApi(ContactStore* store, const Clock* clock, std::function<void()> on_release)
      : store_(store), clock_(clock), on_release_(std::move(on_release)) {}

  absl::Status ImportFiles(const rpc::Call& call,
                           rpc::Reader<destinationmetier::type::v1::FileImportRequest>& reader,
                           rpc::Writer<destinationmetier::type::v1::FileImportResponse>& writer);

  // The service bound to its method; this outlives it.
  std::unique_ptr<rpc::ServiceBinding> Bind(rpc::Pipeline* pipeline);

 private:
  ContactStore* const store_;
  const Clock* const clock_;
  const std::function<void()> on_release_;
};

}  // namespace dm::notification
