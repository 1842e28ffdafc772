// A gRPC server that does nothing: the callback API as it comes, one unary method, always the same
// answer. What a service is measured against.
//
//   dm-bench-echo --listen ADDRESS --method /package.Service/Method --answer FILE
#include "absl/synchronization/mutex.h"
#include "common/config/options.h"
#include "tests/bench/load/answer_file.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/impl/codegen/service_type.h>

#include <iostream>

namespace {

using dm::bench::RecordedAnswer;
using dm::config::Type;

class EchoService final : public grpc::Service {
 public:
  EchoService(std::string method, RecordedAnswer answer)
      : method_(std::move(method)),
        status_(std::move(answer.status)),
        message_(dm::bench::ToBuffer(answer.message)) {
    // Owned by grpc::Service.
    AddMethod(new grpc::internal::RpcServiceMethod(method_.c_str(),
                                                   grpc::internal::RpcMethod::NORMAL_RPC, nullptr));
    MarkMethodRawCallback(
        0, new grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer, grpc::ByteBuffer>(
               [this](grpc::CallbackServerContext* context, const grpc::ByteBuffer*,
                      grpc::ByteBuffer* response) {
                 if (status_.ok()) *response = message_;
                 auto* const reactor = context->DefaultReactor();
                 reactor->Finish(status_);
                 return reactor;
               }));
  }

 private:
  const std::string method_;
  const grpc::Status status_;
  const grpc::ByteBuffer message_;
};

}  // namespace

int main(int argc, char** argv) {
  // As the services do.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  const auto values = dm::config::Read(
      {{.name = "listen", .type = Type::kAddress, .help = "Address of the server."},
       {.name = "method", .help = "Path of the method."},
       {.name = "answer", .help = "File with the answer, as dm-bench-load records it."}},
      std::vector<std::string>(argv + 1, argv + argc), {});
  if (!values.ok()) {
    std::cerr << values.status().message() << "\n";
    return 2;
  }
  auto answer = dm::bench::ReadAnswer(values->Text("answer"));
  if (!answer.has_value()) {
    std::cerr << "dm-bench-echo: no answer in " << values->Text("answer") << "\n";
    return 1;
  }
  EchoService service(values->Text("method"), *std::move(answer));
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(values->Text("listen"), grpc::InsecureServerCredentials(), &port);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr || port == 0) {
    std::cerr << "dm-bench-echo: cannot listen on " << values->Text("listen") << "\n";
    return 1;
  }
  server->Wait();
}
