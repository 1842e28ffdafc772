// A gRPC server that does nothing: the callback API as it comes, one unary method, always the same
// answer, or that of a server behind it. What a service is measured against, and what a process in
// between costs that only passes calls on.
//
//   dm-bench-echo --listen ADDRESS --method /package.Service/Method --answer FILE
//   dm-bench-echo --listen ADDRESS --method /package.Service/Method --forward-to ADDRESS
#include "absl/synchronization/mutex.h"
#include "common/config/options.h"
#include "tests/bench/load/answer_file.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/impl/codegen/service_type.h>

#include <iostream>

namespace {

using dm::bench::RecordedAnswer;
using dm::config::Type;
using grpc::ByteBuffer;

// A service of one unary method.
class OneMethod : public grpc::Service {
 protected:
  explicit OneMethod(std::string method) : method_(std::move(method)) {
    // Owned by grpc::Service.
    AddMethod(new grpc::internal::RpcServiceMethod(method_.c_str(),
                                                   grpc::internal::RpcMethod::NORMAL_RPC, nullptr));
    MarkMethodRawCallback(
        0, new grpc::internal::CallbackUnaryHandler<ByteBuffer, ByteBuffer>(
               [this](grpc::CallbackServerContext* context, const ByteBuffer* request,
                      ByteBuffer* response) { return Answer(context, request, response); }));
  }

  virtual grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context,
                                           const ByteBuffer* request, ByteBuffer* response) = 0;

  const std::string method_;
};

class Echo final : public OneMethod {
 public:
  Echo(std::string method, RecordedAnswer answer)
      : OneMethod(std::move(method)),
        status_(std::move(answer.status)),
        message_(dm::bench::ToBuffer(answer.message)) {}

 private:
  grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context, const ByteBuffer*,
                                   ByteBuffer* response) override {
    if (status_.ok()) *response = message_;
    auto* const reactor = context->DefaultReactor();
    reactor->Finish(status_);
    return reactor;
  }

  const grpc::Status status_;
  const ByteBuffer message_;
};

class Relay final : public OneMethod {
 public:
  Relay(std::string method, const std::string& target)
      : OneMethod(std::move(method)),
        stub_(grpc::CreateChannel(target, grpc::InsecureChannelCredentials())) {}

 private:
  grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context, const ByteBuffer* request,
                                   ByteBuffer* response) override {
    auto* const reactor = context->DefaultReactor();
    auto onward = std::make_shared<grpc::ClientContext>();
    stub_.UnaryCall(onward.get(), method_, {}, request, response,
                    [onward, reactor](const grpc::Status& status) { reactor->Finish(status); });
    return reactor;
  }

  grpc::GenericStub stub_;
};

}  // namespace

int main(int argc, char** argv) {
  // As the services do.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  const auto values = dm::config::Read(
      {{.name = "listen", .type = Type::kAddress, .help = "Address of the server."},
       {.name = "method", .help = "Path of the method."},
       {.name = "answer",
        .help = "File with the answer, as dm-bench-load records it.",
        .default_value = ""},
       {.name = "forward-to",
        .help = "Address of a server whose answers are passed on instead.",
        .default_value = ""}},
      std::vector<std::string>(argv + 1, argv + argc), {});
  if (!values.ok()) {
    std::cerr << values.status().message() << "\n";
    return 2;
  }
  std::unique_ptr<grpc::Service> service;
  if (!values->Text("forward-to").empty()) {
    service = std::make_unique<Relay>(values->Text("method"), values->Text("forward-to"));
  } else {
    auto answer = dm::bench::ReadAnswer(values->Text("answer"));
    if (!answer.has_value()) {
      std::cerr << "dm-bench-echo: no answer in " << values->Text("answer") << "\n";
      return 1;
    }
    service = std::make_unique<Echo>(values->Text("method"), *std::move(answer));
  }
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(values->Text("listen"), grpc::InsecureServerCredentials(), &port);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.RegisterService(service.get());
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr || port == 0) {
    std::cerr << "dm-bench-echo: cannot listen on " << values->Text("listen") << "\n";
    return 1;
  }
  server->Wait();
}
