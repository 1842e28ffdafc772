#include "services/gateway/http/rpc_wire.h"

#include "absl/strings/escaping.h"
#include "common/errors/error.h"
#include "google/rpc/error_details.pb.h"
#include "services/gateway/http/error_response.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace dm::gateway {
namespace {

using Protocol = RpcWire::Protocol;

std::string Framed(const std::string& message, char flags = 0) {
  return std::string({flags, 0, 0, 0, static_cast<char>(message.size())}) + message;
}

HttpRequest With(const std::string& body, HttpHeaders headers = {}) {
  return {.method = "POST", .target = "/a.B/C", .headers = std::move(headers), .body = body};
}

struct TypeCase {
  const char* content_type;
  bool known;
  Protocol protocol = Protocol::kConnect;
  bool json = false;
  bool text = false;
};

class WireOf : public testing::TestWithParam<TypeCase> {};

TEST_P(WireOf, AContentType) {
  const auto wire = RpcWire::Of(GetParam().content_type);
  ASSERT_EQ(wire.has_value(), GetParam().known) << GetParam().content_type;
  if (!wire.has_value()) return;
  EXPECT_EQ(wire->protocol, GetParam().protocol);
  EXPECT_EQ(wire->json, GetParam().json);
  EXPECT_EQ(wire->text, GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    All, WireOf,
    testing::Values(TypeCase{"application/proto", true},
                    TypeCase{"application/json", true, Protocol::kConnect, true},
                    TypeCase{"Application/JSON; charset=utf-8", true, Protocol::kConnect, true},
                    TypeCase{"application/grpc-web", true, Protocol::kGrpcWeb},
                    TypeCase{"application/grpc-web+proto", true, Protocol::kGrpcWeb},
                    TypeCase{"application/grpc-web+json", true, Protocol::kGrpcWeb, true},
                    TypeCase{"application/grpc-web-text", true, Protocol::kGrpcWeb, false, true},
                    TypeCase{"application/grpc-web-text+proto", true, Protocol::kGrpcWeb, false,
                             true},
                    TypeCase{"application/connect+proto", false},
                    TypeCase{"application/grpc", false}, TypeCase{"application/grpc+proto", false},
                    TypeCase{"application/grpc-webs", false}, TypeCase{"text/plain", false},
                    TypeCase{"", false}));

TEST(GrpcWeb, ReadsTheFrameOfARequest) {
  const auto wire = *RpcWire::Of("application/grpc-web+proto");
  EXPECT_EQ(*wire.MessageOf(With(Framed("hello"))), "hello");
  EXPECT_EQ(*wire.MessageOf(With(Framed(""))), "");
  for (const std::string& wrong : {std::string(), std::string("\0\0\0\0", 4), Framed("hello") + "x",
                                   Framed("hello").substr(0, 9), Framed("a") + Framed("b"),
                                   std::string("\0\xff\xff\xff\xff", 5)}) {
    EXPECT_EQ(wire.MessageOf(With(wrong)).status().code(), absl::StatusCode::kInvalidArgument);
  }
  EXPECT_EQ(wire.MessageOf(With(Framed("x", 1))).status().code(), absl::StatusCode::kUnimplemented);
}

TEST(GrpcWeb, ReadsBase64InPieces) {
  const auto wire = *RpcWire::Of("application/grpc-web-text");
  const std::string frame = Framed("hello");
  const std::string whole = absl::Base64Escape(frame);
  const std::string pieces =
      absl::Base64Escape(frame.substr(0, 4)) + absl::Base64Escape(frame.substr(4));
  EXPECT_NE(whole, pieces);
  EXPECT_EQ(*wire.MessageOf(With(whole)), "hello");
  EXPECT_EQ(*wire.MessageOf(With(pieces)), "hello");
  for (const char* wrong : {"", "====", "AAAA!", "AA=A"}) {
    EXPECT_EQ(wire.MessageOf(With(wrong)).status().code(), absl::StatusCode::kInvalidArgument)
        << wrong;
  }
}

TEST(GrpcWeb, AnswersAFrameAndTrailers) {
  const HttpResponse response = RpcWire::Of("application/grpc-web+proto")->Answer("hi");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.Header("content-type"), "application/grpc-web+proto");
  const std::string trailers = "grpc-status: 0\r\n";
  EXPECT_EQ(response.body, Framed("hi") + Framed(trailers, static_cast<char>(0x80)));
  const HttpResponse text = RpcWire::Of("application/grpc-web-text")->Answer("hi");
  EXPECT_EQ(text.body, absl::Base64Escape(response.body));
}

TEST(GrpcWeb, CarriesErrorsInItsTrailers) {
  auto error = ErrorOf(NotFoundError("offers/1"), "fr");
  error.set_message("100 % élève\r\nx: y");
  const HttpResponse response = RpcWire::Of("application/grpc-web+proto")->Error(error);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body.front(), static_cast<char>(0x80));
  const std::string trailers = response.body.substr(5);
  EXPECT_EQ(trailers.substr(0, 16), "grpc-status: 5\r\n");
  EXPECT_NE(trailers.find("grpc-message: 100 %25 %c3%a9l%c3%a8ve%0d%0ax: y\r\n"),
            std::string::npos);
  const std::string name = "grpc-status-details-bin: ";
  const size_t at = trailers.find(name) + name.size();
  std::string bytes;
  ASSERT_TRUE(absl::Base64Unescape(trailers.substr(at, trailers.find('\r', at) - at), &bytes));
  google::rpc::Status back;
  ASSERT_TRUE(back.ParseFromString(bytes));
  EXPECT_EQ(back.SerializeAsString(), error.SerializeAsString());
}

TEST(Connect, TakesTheBodyAsItIs) {
  const auto wire = *RpcWire::Of("application/proto");
  EXPECT_EQ(*wire.MessageOf(With("hello")), "hello");
  EXPECT_EQ(*wire.MessageOf(With("hello", {{"connect-protocol-version", "1"}})), "hello");
  EXPECT_EQ(wire.MessageOf(With("hello", {{"connect-protocol-version", "2"}})).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(wire.Answer("hi").body, "hi");
  EXPECT_EQ(wire.Answer("hi").Header("content-type"), "application/proto");
}

TEST(Connect, AnswersErrorsAsJson) {
  const auto error = ErrorOf(OverloadedError(absl::Seconds(2)), "fr");
  const HttpResponse response = RpcWire::Of("application/proto")->Error(error);
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(response.Header("content-type"), "application/json");
  EXPECT_EQ(response.Header("retry-after"), "2");
  const auto body = nlohmann::json::parse(response.body);
  EXPECT_EQ(body["code"], "resource_exhausted");
  EXPECT_EQ(body["details"][0]["type"], "google.rpc.ErrorInfo");
  std::string bytes;
  ASSERT_TRUE(absl::Base64Unescape(body["details"][0]["value"].get<std::string>(), &bytes));
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(info.ParseFromString(bytes));
  EXPECT_EQ(info.reason(), "OVERLOADED");
}

TEST(Connect, SpellsCanceledItsOwnWay) {
  google::rpc::Status error;
  error.set_code(1);
  const HttpResponse response = RpcWire::Of("application/json")->Error(error);
  EXPECT_EQ(nlohmann::json::parse(response.body)["code"], "canceled");
  EXPECT_EQ(response.status, 499);
}

struct TimeCase {
  const char* content_type;
  const char* header;
  const char* value;
  absl::Duration patience;
};

class Patience : public testing::TestWithParam<TimeCase> {};

// Zero stands for a refusal.
TEST_P(Patience, IsWhatTheCallerSays) {
  const auto wire = *RpcWire::Of(GetParam().content_type);
  const auto patience = wire.PatienceOf(With("", {{GetParam().header, GetParam().value}}));
  EXPECT_EQ(patience.value_or(absl::ZeroDuration()), GetParam().patience) << GetParam().value;
}

INSTANTIATE_TEST_SUITE_P(
    All, Patience,
    testing::Values(
        TimeCase{"application/proto", "connect-timeout-ms", "1500", absl::Milliseconds(1500)},
        TimeCase{"application/proto", "grpc-timeout", "1S", absl::InfiniteDuration()},
        TimeCase{"application/proto", "connect-timeout-ms", "-1", absl::ZeroDuration()},
        TimeCase{"application/proto", "connect-timeout-ms", "12345678901", absl::ZeroDuration()},
        TimeCase{"application/proto", "connect-timeout-ms", "1s", absl::ZeroDuration()},
        TimeCase{"application/grpc-web", "grpc-timeout", "5S", absl::Seconds(5)},
        TimeCase{"application/grpc-web", "grpc-timeout", "200m", absl::Milliseconds(200)},
        TimeCase{"application/grpc-web", "grpc-timeout", "99999999H", absl::Hours(99999999)},
        TimeCase{"application/grpc-web", "grpc-timeout", "7n", absl::Nanoseconds(7)},
        TimeCase{"application/grpc-web", "grpc-timeout", "5", absl::ZeroDuration()},
        TimeCase{"application/grpc-web", "grpc-timeout", "S", absl::ZeroDuration()},
        TimeCase{"application/grpc-web", "grpc-timeout", "-5S", absl::ZeroDuration()},
        TimeCase{"application/grpc-web", "grpc-timeout", "999999999S", absl::ZeroDuration()}));

}  // namespace
}  // namespace dm::gateway
