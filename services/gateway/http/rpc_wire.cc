#include "services/gateway/http/rpc_wire.h"

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/errors/error.h"
#include "google/rpc/code.pb.h"
#include "services/gateway/http/error_response.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace dm::gateway {
namespace {

// A frame: flags, length in four bytes, big end first, and what it carries.
constexpr size_t kFrameHead = 5;
constexpr char kData = 0x00;
constexpr char kCompressed = 0x01;
constexpr char kTrailers = static_cast<char>(0x80);

std::string Frame(char flags, absl::string_view payload) {
  const auto size = static_cast<uint32_t>(payload.size());
  std::string frame = {flags, static_cast<char>(size >> 24), static_cast<char>(size >> 16),
                       static_cast<char>(size >> 8), static_cast<char>(size)};
  absl::StrAppend(&frame, payload);
  return frame;
}

absl::Status Wrong(absl::string_view field, absl::string_view what) {
  Violations violations;
  violations.Add(field, what);
  return violations.ToStatus();
}

// Base64 that may end and begin anew in the middle, as a client that writes in pieces makes it.
bool DecodePieces(absl::string_view text, std::string* bytes) {
  while (!text.empty()) {
    const size_t padding = text.find('=');
    size_t end = text.size();
    if (padding != absl::string_view::npos) {
      end = std::min(text.find_first_not_of('=', padding), text.size());
    }
    std::string piece;
    if (!absl::Base64Unescape(text.substr(0, end), &piece)) return false;
    bytes->append(piece);
    text.remove_prefix(end);
  }
  return true;
}

// The one data frame of a unary request; trailers, which no client sends, are not looked at.
absl::StatusOr<std::string> Unframe(absl::string_view body) {
  if (body.size() < kFrameHead) return Wrong("body", "is no frame of gRPC-Web");
  if (body.front() == kCompressed) {
    return MakeError(absl::StatusCode::kUnimplemented, "compressed frames are not taken",
                     {.reason = "METHOD_UNKNOWN"});
  }
  uint32_t size = 0;
  for (size_t i = 1; i < kFrameHead; ++i) size = size << 8 | static_cast<uint8_t>(body[i]);
  body.remove_prefix(kFrameHead);
  if (body.size() != size) return Wrong("body", "must be one whole frame of gRPC-Web");
  return std::string(body);
}

// What may stand in a trailer as it is; all else as %XX.
std::string PercentEncode(absl::string_view text) {
  std::string encoded;
  for (const char c : text) {
    if (c >= 0x20 && c < 0x7F && c != '%') {
      encoded.push_back(c);
    } else {
      absl::StrAppend(&encoded, "%", absl::Hex(static_cast<uint8_t>(c), absl::kZeroPad2));
    }
  }
  return encoded;
}

std::string WithoutPadding(std::string base64) {
  base64.erase(std::min(base64.find('='), base64.size()));
  return base64;
}

std::string Trailers(const google::rpc::Status& status) {
  std::string trailers = absl::StrCat("grpc-status: ", status.code(), "\r\n");
  if (status.code() != google::rpc::OK) {
    absl::StrAppend(&trailers, "grpc-message: ", PercentEncode(status.message()), "\r\n",
                    "grpc-status-details-bin: ",
                    WithoutPadding(absl::Base64Escape(status.SerializeAsString())), "\r\n");
  }
  return trailers;
}

// Connect's name of a code: the canonical one in lower case, but for an l.
std::string CodeName(int code) {
  if (code == google::rpc::CANCELLED) return "canceled";
  return absl::AsciiStrToLower(google::rpc::Code_Name(static_cast<google::rpc::Code>(code)));
}

std::string ConnectError(const google::rpc::Status& error) {
  nlohmann::json details = nlohmann::json::array();
  for (const auto& detail : error.details()) {
    const absl::string_view url = detail.type_url();
    details.push_back({{"type", std::string(url.substr(url.rfind('/') + 1))},
                       {"value", WithoutPadding(absl::Base64Escape(detail.value()))}});
  }
  const nlohmann::json body = {
      {"code", CodeName(error.code())}, {"message", error.message()}, {"details", details}};
  return body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

absl::StatusOr<absl::Duration> GrpcTimeout(absl::string_view text) {
  constexpr size_t kMostDigits = 8;
  int64_t number = 0;
  const absl::string_view digits = text.substr(0, text.size() - 1);
  if (digits.size() <= kMostDigits && absl::SimpleAtoi(digits, &number) && number >= 0) {
    switch (text.back()) {
      case 'H':
        return absl::Hours(number);
      case 'M':
        return absl::Minutes(number);
      case 'S':
        return absl::Seconds(number);
      case 'm':
        return absl::Milliseconds(number);
      case 'u':
        return absl::Microseconds(number);
      case 'n':
        return absl::Nanoseconds(number);
    }
  }
  return Wrong("Grpc-Timeout", "must be a time like 5S or 200m");
}

absl::StatusOr<absl::Duration> ConnectTimeout(absl::string_view text) {
  constexpr size_t kMostDigits = 10;
  int64_t number = 0;
  if (text.size() <= kMostDigits && absl::SimpleAtoi(text, &number) && number >= 0) {
    return absl::Milliseconds(number);
  }
  return Wrong("Connect-Timeout-Ms", "must be a number of milliseconds");
}

}  // namespace

std::optional<RpcWire> RpcWire::Of(absl::string_view content_type) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(content_type, absl::MaxSplits(';', 1));
  RpcWire wire;
  wire.content_type = absl::AsciiStrToLower(absl::StripAsciiWhitespace(parts.first));
  absl::string_view type = wire.content_type;
  if (!absl::ConsumePrefix(&type, "application/")) return std::nullopt;
  if (absl::ConsumePrefix(&type, "grpc-web")) {
    wire.protocol = Protocol::kGrpcWeb;
    wire.text = absl::ConsumePrefix(&type, "-text");
    wire.json = type == "+json";
    return type.empty() || type == "+proto" || wire.json ? std::optional(wire) : std::nullopt;
  }
  wire.json = type == "json";
  return type == "proto" || wire.json ? std::optional(wire) : std::nullopt;
}

absl::StatusOr<std::string> RpcWire::MessageOf(const HttpRequest& request) const {
  if (protocol == Protocol::kConnect) {
    const absl::string_view version = request.Header("connect-protocol-version");
    if (!version.empty() && version != "1") return Wrong("Connect-Protocol-Version", "must be 1");
    return request.body;
  }
  if (!text) return Unframe(request.body);
  std::string bytes;
  if (!DecodePieces(request.body, &bytes)) return Wrong("body", "is not base64");
  return Unframe(bytes);
}

absl::StatusOr<absl::Duration> RpcWire::PatienceOf(const HttpRequest& request) const {
  const bool connect = protocol == Protocol::kConnect;
  const absl::string_view said = request.Header(connect ? "connect-timeout-ms" : "grpc-timeout");
  if (said.empty()) return absl::InfiniteDuration();
  return connect ? ConnectTimeout(said) : GrpcTimeout(said);
}

HttpResponse RpcWire::Answer(absl::string_view message) const {
  HttpResponse response;
  response.headers = {{"Content-Type", content_type},
                      {"Cache-Control", "no-store"},
                      {"X-Content-Type-Options", "nosniff"}};
  response.body = std::string(message);
  if (protocol == Protocol::kGrpcWeb) {
    response.body = absl::StrCat(Frame(kData, message), Frame(kTrailers, Trailers({})));
    if (text) response.body = absl::Base64Escape(response.body);
  }
  return response;
}

HttpResponse RpcWire::Error(const google::rpc::Status& error) const {
  if (protocol == Protocol::kConnect) {
    HttpResponse response = ErrorResponse(error);
    response.SetHeader("Content-Type", "application/json");
    response.body = ConnectError(error);
    return response;
  }
  HttpResponse response = Answer("");
  response.body = Frame(kTrailers, Trailers(error));
  if (text) response.body = absl::Base64Escape(response.body);
  return response;
}

}  // namespace dm::gateway
