#include "services/gateway/cli/session.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"

#include <google/protobuf/util/json_util.h>

#include <utility>

namespace dm::gateway::cli {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(15);

// All fields, also those that have nothing to say: scripts look for them.
std::string JsonOf(const google::protobuf::Message& message, bool lines) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = lines;
  options.always_print_primitive_fields = true;
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(message, &text, options).ok()) return "";
  return text;
}

struct Server {
  std::string target;
  std::shared_ptr<grpc::ChannelCredentials> credentials;
};

Server ServerOf(const Session::Options& options) {
  absl::string_view host = options.address;
  if (!absl::ConsumePrefix(&host, "https://")) {
    return {options.address, grpc::InsecureChannelCredentials()};
  }
  absl::ConsumeSuffix(&host, "/");
  // The last part of an IPv6 address is no port.
  const size_t colon = host.rfind(':');
  const bool has_port = colon != host.npos && host.find(']', colon) == host.npos;
  return {absl::StrCat(host, has_port ? "" : ":443"),
          grpc::SslCredentials({.pem_root_certs = options.authorities})};
}

}  // namespace

Session::Session(Options options, std::ostream* out, std::ostream* err)
    : options_(std::move(options)), out_(out), err_(err) {
  if (options_.interruption == nullptr) options_.interruption = &nobody_;
}

std::shared_ptr<grpc::Channel> Session::channel() {
  if (channel_ == nullptr) {
    // Who follows tries again by itself: gRPC is not to hold that up for minutes.
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 200);
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 5'000);
    const Server server = ServerOf(options_);
    channel_ = grpc::CreateCustomChannel(server.target, server.credentials, arguments);
  }
  return channel_;
}

void Session::Prepare(grpc::ClientContext* context, absl::Duration patience) const {
  context->set_deadline(absl::ToChronoTime(absl::Now() + patience));
  context->AddMetadata("accept-language", "fr");
  if (!options_.token.empty()) context->AddMetadata("authorization", "Bearer " + options_.token);
}

bool Session::RenewToken() {
  std::string token = options_.read_token == nullptr ? "" : options_.read_token();
  if (token.empty() || token == options_.token) return false;
  options_.token = std::move(token);
  return true;
}

int Session::Call(const std::function<grpc::Status(grpc::ClientContext*)>& call) {
  grpc::ClientContext context;
  Prepare(&context, kPatience);
  const Interruption::Hold hold(&interruption(), &context);
  const grpc::Status status = call(&context);
  return status.ok() ? kDone : Explain(status);
}

int Session::Explain(const grpc::Status& status) {
  if (status.error_code() == grpc::StatusCode::CANCELLED && interruption().requested()) {
    return Refuse({.status = "CANCELLED",
                   .message = "Interrompu ; ce qui était demandé a pu être fait quand même.",
                   .exit_code = kInterrupted});
  }
  return Refuse(Read(status));
}

int Session::Misuse(const std::string& message) { return Refuse(UsageRefusal(message)); }

int Session::Unwritable(const std::string& message) {
  return Refuse(
      {.status = "UNKNOWN", .reason = "UNWRITABLE", .message = message, .exit_code = kUnwritable});
}

int Session::Refuse(const Refusal& refusal) {
  err() << (json() ? RefusalJson(refusal) : RefusalText(refusal)) << std::flush;
  return refusal.exit_code;
}

void Session::Warn(const std::string& message) {
  if (json()) {
    err() << JsonText({{"warning", message}}) << std::endl;
  } else {
    err() << "attention : " << message << std::endl;
  }
}

void Session::WriteLine(const std::string& label, const std::string& value) {
  if (!value.empty()) out() << label << " : " << value << "\n";
}

void Session::WriteNextPage(const std::string& token) {
  if (!token.empty()) out() << "suite : --page-token " << token << "\n";
}

int Session::WriteJson(const google::protobuf::Message& message) {
  out() << JsonOf(message, true);
  return kDone;
}

int Session::WriteJson(const nlohmann::json& json) {
  out() << JsonText(json, true) << "\n";
  return kDone;
}

std::string JsonLine(const google::protobuf::Message& message) { return JsonOf(message, false); }

}  // namespace dm::gateway::cli
