#pragma once

#include "absl/status/statusor.h"
#include "common/errors/error.h"
#include "common/rpc/call.h"
#include "common/rpc/service_binding.h"
#include "destinationmetier/notification/v1/contact_service.pb.h"
#include "services/notification/store/contact_store.h"

#include <functional>
#include <memory>

namespace dm::notification {

// ContactService. Thread-safe.
class ContactApi {
 public:
  // `store` outlives this. `on_release` runs after a write, when messages may have become due.
  ContactApi(ContactStore* store, std::function<void()> on_release)
      : store_(store), on_release_(std::move(on_release)) {}

  absl::StatusOr<destinationmetier::notification::v1::Contact> GetContact(
      const rpc::Call& call, const destinationmetier::notification::v1::GetContactRequest& request);
  absl::StatusOr<destinationmetier::notification::v1::Contact> UpdateContact(
      const rpc::Call& call,
      const destinationmetier::notification::v1::UpdateContactRequest& request);

  // The service bound to its methods; this outlives it.
  std::unique_ptr<rpc::ServiceBinding> Bind(rpc::Pipeline* pipeline);

 private:
  ContactStore* const store_;
  const std::function<void()> on_release_;
};

void ValidateGetContact(const destinationmetier::notification::v1::GetContactRequest& request,
                        Violations& violations);
void ValidateUpdateContact(const destinationmetier::notification::v1::UpdateContactRequest& request,
                           Violations& violations);

}  // namespace dm::notification
