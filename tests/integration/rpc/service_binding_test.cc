#include "common/rpc/service_binding.h"

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "common/auth/jwt_verifier.h"
#include "common/auth/token_signer.h"
#include "common/rpc/file_upload.h"
#include "destinationmetier/booking/v1/booking_service.grpc.pb.h"
#include "destinationmetier/catalogue/v1/import_service.grpc.pb.h"
#include "destinationmetier/event/v1/event_feed_service.grpc.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>

namespace dm::rpc {
namespace {

namespace booking = destinationmetier::booking::v1;
namespace catalogue = destinationmetier::catalogue::v1;
namespace event = destinationmetier::event::v1;
namespace type = destinationmetier::type::v1;
using auth::Role;

google::rpc::Status DetailsOf(const grpc::Status& status) {
  google::rpc::Status details;
  details.ParseFromString(status.error_details());
  return details;
}

template <typename Detail>
std::optional<Detail> Find(const grpc::Status& status) {
  const google::rpc::Status details = DetailsOf(status);
  for (const auto& any : details.details()) {
    Detail detail;
    if (any.UnpackTo(&detail)) return detail;
  }
  return std::nullopt;
}

std::string ReasonOf(const grpc::Status& status) {
  const auto info = Find<google::rpc::ErrorInfo>(status);
  return info.has_value() ? info->reason() : "";
}

// Three services bound through one pipeline, and a server on a free port of the loopback.
class ServiceBindingTest : public testing::Test {
 protected:
  ServiceBindingTest()
      : signer_(auth::TokenSigner::Generate()),
        verifier_("https://issuer.destinationmetier.example", "destinationmetier", &Clock::System(),
                  auth::JwtVerifier::Kind::kAccess, "mfa otp"),
        pipeline_({.executor = &executor_, .verifier = &verifier_, .clock = &Clock::System()}),
        booking_(booking::Booking::descriptor()->file()->service(0), &pipeline_),
        feed_(event::Event::descriptor()->file()->service(0), &pipeline_),
        import_(google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
                    catalogue::ImportService::service_full_name()),
                &pipeline_) {
    verifier_.SetKeys(*auth::ParseJwks(signer_.Jwks()));
  }

  ~ServiceBindingTest() override {
    pipeline_.StopStreams();
    if (server_ != nullptr) server_->Shutdown(std::chrono::system_clock::now());
    executor_.Stop();
  }

  void Serve() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&booking_);
    builder.RegisterService(&feed_);
    builder.RegisterService(&import_);
    server_ = builder.BuildAndStart();
    channel_ =
        grpc::CreateChannel(absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials());
    stub_ = booking::BookingService::NewStub(channel_);
  }

  void BindGet(Policy policy, Answer<booking::GetBookingRequest, booking::Booking> answer) {
    booking_.Blocking<booking::GetBookingRequest, booking::Booking>(
        "GetBooking", policy,
        [](const booking::GetBookingRequest& request, Violations& violations) {
          if (request.name().empty()) violations.Add("name", "is required");
        },
        std::move(answer));
  }

  std::string Token(std::vector<std::string> roles) const {
    auth::TokenClaims claims;
    claims.subject = "eleve-1";
    claims.roles = std::move(roles);
    claims.not_before = Clock::System().Now();
    claims.expires_at = claims.not_before + absl::Hours(1);
    return signer_.Sign(claims);
  }

  grpc::Status Get(const std::string& name, const std::string& token, booking::Booking* answer) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    if (!token.empty()) context.AddMetadata("authorization", "Bearer " + token);
    booking::GetBookingRequest request;
    request.set_name(name);
    return stub_->GetBooking(&context, request, answer);
  }

  auth::TokenSigner signer_;
  auth::JwtVerifier verifier_;
  Executor executor_{{.threads = 2, .queue_capacity = 2}};
  Pipeline pipeline_;
  ServiceBinding booking_;
  ServiceBinding feed_;
  ServiceBinding import_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<booking::BookingService::Stub> stub_;
};

// A cache keeps answers as they travel: the binding sends them on without reading them.
TEST_F(ServiceBindingTest, AnswersWithBytesThatWereMadeBefore) {
  booking::Booking kept;
  kept.set_name("bookings/7");
  const grpc::Slice slice(kept.SerializeAsString());
  const grpc::ByteBuffer bytes(&slice, 1);
  booking_.Async<booking::GetBookingRequest, grpc::ByteBuffer>(
      "GetBooking", {.roles = {Role::kAnonymous}}, nullptr,
      [&bytes](const std::shared_ptr<const Call>&, const booking::GetBookingRequest&,
               Done<grpc::ByteBuffer> done) { std::move(done)(bytes); });
  Serve();
  for (int i = 0; i < 2; ++i) {
    booking::Booking answer;
    ASSERT_TRUE(Get("bookings/7", "", &answer).ok());
    EXPECT_EQ(answer.name(), "bookings/7");
  }
}

TEST_F(ServiceBindingTest, AnAnswerReachesTheCallerAndKnowsWhoCalled) {
  BindGet({.roles = {Role::kApplicant}},
          [](const Call& call, const booking::GetBookingRequest& request) {
            booking::Booking answer;
            answer.set_name(request.name());
            answer.set_applicant(call.caller.PersonName());
            return answer;
          });
  Serve();
  booking::Booking answer;
  const grpc::Status status = Get("bookings/1", Token({"applicant"}), &answer);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(answer.name(), "bookings/1");
  EXPECT_EQ(answer.applicant(), "people/eleve-1");
}

TEST_F(ServiceBindingTest, WhoMayNotCallIsToldWhyBeforeTheRequestIsLookedAt) {
  BindGet({.roles = {Role::kApplicant, Role::kAgency}},
          [](const Call&, const booking::GetBookingRequest&) {
            ADD_FAILURE() << "must not run";
            return booking::Booking();
          });
  Serve();
  const struct {
    std::string token;
    grpc::StatusCode code;
    std::string reason;
  } kCases[] = {
      {"", grpc::StatusCode::UNAUTHENTICATED, "TOKEN_MISSING"},
      {"nonsense", grpc::StatusCode::UNAUTHENTICATED, "TOKEN_INVALID"},
      {Token({"host"}), grpc::StatusCode::PERMISSION_DENIED, "ROLE_MISSING"},
      {Token({"agency", "host"}), grpc::StatusCode::UNAUTHENTICATED, "AUTHENTICATION_INSUFFICIENT"},
  };
  for (const auto& c : kCases) {
    booking::Booking answer;
    const grpc::Status status = Get("", c.token, &answer);
    EXPECT_EQ(status.error_code(), c.code) << c.reason;
    EXPECT_EQ(ReasonOf(status), c.reason);
  }
}

TEST_F(ServiceBindingTest, TheWitnessHearsHowEachCallOverGrpcEndedAndWhoseItWas) {
  BindGet({.roles = {Role::kApplicant}},
          [](const Call&, const booking::GetBookingRequest& request)
              -> absl::StatusOr<booking::Booking> { return NotFoundError(request.name()); });
  std::vector<std::string> heard;
  pipeline_.SetWitness([&](const Call& call, absl::StatusCode code) {
    heard.push_back(absl::StrCat(call.caller.subject, " ", absl::StatusCodeToString(code)));
  });
  pipeline_.SetGate([](const grpc::CallbackServerContext& context, const Call&) {
    return context.client_metadata().count("shut") > 0 ? OverloadedError(absl::Seconds(1))
                                                       : absl::OkStatus();
  });
  Serve();
  booking::Booking answer;
  Get("bookings/7", Token({"applicant"}), &answer);
  Get("", Token({"applicant"}), &answer);
  Get("bookings/7", Token({"host"}), &answer);
  Get("bookings/7", "", &answer);
  grpc::ClientContext shut;
  shut.AddMetadata("authorization", "Bearer " + Token({"applicant"}));
  shut.AddMetadata("shut", "1");
  stub_->GetBooking(&shut, booking::GetBookingRequest(), &answer);
  EXPECT_THAT(heard, testing::ElementsAre("eleve-1 NOT_FOUND", "eleve-1 INVALID_ARGUMENT",
                                          "eleve-1 PERMISSION_DENIED", " UNAUTHENTICATED",
                                          "eleve-1 RESOURCE_EXHAUSTED"));
  // What comes from within the process was heard of where it came in.
  Call within;
  within.method = "/destinationmetier.booking.v1.BookingService/GetBooking";
  ASSERT_TRUE(pipeline_
                  .Admit({.authorization = "", .traceparent = "", .accept_language = ""},
                         {.roles = {Role::kAnonymous}}, &within)
                  .ok());
  pipeline_.Conclude(within, MethodMetrics(within.method), absl::OkStatus());
  EXPECT_EQ(heard.size(), 5u);
}

TEST_F(ServiceBindingTest, AWrongFieldIsNamedAndTheMethodDoesNotRun) {
  BindGet({.roles = {Role::kAnonymous}}, [](const Call&, const booking::GetBookingRequest&) {
    ADD_FAILURE() << "must not run";
    return booking::Booking();
  });
  Serve();
  booking::Booking answer;
  const grpc::Status status = Get("", "", &answer);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  const auto bad = Find<google::rpc::BadRequest>(status);
  ASSERT_TRUE(bad.has_value());
  ASSERT_EQ(bad->field_violations_size(), 1);
  EXPECT_EQ(bad->field_violations(0).field(), "name");
}

TEST_F(ServiceBindingTest, WhatIsNoMessageIsToldSoAndTheMethodDoesNotRun) {
  BindGet({.roles = {Role::kAnonymous}}, [](const Call&, const booking::GetBookingRequest&) {
    ADD_FAILURE() << "must not run";
    return booking::Booking();
  });
  Serve();
  grpc::GenericStub stub(channel_);
  // A name that is not UTF-8, and a field that is longer than the message.
  for (const std::string bytes : {"\x0a\x02\xff\xfe", "\x0a\x7f"}) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    const grpc::Slice slice(bytes);
    const grpc::ByteBuffer request(&slice, 1);
    grpc::ByteBuffer answer;
    grpc::Status status;
    absl::Notification done;
    stub.UnaryCall(&context, "/destinationmetier.booking.v1.BookingService/GetBooking",
                   grpc::StubOptions(), &request, &answer, [&](grpc::Status s) {
                     status = std::move(s);
                     done.Notify();
                   });
    done.WaitForNotification();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_EQ(ReasonOf(status), "INVALID_FIELDS");
  }
}

TEST_F(ServiceBindingTest, AnExceptionBecomesInternalAndItsTextStaysInside) {
  BindGet({.roles = {Role::kAnonymous}},
          [](const Call&, const booking::GetBookingRequest&) -> absl::StatusOr<booking::Booking> {
            throw std::runtime_error("relation secret_table does not exist");
          });
  Serve();
  booking::Booking answer;
  const grpc::Status status = Get("bookings/1", "", &answer);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_EQ(ReasonOf(status), "INTERNAL");
  EXPECT_THAT(DetailsOf(status).SerializeAsString(), testing::Not(testing::HasSubstr("secret")));
}

TEST_F(ServiceBindingTest, AFullQueueRefusesAtOnceAndSaysWhenToComeBack) {
  absl::Notification release;
  BindGet({.roles = {Role::kAnonymous}}, [&](const Call&, const booking::GetBookingRequest&) {
    release.WaitForNotification();
    return booking::Booking();
  });
  Serve();
  // Two run and two wait at most: of six callers at least two are refused, the first to hear.
  absl::Mutex mutex;
  int refused = 0;
  int answered = 0;
  std::vector<std::thread> callers;
  for (int i = 0; i < 6; ++i) {
    callers.emplace_back([&] {
      booking::Booking answer;
      const grpc::Status status = Get("bookings/1", "", &answer);
      absl::MutexLock lock(&mutex);
      if (status.ok()) {
        ++answered;
      } else if (status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED &&
                 Find<google::rpc::RetryInfo>(status).has_value()) {
        ++refused;
      }
      if (refused == 2 && !release.HasBeenNotified()) release.Notify();
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_GE(refused, 2);
  EXPECT_GE(answered, 2);
  EXPECT_EQ(refused + answered, 6);
}

TEST_F(ServiceBindingTest, AMethodThatDropsItsPromiseStillFinishesTheCall) {
  booking_.Async<booking::GetBookingRequest, booking::Booking>(
      "GetBooking", {.roles = {Role::kAnonymous}}, nullptr,
      [](std::shared_ptr<const Call>, const booking::GetBookingRequest&,
         Done<booking::Booking> done) { auto dropped = std::move(done); });
  Serve();
  booking::Booking answer;
  EXPECT_EQ(Get("bookings/1", "", &answer).error_code(), grpc::StatusCode::INTERNAL);
}

TEST_F(ServiceBindingTest, AStreamSendsInOrderAndEndsWhenItsReaderGoes) {
  absl::Notification ended;
  feed_.Stream<event::SubscribeRequest, event::SubscribeResponse>(
      "Subscribe", {.roles = {Role::kAnonymous}}, nullptr,
      [&](const Call&, const event::SubscribeRequest& request,
          Writer<event::SubscribeResponse>& writer) {
        event::SubscribeResponse response;
        int64_t position = request.after();
        do {
          response.set_position(++position);
        } while (writer.Write(response));
        ended.Notify();
        return absl::OkStatus();
      });
  Serve();
  auto stub = event::EventFeedService::NewStub(channel_);
  grpc::ClientContext context;
  event::SubscribeRequest request;
  request.set_after(10);
  auto reader = stub->Subscribe(&context, request);
  event::SubscribeResponse response;
  for (int64_t expected = 11; expected < 200; ++expected) {
    ASSERT_TRUE(reader->Read(&response));
    ASSERT_EQ(response.position(), expected);
  }
  context.TryCancel();
  EXPECT_TRUE(ended.WaitForNotificationWithTimeout(absl::Seconds(20)));
}

TEST_F(ServiceBindingTest, AnUploadIsReceivedWholeAndReportsBack) {
  import_.Upload<type::FileImportRequest, type::FileImportResponse>(
      "ImportFiles", {.roles = {Role::kAnonymous}},
      [](const Call&, Reader<type::FileImportRequest>& reader,
         Writer<type::FileImportResponse>& writer) -> absl::Status {
        const auto upload = ReceiveUpload(reader, {"communes"}, 1);
        if (!upload.ok()) return upload.status();
        type::FileImportResponse response;
        for (const UploadedFile& file : upload->files) {
          (*response.mutable_report()->mutable_tables())[file.name].set_read(
              static_cast<int64_t>(file.content.size()));
        }
        writer.Write(response);
        return absl::OkStatus();
      });
  Serve();
  const auto upload = [&](const std::string& kind, const std::string& name,
                          type::FileImportResponse* response) {
    auto stub = catalogue::ImportService::NewStub(channel_);
    grpc::ClientContext context;
    auto stream = stub->ImportFiles(&context);
    type::FileImportRequest request;
    request.mutable_start()->set_kind(kind);
    stream->Write(request);
    for (int i = 0; i < 3; ++i) {
      request.mutable_chunk()->set_file(name);
      request.mutable_chunk()->set_content("12345");
      stream->Write(request);
    }
    stream->WritesDone();
    stream->Read(response);
    return stream->Finish();
  };
  type::FileImportResponse response;
  EXPECT_TRUE(upload("communes", "a.csv", &response).ok());
  EXPECT_EQ(response.report().tables().at("a.csv").read(), 15);
  EXPECT_EQ(ReasonOf(upload("other", "a.csv", &response)), "INVALID_FIELDS");
  EXPECT_EQ(ReasonOf(upload("communes", "../a.csv", &response)), "INVALID_FIELDS");
}

TEST_F(ServiceBindingTest, AnUploadWhoseCallerGoesIsNoUpload) {
  absl::Notification received;
  absl::Status status;
  import_.Upload<type::FileImportRequest, type::FileImportResponse>(
      "ImportFiles", {.roles = {Role::kAnonymous}},
      [&](const Call&, Reader<type::FileImportRequest>& reader,
          Writer<type::FileImportResponse>&) -> absl::Status {
        status = ReceiveUpload(reader, {"communes"}, 1).status();
        received.Notify();
        return status;
      });
  Serve();
  auto stub = catalogue::ImportService::NewStub(channel_);
  grpc::ClientContext context;
  auto stream = stub->ImportFiles(&context);
  type::FileImportRequest request;
  request.mutable_start()->set_kind("communes");
  ASSERT_TRUE(stream->Write(request));
  request.mutable_chunk()->set_file("a.csv");
  ASSERT_TRUE(stream->Write(request));
  context.TryCancel();
  ASSERT_TRUE(received.WaitForNotificationWithTimeout(absl::Seconds(20)));
  EXPECT_FALSE(status.ok());
}

TEST_F(ServiceBindingTest, AnUploadTellsWhatHasComeWithoutWaitingForMore) {
  absl::Notification looked;
  import_.Upload<type::FileImportRequest, type::FileImportResponse>(
      "ImportFiles", {.roles = {Role::kAnonymous}},
      [&](const Call&, Reader<type::FileImportRequest>& reader,
          Writer<type::FileImportResponse>&) -> absl::Status {
        std::string kinds;
        type::FileImportRequest request;
        while (reader.Ready(absl::Seconds(20)) && reader.Read(&request)) {
          kinds += request.start().kind();
          // The caller sends the third when it was said that nothing has come.
          if (kinds == "ab" && !reader.Ready(absl::ZeroDuration())) looked.Notify();
          if (kinds == "abc") break;
        }
        // What is being read ahead ends with the call.
        EXPECT_FALSE(reader.Ready(absl::ZeroDuration()));
        return NotFoundError(kinds);
      });
  Serve();
  auto stub = catalogue::ImportService::NewStub(channel_);
  grpc::ClientContext context;
  auto stream = stub->ImportFiles(&context);
  const auto send = [&](const std::string& kind) {
    type::FileImportRequest request;
    request.mutable_start()->set_kind(kind);
    EXPECT_TRUE(stream->Write(request));
  };
  send("a");
  send("b");
  ASSERT_TRUE(looked.WaitForNotificationWithTimeout(absl::Seconds(20)));
  send("c");
  type::FileImportResponse response;
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(ServiceBindingTest, AServiceWithAnUnboundMethodSaysWhich) {
  EXPECT_THAT(std::string(feed_.CheckComplete().message()), testing::HasSubstr("Subscribe"));
}

}  // namespace
}  // namespace dm::rpc
