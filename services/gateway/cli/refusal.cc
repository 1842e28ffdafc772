#include "services/gateway/cli/refusal.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

#include <map>

namespace dm::gateway::cli {
namespace {

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

std::string SecondsText(absl::Duration delay) {
  return absl::StrFormat("%g s", absl::ToDoubleSeconds(absl::Ceil(delay, absl::Seconds(1))));
}

std::string HintFor(const Refusal& refusal) {
  static const auto* const kHints = new std::map<std::string, std::string>{
      {"TOKEN_MISSING", "Donner un jeton d'accès : --token-file FICHIER, ou DM_TOKEN."},
      {"TOKEN_INVALID", "Demander un nouveau jeton : celui-ci est faux ou périmé."},
      {"AUTHENTICATION_INSUFFICIENT", "Demander un nouveau jeton, avec un second facteur."},
      {"ROLE_MISSING", "Il faut un jeton d'un autre rôle, ou d'une autre portée (dm --help)."},
      {"RESOURCE_NOT_FOUND", "Vérifier le nom, et que le jeton est celui du bon territoire."},
      {"ETAG_MISMATCH", "Relire, puis recommencer avec le nouvel etag ou sans --etag."},
      {"REQUEST_ID_REUSED", "Recommencer sans --request-id, ou avec un autre."},
      {"PAGE_TOKEN_INVALID", "Recommencer sans --page-token."},
      {"OFFER_STATE_CONFLICT", "« dm moderate show OFFRE » dit où en est l'offre."},
      {"POSITION_INVALID",
       "Exporter (dm export), supprimer le fichier de --resume-file, puis suivre à nouveau."},
      {"EVENTS_EXPIRED",
       "Exporter (dm export), supprimer le fichier de --resume-file, puis suivre à nouveau."}};
  if (const auto found = kHints->find(refusal.reason); found != kHints->end()) {
    return found->second;
  }
  if (refusal.retry.has_value()) {
    return absl::StrCat("Réessayer dans ", SecondsText(*refusal.retry), ".");
  }
  if (refusal.reason.empty() && refusal.status == "UNAVAILABLE") {
    return "Vérifier l'adresse (--address, DM_ADDRESS) et que la passerelle est en marche.";
  }
  return "";
}

void ReadDetails(const google::rpc::Status& error, Refusal* refusal) {
  for (const auto& detail : error.details()) {
    google::rpc::LocalizedMessage message;
    google::rpc::ErrorInfo info;
    google::rpc::BadRequest bad;
    google::rpc::PreconditionFailure failure;
    google::rpc::RetryInfo retry;
    if (detail.UnpackTo(&message)) {
      if (message.locale() == "fr") refusal->message = message.message();
    } else if (detail.UnpackTo(&info)) {
      refusal->reason = info.reason();
      const auto resource = info.metadata().find("resource");
      if (resource != info.metadata().end()) refusal->resource = resource->second;
    } else if (detail.UnpackTo(&bad)) {
      for (const auto& field : bad.field_violations()) {
        refusal->fields.emplace_back(field.field(), field.description());
      }
    } else if (detail.UnpackTo(&failure)) {
      for (const auto& rule : failure.violations()) refusal->rules.push_back(rule.description());
    } else if (detail.UnpackTo(&retry)) {
      refusal->retry = absl::Seconds(retry.retry_delay().seconds()) +
                       absl::Nanoseconds(retry.retry_delay().nanos());
    }
  }
}

}  // namespace

Refusal ReadRefusal(const grpc::Status& status, const std::string& address) {
  Refusal refusal;
  refusal.status = absl::StatusCodeToString(static_cast<absl::StatusCode>(status.error_code()));
  google::rpc::Status error;
  if (error.ParseFromString(status.error_details())) ReadDetails(error, &refusal);
  // The message about a file says all of it.
  if (refusal.reason == "IMPORT_REFUSED") {
    refusal.resource.clear();
    refusal.fields.clear();
  }
  if (refusal.message.empty()) {
    refusal.message =
        refusal.reason.empty() ? FrenchFor(status.error_code(), address) : status.error_message();
  }
  refusal.hint = HintFor(refusal);
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE ||
      status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED || refusal.retry.has_value()) {
    refusal.exit_code = kUnreachable;
  }
  return refusal;
}

Refusal UsageRefusal(const std::string& message) {
  return {.status = "INVALID_ARGUMENT",
          .reason = "USAGE",
          .message = message,
          .hint = "dm --help",
          .exit_code = kUsage};
}

std::string RefusalText(const Refusal& refusal) {
  if (refusal.exit_code == kUsage) {
    return absl::StrCat("dm : ", refusal.message, " (", refusal.hint, ")\n");
  }
  std::string text = absl::StrCat("dm : ", refusal.message);
  if (!refusal.reason.empty()) absl::StrAppend(&text, " [", refusal.reason, "]");
  absl::StrAppend(&text, "\n");
  if (!refusal.resource.empty()) absl::StrAppend(&text, "  ", refusal.resource, "\n");
  for (const auto& [field, description] : refusal.fields) {
    absl::StrAppend(&text, "  ", field, " : ", description, "\n");
  }
  for (const std::string& rule : refusal.rules) absl::StrAppend(&text, "  ", rule, "\n");
  if (!refusal.hint.empty()) absl::StrAppend(&text, "  → ", refusal.hint, "\n");
  return text;
}

std::string RefusalJson(const Refusal& refusal) {
  nlohmann::json error = {{"status", refusal.status}, {"message", refusal.message}};
  if (!refusal.reason.empty()) error["reason"] = refusal.reason;
  if (!refusal.resource.empty()) error["resource"] = refusal.resource;
  for (const auto& [field, description] : refusal.fields) {
    error["fields"].push_back({{"field", field}, {"description", description}});
  }
  for (const std::string& rule : refusal.rules) error["rules"].push_back(rule);
  if (refusal.retry.has_value()) {
    error["retrySeconds"] = absl::ToDoubleSeconds(*refusal.retry);
  }
  if (!refusal.hint.empty()) error["hint"] = refusal.hint;
  return absl::StrCat(JsonText({{"error", error}}), "\n");
}

std::string JsonText(const nlohmann::json& json, bool lines) {
  return json.dump(lines ? 2 : -1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace dm::gateway::cli
