#include "services/gateway/api/forwarder.h"

#include "absl/strings/str_cat.h"
#include "common/execution/executor.h"
#include "common/rpc/service_binding.h"
#include "destinationmetier/catalogue/v1/catalogue_service.pb.h"
#include "destinationmetier/event/v1/event_feed_service.grpc.pb.h"
#include "tests/integration/gateway/fake_suite.h"

#include <google/protobuf/descriptor.pb.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace dm::gateway {
namespace {

namespace catalogue = destinationmetier::catalogue::v1;
namespace event = destinationmetier::event::v1;

// A server on a free port of this machine, gone with its end.
class Served {
 public:
  explicit Served(grpc::Service* service) {
    Start([service](grpc::ServerBuilder& builder) { builder.RegisterService(service); });
  }
  explicit Served(grpc::CallbackGenericService* service) {
    Start([service](grpc::ServerBuilder& builder) {
      builder.RegisterCallbackGenericService(service);
    });
  }
  ~Served() {
    server_->Shutdown(std::chrono::system_clock::now());
    server_->Wait();
  }

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

 private:
  template <typename Register>
  void Start(Register add) {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    add(builder);
    server_ = builder.BuildAndStart();
    channel_ =
        grpc::CreateChannel(absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials());
  }

  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

class ForwarderTest : public testing::Test {
 protected:
  ForwarderTest() {
    context_.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
  }
  ~ForwarderTest() override { pipeline_.StopStreams(); }

  // Keeps gRPC's shared callback queue.
  FakeSuite suite_;
  FakeVerifier verifier_;
  Executor executor_{{.threads = 1, .queue_capacity = 8}};
  rpc::Pipeline pipeline_{
      {.executor = &executor_, .verifier = &verifier_, .clock = &Clock::System()}};
  Allowances allowances_{Quotas()};
  Admission admission_{{.verifier = &verifier_,
                        .allowances = &allowances_,
                        .hash_key = "key",
                        .clock = &Clock::System()}};
  grpc::ClientContext context_;
};

// What a call comes to whose caller says that all is sent without having sent anything.
grpc::Status CallWithoutMessage(const std::shared_ptr<grpc::Channel>& channel,
                                const std::string& method, grpc::ClientContext* context) {
  grpc::GenericStub stub(channel);
  grpc::CompletionQueue queue;
  const auto finished = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  const auto call = stub.PrepareCall(context, method, &queue);
  call->StartCall(nullptr);
  EXPECT_TRUE(finished());
  call->WritesDone(nullptr);
  finished();
  grpc::Status status;
  call->Finish(&status, nullptr);
  EXPECT_TRUE(finished());
  return status;
}

TEST_F(ForwarderTest, ACallWithoutAMessageIsRefusedAndNotPassedOn) {
  const auto* const service =
      catalogue::Offer::descriptor()->file()->FindServiceByName("CatalogueService");
  ChannelBackend nobody(grpc::CreateChannel("127.0.0.1:1", grpc::InsecureChannelCredentials()));
  PublicReads reads(&Clock::System(), 1 << 20);
  for (PublicReads* memory : {static_cast<PublicReads*>(nullptr), &reads}) {
    Forwarder forwarder(service, &nobody, memory, &admission_, &Clock::System());
    const Served gateway(&forwarder);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    const grpc::Status status = CallWithoutMessage(
        gateway.channel(), "/destinationmetier.catalogue.v1.CatalogueService/SearchOffers",
        &context);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << status.error_message();
  }
}

TEST_F(ForwarderTest, ForwardsAStreamOfAnswersToItsEnd) {
  constexpr int kMessages = 200;
  const auto* const feed =
      event::Event::descriptor()->file()->FindServiceByName("EventFeedService");
  rpc::ServiceBinding service(feed, &pipeline_);
  service.Stream<event::SubscribeRequest, event::SubscribeResponse>(
      "Subscribe", {.roles = {auth::Role::kAnonymous}}, nullptr,
      [](const rpc::Call&, const event::SubscribeRequest& request,
         rpc::Writer<event::SubscribeResponse>& writer) -> absl::Status {
        event::SubscribeResponse response;
        for (int i = 1; i <= kMessages; ++i) {
          response.set_position(request.after() + i);
          if (!writer.Write(response)) return absl::CancelledError("the caller has gone");
        }
        return NotFoundError("events/201");
      });
  const Served peer(&service);
  ChannelBackend backend(peer.channel());
  Forwarder forwarder(feed, &backend, /*reads=*/nullptr, &admission_, &Clock::System());
  const Served gateway(&forwarder);

  event::SubscribeRequest request;
  request.set_after(1000);
  const auto stub = event::EventFeedService::NewStub(gateway.channel());
  const auto reader = stub->Subscribe(&context_, request);
  event::SubscribeResponse response;
  int received = 0;
  while (reader->Read(&response)) EXPECT_EQ(response.position(), 1000 + ++received);
  EXPECT_EQ(received, kMessages);
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::NOT_FOUND);
}

// Answers one company whose offer_count is the number of messages that came.
class Tally final : public grpc::CallbackGenericService {
 public:
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext*) override {
    return new Call;
  }

 private:
  class Call final : public grpc::ServerGenericBidiReactor {
   public:
    Call() { StartRead(&message_); }
    void OnReadDone(bool ok) override {
      if (ok) {
        ++count_;
        return StartRead(&message_);
      }
      catalogue::Company answer;
      answer.set_offer_count(count_);
      const grpc::Slice bytes(answer.SerializeAsString());
      answer_ = grpc::ByteBuffer(&bytes, 1);
      StartWriteAndFinish(&answer_, grpc::WriteOptions(), grpc::Status::OK);
    }
    void OnDone() override { delete this; }

   private:
    int count_ = 0;
    grpc::ByteBuffer message_;
    grpc::ByteBuffer answer_;
  };
};

// No service of the suite takes a stream and answers once; one of a test does, under a name that
// the method table knows.
google::protobuf::FileDescriptorProto TallyFile() {
  google::protobuf::FileDescriptorProto file;
  file.set_name("tally.proto");
  file.set_package("destinationmetier.catalogue.v1");
  file.set_syntax("proto3");
  file.add_message_type()->set_name("Item");
  auto& service = *file.add_service();
  service.set_name("ImportService");
  auto& method = *service.add_method();
  method.set_name("ImportFiles");
  method.set_input_type(".destinationmetier.catalogue.v1.Item");
  method.set_output_type(".destinationmetier.catalogue.v1.Item");
  method.set_client_streaming(true);
  return file;
}

TEST_F(ForwarderTest, ForwardsAStreamOfRequestsToTheOneAnswer) {
  Tally tally;
  const Served peer(&tally);
  ChannelBackend backend(peer.channel());
  google::protobuf::DescriptorPool pool;
  const auto* const file = pool.BuildFile(TallyFile());
  ASSERT_NE(file, nullptr);
  Forwarder forwarder(file->service(0), &backend, /*reads=*/nullptr, &admission_, &Clock::System());
  context_.AddMetadata("authorization", "Bearer good");
  const Served gateway(&forwarder);

  catalogue::Company answer;
  const grpc::internal::RpcMethod collect(
      "/destinationmetier.catalogue.v1.ImportService/ImportFiles",
      grpc::internal::RpcMethod::CLIENT_STREAMING, gateway.channel());
  const std::unique_ptr<grpc::ClientWriter<catalogue::Company>> writer(
      grpc::internal::ClientWriterFactory<catalogue::Company>::Create(gateway.channel().get(),
                                                                      collect, &context_, &answer));
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(writer->Write(catalogue::Company()));
  writer->WritesDone();
  const grpc::Status status = writer->Finish();
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(answer.offer_count(), 50);
}

}  // namespace
}  // namespace dm::gateway
