#pragma once

#include "absl/status/statusor.h"
#include "common/errors/error.h"
#include "common/rpc/call.h"
#include "common/rpc/service_binding.h"
#include "destinationmetier/notification/v1/mail_choice_service.pb.h"
#include "services/notification/store/mail_choice_store.h"

#include <memory>
#include <string>

namespace dm::notification {

// MailChoiceService. Thread-safe.
class MailChoiceApi {
 public:
  // `store` outlives this.
  explicit MailChoiceApi(MailChoiceStore* store) : store_(store) {}

  absl::StatusOr<destinationmetier::notification::v1::MailChoice> LookUp(
      const rpc::Call& call,
      const destinationmetier::notification::v1::LookUpMailChoiceRequest& request);
  absl::StatusOr<destinationmetier::notification::v1::MailChoice> Stop(
      const rpc::Call& call, const destinationmetier::notification::v1::StopMailsRequest& request);
  absl::StatusOr<destinationmetier::notification::v1::MailChoice> Resume(
      const rpc::Call& call,
      const destinationmetier::notification::v1::ResumeMailsRequest& request);

  // The service bound to its methods; this outlives it.
  std::unique_ptr<rpc::ServiceBinding> Bind(rpc::Pipeline* pipeline);

 private:
  MailChoiceStore* const store_;
};

void ValidateMailChoiceToken(const std::string& token, Violations& violations);

}  // namespace dm::notification
