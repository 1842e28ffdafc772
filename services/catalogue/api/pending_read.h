#pragma once

#include "services/catalogue/api/catalogue_api.h"

#include <memory>
#include <string>
#include <utility>

namespace dm::catalogue {

// A call that waits for its answer.
template <typename Request, typename Response>
struct CatalogueApi::PendingRead {
  rpc::Pipeline* pipeline = nullptr;
  ReadMethod<Request, Response> read = nullptr;
  // How old what it looks at may be.
  absl::Duration behind;
  std::string key;
  std::shared_ptr<const rpc::Call> call;
  Request request;
  rpc::Done<grpc::ByteBuffer> done;
};

template <typename Pending, typename Response>
void CatalogueApi::FinishRead(Pending& pending, const absl::StatusOr<Response>& response,
                              absl::Time read) const {
  if (!response.ok()) {
    answers_->Finish(pending.key, nullptr, read);
    std::move(pending.done)(response.status());
    return;
  }
  const grpc::Slice bytes(response->SerializeAsString());
  const auto answer = std::make_shared<const grpc::ByteBuffer>(&bytes, 1);
  answers_->Finish(pending.key, answer, read);
  std::move(pending.done)(*answer);
}

}  // namespace dm::catalogue
