#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/rpc/status.pb.h"
#include "services/gateway/http/http_message.h"

#include <optional>
#include <string>

// How a unary call looks on HTTP/1.1 to clients that browsers can run: gRPC-Web
// (github.com/grpc/grpc, doc/PROTOCOL-WEB.md) and Connect (connectrpc.com/docs/protocol). Nothing
// here knows methods or messages.
namespace dm::gateway {

// One of the two, as a Content-Type names it.
struct RpcWire {
  enum class Protocol { kConnect, kGrpcWeb };

  Protocol protocol = Protocol::kConnect;
  // Messages are JSON rather than protobuf's bytes.
  bool json = false;
  // gRPC-Web in base64.
  bool text = false;
  // What an answer is called.
  std::string content_type;

  // Nothing for a type that is of neither, or of a stream.
  static std::optional<RpcWire> Of(absl::string_view content_type);

  // The message that a request carries. INVALID_ARGUMENT for a body that is none, UNIMPLEMENTED for
  // a compressed frame.
  absl::StatusOr<std::string> MessageOf(const HttpRequest& request) const;
  // How long the caller waits, infinite when it does not say. INVALID_ARGUMENT for what is no time.
  absl::StatusOr<absl::Duration> PatienceOf(const HttpRequest& request) const;

  HttpResponse Answer(absl::string_view message) const;
  HttpResponse Error(const google::rpc::Status& error) const;
};

}  // namespace dm::gateway
