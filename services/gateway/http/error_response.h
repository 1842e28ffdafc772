#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/rpc/status.pb.h"
#include "services/gateway/http/http_message.h"

#include <grpcpp/grpcpp.h>

#include <string>

namespace dm::gateway {

// What a caller is told of an error, a peer's or our own; see Presentable in api/peer_status.h.
google::rpc::Status ErrorOf(const grpc::Status& status, absl::string_view language);
google::rpc::Status ErrorOf(const absl::Status& status, absl::string_view language);

// The error in the form of AIP-193. `http_status` 0 takes what the code maps to.
HttpResponse ErrorResponse(const google::rpc::Status& error, int http_status = 0);
// For what is refused before anybody is asked.
HttpResponse RefusalResponse(int http_status);

// For a path that leads nowhere.
absl::Status NoSuchPathError();
// For a method that a path does not take: 405. `allowed` as the header Allow has it, "GET, HEAD".
HttpResponse WrongMethodResponse(const std::string& allowed, absl::string_view language);

// Whether the error's ErrorInfo gives this reason.
bool HasReason(const google::rpc::Status& error, absl::string_view reason);

int HttpStatusOf(int grpc_code);

}  // namespace dm::gateway
