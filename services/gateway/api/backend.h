#pragma once

#include "absl/functional/any_invocable.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/gateway/api/origin.h"

#include <google/protobuf/descriptor.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

// How the gateway reaches what it shows: the same for its HTTP and its gRPC face.
namespace dm::gateway {

// What of a caller's call travels on to the service behind.
struct CallContext {
  // "Bearer …", empty for an anonymous caller. Checked where the data is.
  std::string authorization;
  // W3C trace context of the gateway's span, never empty; what goes along with it, and what the
  // caller sent.
  std::string traceparent;
  std::string tracestate = "";
  std::string caller_traceparent = "";
  std::string accept_language;
  absl::Time start;
  absl::Time deadline;
  Origin origin;
};

// False when a header's value cannot travel as gRPC metadata (only printable ASCII can; gRPC ends
// the process over anything else).
bool CanTravel(absl::string_view value);
// `context` becomes that of `call`.
void Apply(const CallContext& call, grpc::ClientContext& context);

// Values of the headers RateLimit and RateLimit-Policy; empty where there is no limit.
struct HttpLimits {
  std::string limit;
  std::string policy;
};

// What a face made of a message that others get too, so that it is made once.
struct AnswerForm {
  virtual ~AnswerForm() = default;
  virtual size_t ByteSize() const = 0;
};

struct UnaryAnswer {
  grpc::Status status;
  grpc::ByteBuffer message;
  HttpLimits limits;
  // When the reading of what it says began, at the latest guess: it is as old as that.
  absl::Time read = absl::InfinitePast();
  // A form that was kept with the message. Null for none.
  std::shared_ptr<const AnswerForm> form;
  // Keeps a form for the others. Null where there are none.
  std::function<void(std::shared_ptr<const AnswerForm>)> keep_form;
};

// One service behind the gateway. Thread-safe.
class Backend {
 public:
  using Done = absl::AnyInvocable<void(UnaryAnswer) &&>;

  virtual ~Backend() = default;
  // Calls a unary method ("/package.Service/Method") without waiting. `done` is called once, from
  // any thread, also from within.
  virtual void Call(const std::string& method, const CallContext& call, grpc::ByteBuffer request,
                    Done done) = 0;
};

// A service in another process.
class ChannelBackend final : public Backend {
 public:
  explicit ChannelBackend(std::shared_ptr<grpc::Channel> channel);
  void Call(const std::string& method, const CallContext& call, grpc::ByteBuffer request,
            Done done) override;
  grpc::GenericStub& stub() { return stub_; }

 private:
  grpc::GenericStub stub_;
};

// A service that the outside may call, and who answers for it. The backend outlives it.
struct PublicService {
  const google::protobuf::ServiceDescriptor* service;
  Backend* backend;
};

}  // namespace dm::gateway
