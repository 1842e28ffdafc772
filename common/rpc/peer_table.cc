#include "common/rpc/peer_table.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/errors/error.h"
#include "common/rpc/method_table.h"
#include "common/telemetry/metrics.h"

#include <grpc/grpc_security_constants.h>

#include <algorithm>
#include <utility>

namespace dm::rpc {
namespace {

constexpr char kPackages[] = "destinationmetier.";
constexpr char kGateway[] = "gateway";
constexpr const char* kProcesses[] = {"ambassador", "booking", "catalogue",
                                      kEdge,        kGateway,  "notification"};

// What the gateway shows to the outside: it may call all methods of these at the service that their
// package is called after, and what stands before the gateway may call them there.
constexpr const char* kPublicServices[] = {
    "ambassador.v1.AmbassadorService",
    "ambassador.v1.ImportService",
    "ambassador.v1.PrivacyService",
    "booking.v1.AgreementService",
    "booking.v1.BookingService",
    "booking.v1.ImportService",
    "booking.v1.PeopleService",
    "booking.v1.PrivacyService",
    "booking.v1.SignatureService",
    "catalogue.v1.CatalogueService",
    "catalogue.v1.CompanySettingsService",
    "catalogue.v1.ImportService",
    "catalogue.v1.ModerationService",
    "catalogue.v1.OfferExchangeService",
    "catalogue.v1.OfferService",
    "catalogue.v1.ReferenceService",
    "catalogue.v1.StatisticsService",
    "gateway.v1.GatewayService",
    "gateway.v1.PartnerEventService",
    "gateway.v1.PartnerUsageService",
    "gateway.v1.RightsService",
    "notification.v1.ContactService",
    "notification.v1.ImportService",
    "notification.v1.MailChoiceService",
    "notification.v1.WebhookService",
};

struct Line {
  const char* server;
  const char* method;
  std::set<std::string> callers;
};

// What services ask of each other. The feeds are followed by Subscribe; ReadEvents is for what
// partners are told.
std::vector<Line> InnerLines() {
  constexpr char kSubscribe[] = "event.v1.EventFeedService/Subscribe";
  constexpr char kReadEvents[] = "event.v1.EventFeedService/ReadEvents";
  constexpr char kGetPersonalData[] = "privacy.v1.PersonalDataService/GetPersonalData";
  return {
      {"ambassador", kSubscribe, {"booking", kGateway, "notification"}},
      {"ambassador", kReadEvents, {kGateway, "notification"}},
      {"ambassador", kGetPersonalData, {kGateway}},
      {"booking", kSubscribe, {"ambassador", "catalogue", "notification"}},
      {"booking", kReadEvents, {kGateway, "notification"}},
      {"booking", kGetPersonalData, {kGateway}},
      {"catalogue", kSubscribe, {"booking", kGateway, "notification"}},
      {"catalogue", kReadEvents, {kGateway, "notification"}},
      {"catalogue", kGetPersonalData, {kGateway}},
      {"notification", kSubscribe, {"ambassador", "booking"}},
      {"notification", kGetPersonalData, {kGateway}},
      {"notification", "notification.v1.LinkService/SendLink", {"booking"}},
  };
}

bool IsOf(absl::string_view service, const MethodPolicy& method) {
  return absl::StartsWith(method.path, absl::StrCat("/", kPackages, service, "/"));
}

std::vector<PeerPolicy> MakeTable() {
  std::vector<PeerPolicy> table;
  for (const Line& line : InnerLines()) {
    table.push_back({line.server, absl::StrCat("/", kPackages, line.method), line.callers});
  }
  for (const absl::string_view service : kPublicServices) {
    const std::string owner(service.substr(0, service.find('.')));
    for (const MethodPolicy& method : MethodTable()) {
      if (!IsOf(service, method)) continue;
      if (owner != kGateway) table.push_back({owner, method.path, {kGateway}});
      table.push_back({kGateway, method.path, {kEdge}});
    }
  }
  return table;
}

prometheus::Counter& Refusals() {
  static auto& refusals = telemetry::CounterOf(
      "dm_peer_refusals_total", "Calls of processes that may not call the method here");
  return refusals;
}

absl::Status NotAllowed(absl::string_view message) {
  Refusals().Increment();
  return MakeError(absl::StatusCode::kPermissionDenied, message,
                   {.reason = "PEER_NOT_ALLOWED",
                    .message_fr = "Ce service ne peut pas demander cela.",
                    .message_en = "This service may not ask for that."});
}

std::vector<std::string> DnsNamesOf(const grpc::CallbackServerContext& context) {
  const auto peer = context.auth_context();
  std::vector<std::string> names;
  if (peer == nullptr || !peer->IsPeerAuthenticated()) return names;
  for (const grpc::string_ref& name : peer->FindPropertyValues(GRPC_PEER_DNS_PROPERTY_NAME)) {
    names.emplace_back(name.data(), name.size());
  }
  return names;
}

}  // namespace

const std::vector<PeerPolicy>& PeerTable() {
  static const auto* const kTable = new std::vector<PeerPolicy>(MakeTable());
  return *kTable;
}

absl::Status CheckPeerTable() {
  std::set<std::string> unserved;
  for (const MethodPolicy& method : MethodTable()) unserved.insert(method.path);
  std::vector<std::string> unknown;
  for (const PeerPolicy& line : PeerTable()) {
    unserved.erase(line.path);
    if (FindMethod(line.path) == nullptr) unknown.push_back(line.path);
  }
  for (const char* const service : kPublicServices) {
    const auto& methods = MethodTable();
    const bool known = std::any_of(methods.begin(), methods.end(),
                                   [service](const auto& method) { return IsOf(service, method); });
    if (!known) unknown.emplace_back(service);
  }
  if (unserved.empty() && unknown.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("the table of peers lacks [", absl::StrJoin(unserved, ", "),
                   "] and has, without a method, [", absl::StrJoin(unknown, ", "), "]"));
}

std::vector<std::string> ProcessesAmong(const std::vector<std::string>& names) {
  std::vector<std::string> processes;
  for (const char* const process : kProcesses) {
    if (std::find(names.begin(), names.end(), process) != names.end()) {
      processes.emplace_back(process);
    }
  }
  return processes;
}

PeerAllowance::PeerAllowance(absl::string_view server) {
  Refusals();
  for (const PeerPolicy& line : PeerTable()) {
    if (line.server == server) callers_by_path_[line.path] = line.callers;
  }
}

absl::Status PeerAllowance::Check(const grpc::CallbackServerContext& context,
                                  absl::string_view path) const {
  return Check(DnsNamesOf(context), path);
}

absl::Status PeerAllowance::Check(const std::vector<std::string>& names,
                                  absl::string_view path) const {
  const std::vector<std::string> processes = ProcessesAmong(names);
  if (processes.empty()) return NotAllowed("the certificate is of no process of the suite");
  if (processes.size() > 1) return NotAllowed("the certificate is of several processes at once");
  const auto callers = callers_by_path_.find(path);
  if (callers == callers_by_path_.end() || callers->second.count(processes.front()) == 0) {
    return NotAllowed(absl::StrCat(processes.front(), " may not call this here"));
  }
  return absl::OkStatus();
}

}  // namespace dm::rpc
