// Calls a service as many would, and says how fast it answered.
//
//   dm-bench-load tokens --folder KEYS --people N --file FILE     an access token a line
//   dm-bench-load record [OPTION…] --answer FILE                  one call, and keeps the answer
//   dm-bench-load pages  [OPTION…] --every N --file FILE          requests, of which each Nth turns
//                                                                 to the second page
//   dm-bench-load run    [OPTION…]                                a load; prints a report as JSON
//
// What is called: CreateBooking with --sessions and --tokens, or --method with --requests, or with
// --health how the process is; or with --mix the first two in turns: a line of that file has a
// share in thousandths and what to call, either "bookings" (as above) or a method and the file of
// its requests.
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "common/auth/token_signer.h"
#include "common/config/options.h"
#include "tests/bench/load/load.h"

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <thread>

namespace {

using dm::bench::BookingPlan;
using dm::bench::CallPlan;
using dm::bench::Histogram;
using dm::bench::LoadOptions;
using dm::bench::LoadReport;
using dm::config::Option;
using dm::config::Type;
using dm::config::Values;
using Json = nlohmann::json;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<std::string> ReadLines(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

// Applicants person-0, person-1 and so on.
int MakeTokens(const Values& values) {
  const std::string pem = ReadFile(values.Text("folder") + "/key.pem");
  if (pem.empty()) {
    std::cerr << "dm-bench-load: no key in " << values.Text("folder") << "\n";
    return 1;
  }
  const absl::Time now = absl::Now();
  std::vector<std::string> tokens(static_cast<size_t>(values.Integer("people")));
  std::vector<std::thread> makers;
  const size_t cores = std::max(1u, std::thread::hardware_concurrency());
  for (size_t part = 0; part < cores; ++part) {
    makers.emplace_back([&, part] {
      const auto signer = dm::auth::TokenSigner::FromPem(pem);
      for (size_t i = part; i < tokens.size(); i += cores) {
        dm::auth::TokenClaims claims;
        claims.subject = absl::StrCat("person-", i);
        claims.roles = {"applicant"};
        claims.not_before = now;
        claims.expires_at = now + absl::Hours(24);
        tokens[i] = signer.Sign(claims);
      }
    });
  }
  for (std::thread& maker : makers) maker.join();
  std::ofstream out(values.Text("file"));
  for (const std::string& token : tokens) out << token << "\n";
  return out.flush().good() ? 0 : 1;
}

Json ToJson(const Histogram& histogram, absl::Duration measured) {
  const auto milliseconds = [](absl::Duration time) { return absl::ToDoubleMilliseconds(time); };
  const double seconds = std::max(absl::ToDoubleSeconds(measured), 1e-9);
  return {{"count", histogram.count()},
          {"rate", static_cast<double>(histogram.count()) / seconds},
          {"p50_ms", milliseconds(histogram.Quantile(0.5))},
          {"p99_ms", milliseconds(histogram.Quantile(0.99))},
          {"p999_ms", milliseconds(histogram.Quantile(0.999))},
          {"max_ms", milliseconds(histogram.max())}};
}

Json ToJson(const LoadReport& report) {
  Json refused = ToJson(report.refused, report.measured);
  refused["reasons"] = report.reasons;
  Json parts = Json::array();
  for (const auto& [part, answered] : report.parts) {
    parts.push_back(ToJson(answered, report.measured));
  }
  return {{"parts", parts},
          {"seconds", absl::ToDoubleSeconds(report.measured)},
          {"exhausted", report.exhausted},
          {"answered", ToJson(report.answered, report.measured)},
          {"refused", refused}};
}

std::vector<Option> LoadOptionsOf(const std::string& command) {
  std::vector<Option> options = {
      {.name = "target", .type = Type::kAddress, .help = "Address of the service."},
      {.name = "authority-file",
       .help = "Authorities of the target's certificate. Empty: plain text.",
       .default_value = ""},
      {.name = "sessions", .help = "File with a session's name a line.", .default_value = ""},
      {.name = "tokens", .help = "File with a person's token a line.", .default_value = ""},
      {.name = "method",
       .help = "Path of the method: /package.Service/Method.",
       .default_value = ""},
      {.name = "requests", .help = "File with a request in JSON a line.", .default_value = ""},
      {.name = "mix", .help = "File with a part of the calls a line.", .default_value = ""},
      {.name = "health",
       .type = Type::kSwitch,
       .help = "Asks grpc.health.v1 for the whole process.",
       .default_value = "false"},
      {.name = "people",
       .type = Type::kInteger,
       .help = "So many of the tokens are used; 0 for all.",
       .default_value = "0"},
      {.name = "again",
       .type = Type::kSwitch,
       .help = "People come again when all have called.",
       .default_value = "false"},
  };
  if (command == "record") {
    options.push_back({.name = "answer", .help = "File for the answer."});
    return options;
  }
  if (command == "pages") {
    options.push_back({.name = "every", .type = Type::kInteger, .help = "N.", .min = 1});
    options.push_back({.name = "file", .help = "File for the requests."});
    return options;
  }
  const auto integer = [&](const char* name, const char* help, const char* value) {
    options.push_back({.name = name, .type = Type::kInteger, .help = help, .default_value = value});
  };
  integer("connections", "Connections to the service.", "8");
  integer("clients", "Callers that wait for their answers (closed loop).", "64");
  integer("rate", "Calls a second (open loop); 0 for a closed loop.", "0");
  integer("seed", "Of the arrivals of the open loop.", "1");
  options.push_back({.name = "warm-up",
                     .type = Type::kDuration,
                     .help = "Time that is not counted.",
                     .default_value = "1s"});
  options.push_back({.name = "duration",
                     .type = Type::kDuration,
                     .help = "Time that is measured.",
                     .default_value = "5s"});
  return options;
}

// Null when the requests cannot be read.
std::unique_ptr<CallPlan> RequestPlanOf(const std::string& method, const std::string& file) {
  auto requests = dm::bench::ReadRequests(method, file);
  if (!requests.has_value()) {
    std::cerr << "dm-bench-load: no requests of " << method << " in " << file << "\n";
    return nullptr;
  }
  return std::make_unique<dm::bench::RequestPlan>(method, *std::move(requests));
}

std::unique_ptr<CallPlan> BookingPlanOf(const Values& values) {
  std::vector<std::string> tokens = ReadLines(values.Text("tokens"));
  const auto people = static_cast<size_t>(values.Integer("people"));
  if (people > 0 && people < tokens.size()) tokens.resize(people);
  return std::make_unique<BookingPlan>(ReadLines(values.Text("sessions")), std::move(tokens),
                                       values.Switch("again"));
}

// Null when it cannot be read, or is not a whole.
std::unique_ptr<CallPlan> MixOf(const Values& values) {
  std::vector<dm::bench::MixedPlan::Part> parts;
  uint64_t whole = 0;
  for (const std::string& line : ReadLines(values.Text("mix"))) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    dm::bench::MixedPlan::Part part;
    if (words.size() < 2 || !absl::SimpleAtoi(words[0], &part.share)) return nullptr;
    part.plan = words.size() == 2 ? BookingPlanOf(values) : RequestPlanOf(words[1], words[2]);
    if (part.plan == nullptr) return nullptr;
    whole += part.share;
    parts.push_back(std::move(part));
  }
  if (whole != 1000) {
    std::cerr << "dm-bench-load: the parts of a mix must be 1000 together\n";
    return nullptr;
  }
  return std::make_unique<dm::bench::MixedPlan>(std::move(parts));
}

std::unique_ptr<CallPlan> PlanOf(const Values& values) {
  if (!values.Text("mix").empty()) return MixOf(values);
  if (values.Switch("health")) {
    // A request that names no service is empty.
    return std::make_unique<dm::bench::RequestPlan>("/grpc.health.v1.Health/Check",
                                                    std::vector<std::string>{""});
  }
  const std::string method = values.Text("method");
  return method.empty() ? BookingPlanOf(values) : RequestPlanOf(method, values.Text("requests"));
}

LoadOptions TargetOf(const Values& values) {
  LoadOptions options;
  options.target = values.Text("target");
  const std::string file = values.Text("authority-file");
  if (!file.empty()) options.authorities = ReadFile(file);
  return options;
}

int Record(const Values& values) {
  const std::unique_ptr<CallPlan> plan = PlanOf(values);
  if (plan == nullptr) return 1;
  LoadOptions options = TargetOf(values);
  options.connections = 1;
  return dm::bench::WriteAnswer(values.Text("answer"), dm::bench::CallOnce(options, *plan)) ? 0 : 1;
}

int TurnPages(const Values& values) {
  const std::string method = values.Text("method");
  const auto requests = dm::bench::ReadRequests(method, values.Text("requests"));
  if (!requests.has_value()) return 1;
  std::vector<std::string> lines = ReadLines(values.Text("requests"));
  LoadOptions options;
  options.target = values.Text("target");
  options.connections = 1;
  for (size_t i = 0; i < lines.size(); i += static_cast<size_t>(values.Integer("every"))) {
    dm::bench::RequestPlan plan(method, {(*requests)[i]});
    const auto answer = dm::bench::CallOnce(options, plan);
    if (!answer.status.ok()) {
      std::cerr << "dm-bench-load: " << lines[i] << ": " << answer.status.error_message() << "\n";
      return 1;
    }
    const std::string next = dm::bench::NextPageRequest(method, (*requests)[i], answer.message);
    if (!next.empty()) lines[i] = next;
  }
  std::ofstream out(values.Text("file"));
  for (const std::string& line : lines) out << line << "\n";
  return out.flush().good() ? 0 : 1;
}

int RunLoadFrom(const Values& values) {
  const std::unique_ptr<CallPlan> plan = PlanOf(values);
  if (plan == nullptr) return 1;
  LoadOptions options = TargetOf(values);
  options.connections = static_cast<int>(values.Integer("connections"));
  options.clients = static_cast<int>(values.Integer("clients"));
  options.rate = static_cast<double>(values.Integer("rate"));
  options.seed = static_cast<uint64_t>(values.Integer("seed"));
  options.warm_up = values.Duration("warm-up");
  options.duration = values.Duration("duration");
  std::cout << ToJson(dm::bench::RunLoad(options, *plan)).dump() << "\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  // As the services do.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  const std::string command = argc > 1 ? argv[1] : "";
  std::vector<Option> options;
  if (command == "tokens") {
    options = {{.name = "folder", .help = "Folder of the issuer's keys."},
               {.name = "people", .type = Type::kInteger, .help = "How many."},
               {.name = "file", .help = "File for the tokens."}};
  } else if (command == "record" || command == "pages" || command == "run") {
    options = LoadOptionsOf(command);
  } else {
    std::cerr << "Usage: dm-bench-load tokens|record|pages|run …\n";
    return 2;
  }
  const auto values =
      dm::config::Read(options, std::vector<std::string>(argv + 2, argv + argc), {});
  if (!values.ok()) {
    std::cerr << values.status().message() << "\n";
    return 2;
  }
  const int code = command == "tokens"   ? MakeTokens(*values)
                   : command == "record" ? Record(*values)
                   : command == "pages"  ? TurnPages(*values)
                                         : RunLoadFrom(*values);
  std::cout.flush();
  // gRPC's threads may still be on their way out of a call's end, and want what exit() takes down.
  _exit(code);
}
