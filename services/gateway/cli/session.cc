#include "services/gateway/cli/session.h"

#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

#include <google/protobuf/util/json_util.h>

#include <utility>
#include <vector>

namespace dm::gateway::cli {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(15);

// For a status that no service made.
std::string FrenchFor(grpc::StatusCode code, const std::string& address) {
  switch (code) {
    case grpc::StatusCode::UNAVAILABLE:
      return absl::StrCat("La passerelle ne répond pas à l'adresse ", address, ".");
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return "La réponse a pris trop de temps.";
    case grpc::StatusCode::UNIMPLEMENTED:
      return "La passerelle ne connaît pas cette commande.";
    default:
      return "La demande n'a pas abouti.";
  }
}

struct Refusal {
  std::string message;
  std::string reason;
  // What it is about: a resource, the fields that are wrong.
  std::vector<std::string> lines;
};

Refusal Read(const grpc::Status& status, const std::string& address) {
  Refusal refusal;
  google::rpc::Status error;
  error.ParseFromString(status.error_details());
  for (const auto& detail : error.details()) {
    google::rpc::LocalizedMessage message;
    google::rpc::ErrorInfo info;
    google::rpc::BadRequest bad;
    if (detail.UnpackTo(&message)) {
      if (message.locale() == "fr") refusal.message = message.message();
    } else if (detail.UnpackTo(&info)) {
      refusal.reason = info.reason();
      const auto resource = info.metadata().find("resource");
      if (resource != info.metadata().end()) refusal.lines.push_back(resource->second);
    } else if (detail.UnpackTo(&bad)) {
      for (const auto& field : bad.field_violations()) {
        refusal.lines.push_back(absl::StrCat(field.field(), " : ", field.description()));
      }
    }
  }
  // The message about a file says all of it.
  if (refusal.reason == "IMPORT_REFUSED") refusal.lines.clear();
  if (refusal.message.empty()) {
    refusal.message =
        refusal.reason.empty() ? FrenchFor(status.error_code(), address) : status.error_message();
  }
  return refusal;
}

}  // namespace

Session::Session(Options options, std::ostream* out, std::ostream* err)
    : options_(std::move(options)),
      out_(out),
      err_(err),
      channel_(grpc::CreateChannel(options_.address, grpc::InsecureChannelCredentials())) {}

void Session::Prepare(grpc::ClientContext* context, absl::Duration patience) const {
  context->set_deadline(absl::ToChronoTime(absl::Now() + patience));
  context->AddMetadata("accept-language", "fr");
  if (!options_.token.empty()) context->AddMetadata("authorization", "Bearer " + options_.token);
}

bool Session::Call(const std::function<grpc::Status(grpc::ClientContext*)>& call) {
  grpc::ClientContext context;
  Prepare(&context, kPatience);
  const grpc::Status status = call(&context);
  if (!status.ok()) Explain(status);
  return status.ok();
}

void Session::Explain(const grpc::Status& status) {
  const Refusal refusal = Read(status, options_.address);
  err() << "dm : " << refusal.message;
  if (!refusal.reason.empty()) err() << " [" << refusal.reason << "]";
  err() << "\n";
  for (const std::string& line : refusal.lines) err() << "  " << line << "\n";
}

int Session::Misuse(const std::string& message) {
  err() << "dm : " << message << " (dm --help)\n";
  return kUsage;
}

int Session::WriteJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.always_print_primitive_fields = true;
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(message, &text, options).ok()) return kRefused;
  out() << text;
  return kDone;
}

}  // namespace dm::gateway::cli
