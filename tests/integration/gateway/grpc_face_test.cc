#include "destinationmetier/booking/v1/booking_service.grpc.pb.h"
#include "destinationmetier/catalogue/v1/catalogue_service.grpc.pb.h"
#include "destinationmetier/catalogue/v1/import_service.grpc.pb.h"
#include "destinationmetier/event/v1/event_feed_service.grpc.pb.h"
#include "destinationmetier/gateway/v1/gateway_service.grpc.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/integration/gateway/fake_suite.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <string>

namespace dm::gateway {
namespace {

namespace booking = destinationmetier::booking::v1;
namespace catalogue = destinationmetier::catalogue::v1;
namespace event = destinationmetier::event::v1;
namespace pb = destinationmetier::gateway::v1;
namespace type = destinationmetier::type::v1;

std::string ReasonOf(const grpc::Status& status) {
  google::rpc::Status error;
  error.ParseFromString(status.error_details());
  for (const auto& detail : error.details()) {
    google::rpc::ErrorInfo info;
    if (detail.UnpackTo(&info)) return info.reason();
  }
  return "";
}

type::FileImportRequest StartOf(const std::string& kind) {
  type::FileImportRequest request;
  request.mutable_start()->set_kind(kind);
  return request;
}

type::FileImportRequest ChunkOf(const std::string& file, std::string content) {
  type::FileImportRequest request;
  request.mutable_chunk()->set_file(file);
  request.mutable_chunk()->set_content(std::move(content));
  return request;
}

class GrpcFace : public testing::Test {
 protected:
  GrpcFace() { context_.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30)); }

  void Authorize() { context_.AddMetadata("authorization", "Bearer good"); }

  FakeSuite suite_;
  RunningGateway gateway_{suite_};
  grpc::ClientContext context_;
};

TEST_F(GrpcFace, ForwardsACall) {
  catalogue::GetCompanyRequest request;
  request.set_name("companies/1");
  catalogue::Company company;
  const auto stub = catalogue::CatalogueService::NewStub(gateway_.Channel());
  const grpc::Status status = stub->GetCompany(&context_, request, &company);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(company.display_name(), "Groupe Lemoine");
}

TEST_F(GrpcFace, ReturnsAnErrorAsItIs) {
  Authorize();
  booking::AcceptBookingRequest request;
  request.set_name("bookings/7");
  request.set_etag("old");
  booking::Booking answer;
  const grpc::Status status = booking::BookingService::NewStub(gateway_.Channel())
                                  ->AcceptBooking(&context_, request, &answer);
  grpc::ClientContext direct;
  direct.AddMetadata("authorization", "Bearer good");
  const grpc::Status expected =
      booking::BookingService::NewStub(suite_.Channel())->AcceptBooking(&direct, request, &answer);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::ABORTED);
  EXPECT_EQ(status.error_message(), expected.error_message());
  EXPECT_EQ(status.error_details(), expected.error_details());
  EXPECT_EQ(ReasonOf(status), "ETAG_MISMATCH");
}

TEST_F(GrpcFace, CarriesTheTrace) {
  const std::string trace = "0af7651916cd43dd8448eb211c80319c";
  context_.AddMetadata("traceparent", "00-" + trace + "-b7ad6b7169203331-01");
  catalogue::Company company;
  catalogue::CatalogueService::NewStub(gateway_.Channel())->GetCompany(&context_, {}, &company);
  EXPECT_EQ(suite_.last_traceparent().substr(3, 32), trace);
}

TEST_F(GrpcFace, RefusesWithoutAToken) {
  booking::Booking answer;
  const grpc::Status status =
      booking::BookingService::NewStub(gateway_.Channel())->AcceptBooking(&context_, {}, &answer);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(ReasonOf(status), "TOKEN_MISSING");
}

TEST_F(GrpcFace, HasNoFeed) {
  const auto ask = [&](const std::shared_ptr<grpc::Channel>& channel) {
    grpc::ClientContext context;
    const auto stub = event::EventFeedService::NewStub(channel);
    const auto reader = stub->Subscribe(&context, {});
    event::SubscribeResponse response;
    EXPECT_FALSE(reader->Read(&response));
    return reader->Finish();
  };
  EXPECT_EQ(ask(gateway_.Channel()).error_code(), grpc::StatusCode::UNIMPLEMENTED);
}

TEST_F(GrpcFace, TellsOfAServiceThatIsGoneInOurWords) {
  suite_.Stop();
  catalogue::Company company;
  const grpc::Status status =
      catalogue::CatalogueService::NewStub(gateway_.Channel())->GetCompany(&context_, {}, &company);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(ReasonOf(status), "BACKEND_UNAVAILABLE");
  EXPECT_EQ(status.error_message().find("127.0.0.1"), std::string::npos);
}

TEST_F(GrpcFace, ComposesPages) {
  pb::GetOfferPageRequest request;
  request.set_name("offers/1");
  pb::OfferPage page;
  const grpc::Status status =
      pb::GatewayService::NewStub(gateway_.Channel())->GetOfferPage(&context_, request, &page);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(page.company().display_name(), "Groupe Lemoine");
  EXPECT_EQ(page.missing_size(), 0);
}

TEST_F(GrpcFace, ForwardsAnUploadOfManyMessages) {
  Authorize();
  const auto stub = catalogue::ImportService::NewStub(gateway_.Channel());
  const auto stream = stub->ImportFiles(&context_);
  ASSERT_TRUE(stream->Write(StartOf("rome")));
  for (int i = 0; i < 64; ++i) {
    ASSERT_TRUE(stream->Write(ChunkOf(i < 32 ? "a.csv" : "b.csv", std::string(256 * 1024, 'x'))));
  }
  stream->WritesDone();
  type::FileImportResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.progress().stage(), "Lecture");
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.report().tables().at("professions").read(), 64 * 256 * 1024);
  EXPECT_EQ(response.report().tables().at("professions").added(), 2);
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(GrpcFace, ReturnsTheRefusalOfAnUpload) {
  Authorize();
  const auto stub = catalogue::ImportService::NewStub(gateway_.Channel());
  const auto stream = stub->ImportFiles(&context_);
  stream->Write(StartOf("broken"));
  stream->Write(ChunkOf("a.csv", "x"));
  stream->WritesDone();
  type::FileImportResponse response;
  EXPECT_FALSE(stream->Read(&response));
  const grpc::Status status = stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(ReasonOf(status), "IMPORT_REFUSED");
}

TEST_F(GrpcFace, EndsAnUploadThatIsRefusedWhileItIsStillSent) {
  const auto stub = catalogue::ImportService::NewStub(gateway_.Channel());
  const auto stream = stub->ImportFiles(&context_);
  stream->Write(StartOf("rome"));
  while (stream->Write(ChunkOf("a.csv", std::string(256 * 1024, 'x')))) {
  }
  EXPECT_EQ(ReasonOf(stream->Finish()), "TOKEN_MISSING");
}

TEST_F(GrpcFace, TakesNoHalfUploadForAWholeOne) {
  Authorize();
  const auto stub = catalogue::ImportService::NewStub(gateway_.Channel());
  {
    const auto stream = stub->ImportFiles(&context_);
    ASSERT_TRUE(stream->Write(StartOf("rome")));
    ASSERT_TRUE(stream->Write(ChunkOf("half.csv", "x")));
    context_.TryCancel();
    EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
  suite_.Stop();
  EXPECT_FALSE(suite_.took_half_an_upload);
}

TEST_F(GrpcFace, KeepsTheDeadlineOfAStream) {
  Authorize();
  context_.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(300));
  const auto stub = catalogue::ImportService::NewStub(gateway_.Channel());
  const auto stream = stub->ImportFiles(&context_);
  stream->Write(StartOf("rome"));
  type::FileImportResponse response;
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
}

}  // namespace
}  // namespace dm::gateway
