#include "tests/support/suite.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "destinationmetier/ambassador/v1/ambassador_service.grpc.pb.h"
#include "destinationmetier/booking/v1/import_service.grpc.pb.h"
#include "destinationmetier/catalogue/v1/import_service.grpc.pb.h"
#include "destinationmetier/notification/v1/contact_service.grpc.pb.h"
#include "tests/support/file_import.h"
#include "tests/support/free_address.h"

#include <gtest/gtest.h>
#include <pqxx/pqxx>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace dm::testing {
namespace {

namespace fs = std::filesystem;

constexpr absl::Duration kPatience = absl::Seconds(60);
const char* const kServices[] = {"catalogue", "ambassador", "booking", "notification", "gateway"};

// "booking" for "booking#2", its second replica.
std::string ServiceOf(const std::string& instance) {
  return instance.substr(0, instance.find('#'));
}

std::string NewFolder() {
  char name[] = "/tmp/dm-suite-XXXXXX";
  if (mkdtemp(name) == nullptr) {
    std::perror("mkdtemp");
    std::abort();
  }
  return name;
}

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

[[noreturn]] void Fail(const std::string& what) {
  std::fprintf(stderr, "suite: %s\n", what.c_str());
  std::abort();
}

}  // namespace

std::string Suite::Program(const std::string& name) { return absl::StrCat(DM_BIN "/", name); }

Suite::Options Suite::LenientBooking() {
  return {.flags = {},
          .booking_flags = {"--rules-folder=" DM_LENIENT_RULES, "--most-open-requests=1000"},
          .notification_flags = {}};
}

Suite::Suite(Options options)
    : options_(std::move(options)),
      folder_(NewFolder()),
      signer_(auth::TokenSigner::Generate()),
      database_(TestDatabase::Create()) {
  WriteSecrets();
  if (options_.mutual_tls) MakeCertificates();
  StartMailServer();
  for (const char* service : kServices) {
    for (const std::string& instance : InstancesOf(service)) {
      services_[instance] = {FreeAddress(), FreeAddress(), FreeAddress(), FreeAddress(), nullptr};
    }
  }
  http_ = absl::StrCat("http://", services_["gateway"].http);
  if (options_.portal) StartIssuer();
  for (const char* service : kServices) Migrate(service);
  for (const auto& [instance, service] : services_) Start(instance);
  for (const auto& [instance, service] : services_) WaitUntilReady(instance);
}

std::vector<std::string> Suite::InstancesOf(const std::string& service) const {
  std::vector<std::string> instances = {service};
  for (int i = 2; i <= options_.replicas; ++i) instances.push_back(absl::StrCat(service, "#", i));
  return instances;
}

std::string Suite::AddressOf(const std::string& service) const {
  std::vector<std::string> addresses;
  for (const std::string& instance : InstancesOf(service)) {
    addresses.push_back(services_.at(instance).grpc);
  }
  if (addresses.size() == 1) return addresses[0];
  return absl::StrCat("ipv4:", absl::StrJoin(addresses, ","));
}

Suite::~Suite() {
  if (::testing::Test::HasFailure()) {
    for (const auto& [instance, service] : services_) {
      const std::string log = LogOf(instance);
      std::fprintf(stderr, "--- %s\n%s\n", instance.c_str(),
                   log.substr(log.size() < 3000 ? 0 : log.size() - 3000).c_str());
    }
  }
  for (auto& [name, service] : services_) {
    if (service.process != nullptr) service.process->Signal(SIGTERM);
  }
  for (auto& [name, service] : services_) {
    if (service.process != nullptr) (void)service.process->Wait(absl::Seconds(20));
    service.process.reset();
  }
  mail_server_.reset();
  issuer_process_.reset();
  fs::remove_all(folder_);
}

void Suite::WriteSecrets() {
  std::ofstream(folder_ + "/jwks.json") << signer_.Jwks();
  std::ofstream(folder_ + "/page-token-key") << std::string(64, 'k');
  std::ofstream(folder_ + "/session-key") << std::string(64, '5');
  std::ofstream(folder_ + "/key.pem") << signer_.PrivateKeyPem();
}

void Suite::StartMailServer() {
  smtp_ = FreeAddress();
  mail_server_ = std::make_unique<ChildProcess>(
      "/usr/bin/python3",
      std::vector<std::string>{"-m", "aiosmtpd", "-n", "-l", smtp_, "-c",
                               "aiosmtpd.handlers.Mailbox", folder_ + "/mail"},
      folder_ + "/mail.log");
}

void Suite::StartIssuer() {
  issuer_ = FreeAddress();
  issuer_process_ = std::make_unique<ChildProcess>(
      Program("dm-dev-issuer"),
      std::vector<std::string>{"serve", "--folder=" + folder_, "--listen=" + issuer_,
                               "--portal=" + http_},
      folder_ + "/issuer.log");
}

std::vector<std::string> Suite::ArgumentsOf(const std::string& instance) const {
  const std::string service = ServiceOf(instance);
  std::vector<std::string> arguments = {
      "--listen=" + services_.at(instance).grpc,
      "--admin-listen=" + services_.at(instance).admin,
      "--health-listen=" + services_.at(instance).health,
      "--page-token-key-file=" + folder_ + "/page-token-key",
      "--drain-time=5s",
      "--log-level=info",
  };
  if (options_.jwks_url.empty()) {
    arguments.push_back("--jwks-file=" + folder_ + "/jwks.json");
  } else {
    arguments.push_back("--jwks-url=" + options_.jwks_url);
    arguments.push_back("--jwks-refresh=" + options_.jwks_refresh);
  }
  const auto add_peers = [&](std::initializer_list<const char*> peers) {
    for (const char* peer : peers) {
      arguments.push_back(absl::StrCat("--", peer, "-address=", AddressOf(peer)));
    }
  };
  arguments.insert(arguments.end(), options_.flags.begin(), options_.flags.end());
  for (std::string& flag : database_.ServiceFlags(service)) arguments.push_back(std::move(flag));
  if (options_.mutual_tls) {
    const std::string files = absl::StrCat(folder_, "/tls/", service);
    arguments.insert(
        arguments.end(),
        {"--tls-certificate-file=" + files + "/tls.crt", "--tls-key-file=" + files + "/tls.key",
         "--tls-authority-file=" + files + "/ca.crt", "--tls-refresh=1s"});
  }
  if (service == "catalogue") add_peers({"booking"});
  if (service == "ambassador") add_peers({"booking", "notification"});
  if (service == "booking") {
    add_peers({"catalogue", "ambassador", "notification"});
    arguments.insert(arguments.end(), options_.booking_flags.begin(), options_.booking_flags.end());
  }
  if (service == "notification") {
    add_peers({"catalogue", "ambassador", "booking"});
    arguments.push_back("--smtp-url=smtp://" + smtp_);
    arguments.insert(arguments.end(), options_.notification_flags.begin(),
                     options_.notification_flags.end());
    if (options_.portal) arguments.push_back("--public-url=" + http_);
  }
  if (service == "gateway") {
    add_peers({"catalogue", "ambassador", "booking", "notification"});
    arguments.insert(arguments.end(), options_.gateway_flags.begin(), options_.gateway_flags.end());
    arguments.push_back("--http-listen=" + services_.at(instance).http);
    if (options_.portal) {
      arguments.insert(
          arguments.end(),
          {"--portal-folder=" DM_BIN "/../portal", "--public-url=" + http_,
           "--oidc-discovery-url=http://" + issuer_ + "/.well-known/openid-configuration",
           "--session-key-file=" + folder_ + "/session-key"});
    }
  }
  return arguments;
}

void Suite::Migrate(const std::string& service) {
  const Finished run =
      RunProgram(Program("dm-" + service),
                 {"--database=" + database_.OwnerConnectionString(service), "--migrate"});
  if (run.exit_code != 0) Fail(service + " does not migrate: " + run.output);
}

void Suite::Start(const std::string& instance) {
  services_[instance].process =
      std::make_unique<ChildProcess>(Program("dm-" + ServiceOf(instance)), ArgumentsOf(instance),
                                     absl::StrCat(folder_, "/", instance, ".log"));
}

void Suite::Restart(const std::string& service) {
  Start(service);
  WaitUntilReady(service);
}

void Suite::WaitUntilReady(const std::string& service) {
  const absl::Time deadline = absl::Now() + kPatience;
  while (Fetch({.url = AdminUrl(service) + "/readyz"}).code != 200) {
    if (!services_[service].process->Running()) Fail(service + " ended: " + LogOf(service));
    if (absl::Now() > deadline) Fail(service + " does not get ready: " + LogOf(service));
    absl::SleepFor(absl::Milliseconds(20));
  }
}

std::string Suite::AdminUrl(const std::string& service) const {
  return "http://" + services_.at(service).admin;
}

std::shared_ptr<grpc::Channel> Suite::NewChannelAs(const std::string& process,
                                                   const std::string& service) const {
  grpc::ChannelArguments arguments;
  // Otherwise channels of one process to one address share a connection.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
  if (options_.mutual_tls) {
    const fs::path files = fs::path(folder_) / "tls" / process;
    credentials = grpc::SslCredentials(
        {ReadFile(files / "ca.crt"), ReadFile(files / "tls.key"), ReadFile(files / "tls.crt")});
    arguments.SetString(GRPC_ARG_DEFAULT_AUTHORITY, service);
  }
  return grpc::CreateCustomChannel(grpc_address(service), credentials, arguments);
}

void Suite::MakeCertificates(const std::string& option) {
  std::vector<std::string> arguments = {folder_ + "/tls"};
  if (!option.empty()) arguments.insert(arguments.begin(), option);
  const Finished made = RunProgram(DM_CERTIFICATES, arguments);
  if (made.exit_code != 0) Fail("no certificates: " + made.output);
}

void Suite::LoadDemonstration() {
  const fs::path seed = DM_SEED;
  for (const char* program : {"sessions", "applicants"}) {
    const Finished dates = RunProgram("/usr/bin/python3", {(seed / program).string(), folder_});
    if (dates.exit_code != 0) Fail("no dates: " + dates.output);
  }
  auto channel = NewChannel();
  auto catalogue = destinationmetier::catalogue::v1::ImportService::NewStub(channel);
  auto ambassador = destinationmetier::ambassador::v1::ImportService::NewStub(channel);
  auto booking = destinationmetier::booking::v1::ImportService::NewStub(channel);
  auto notification = destinationmetier::notification::v1::ImportService::NewStub(channel);
  const auto file = [&](const fs::path& path) {
    return std::pair(path.filename().string(), ReadFile(path));
  };
  std::vector<std::pair<std::string, std::string>> rome;
  for (const auto& entry : fs::directory_iterator(seed / "rome")) {
    if (entry.path().extension() == ".csv") rome.push_back(file(entry.path()));
  }
  const auto load = [&](auto& stub, const std::string& kind, const auto& files) {
    destinationmetier::type::v1::ImportReport report;
    const grpc::Status status = ImportFiles(stub, OperatorToken(), kind, files, &report);
    if (!status.ok()) Fail(absl::StrCat("import of ", kind, ": ", status.error_message()));
  };
  using Files = std::vector<std::pair<std::string, std::string>>;
  load(*catalogue, "rome", rome);
  load(*catalogue, "communes", Files{file(seed / "communes.csv")});
  load(*catalogue, "companies", Files{file(seed / "companies.csv")});
  load(*catalogue, "offers", Files{file(seed / "offers.csv"), file(folder_ + "/sessions.csv")});
  load(*ambassador, "ambassadors",
       Files{file(seed / "ambassadors.csv"), file(folder_ + "/meetings.csv")});
  load(*notification, "contacts", Files{file(seed / "contacts.csv")});
  load(*booking, "calendar", Files{file(seed / "school_calendar.csv")});
  load(*booking, "applicants", Files{file(folder_ + "/applicants.csv")});
  WaitUntil("booking and notification know every session", [this] {
    const int64_t sessions = Count(
        "SELECT (SELECT count(*) FROM catalogue.sessions) + (SELECT count(*) FROM "
        "ambassador.sessions)");
    return Count("SELECT count(*) FROM booking.sessions") == sessions &&
           Count("SELECT count(*) FROM notification.sessions") == sessions;
  });
}

void Suite::RegisterPupils(const std::vector<std::string>& subjects) {
  std::string csv = "party,display_name,email\n";
  for (const std::string& subject : subjects) {
    absl::StrAppend(&csv, "people/", subject, ",Camille ", subject, ",", subject,
                    "@demo.example\n");
  }
  auto stub = destinationmetier::notification::v1::ImportService::NewStub(NewChannel());
  destinationmetier::type::v1::ImportReport report;
  const grpc::Status status =
      ImportFiles(*stub, OperatorToken(), "contacts", {{"contacts.csv", csv}}, &report);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ImportAdults(subjects);
}

void Suite::ImportAdults(const std::vector<std::string>& subjects) {
  auto stub = destinationmetier::booking::v1::ImportService::NewStub(NewChannel());
  // A list holds at most 2,000 people.
  constexpr size_t kPeople = 2000;
  for (size_t from = 0; from < subjects.size(); from += kPeople) {
    std::string csv = "person,birth_date,level,school,department\n";
    for (size_t i = from; i < std::min(from + kPeople, subjects.size()); ++i) {
      absl::StrAppend(&csv, "people/", subjects[i], ",1995-06-15,STUDENT,,61\n");
    }
    destinationmetier::type::v1::ImportReport report;
    const grpc::Status status =
        ImportFiles(*stub, OperatorToken(), "applicants", {{"applicants.csv", csv}}, &report);
    ASSERT_TRUE(status.ok()) << status.error_message();
  }
}

std::string Suite::Token(const auth::TokenClaims& given) const {
  auth::TokenClaims claims = given;
  claims.not_before = absl::Now();
  claims.expires_at = absl::Now() + absl::Hours(1);
  return signer_.Sign(claims);
}

std::string Suite::PupilToken(const std::string& subject) const {
  return Token({.subject = subject, .roles = {"applicant"}});
}

std::string Suite::HostToken(const std::string& siret) const {
  return Token({.subject = "hote-" + siret, .roles = {"host"}, .companies = {siret}});
}

std::string Suite::OperatorToken() const {
  return Token({.subject = "exploitant", .roles = {"operator"}});
}

HttpAnswer Suite::Get(const std::string& path, const std::string& token) const {
  return Fetch({.url = http_ + path, .token = token});
}

HttpAnswer Suite::Post(const std::string& path, const nlohmann::json& body,
                       const std::string& token) const {
  return Fetch({.method = "POST", .url = http_ + path, .token = token, .body = body.dump()});
}

int64_t Suite::Count(const std::string& sql) const {
  pqxx::connection connection(database_.AdminConnectionString());
  pqxx::work work(connection);
  return work.exec1(sql)[0].as<int64_t>();
}

std::string Suite::Dump() const {
  const Finished dump =
      RunProgram("pg_dump", {"--data-only", "--dbname", database_.AdminConnectionString()});
  if (dump.exit_code != 0) Fail("no dump: " + dump.output);
  return dump.output;
}

std::vector<std::string> Suite::Mails() const {
  std::vector<fs::path> paths;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_ + "/mail/new", error)) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> mails;
  for (const fs::path& path : paths) mails.push_back(ReadFile(path));
  return mails;
}

std::string Suite::LogOf(const std::string& service) const {
  return ReadFile(absl::StrCat(folder_, "/", service, ".log"));
}

void Suite::WaitUntil(const std::string& what, const std::function<bool()>& holds) {
  const absl::Time deadline = absl::Now() + kPatience;
  while (!holds()) {
    if (absl::Now() > deadline) {
      ADD_FAILURE() << "waited in vain until " << what;
      return;
    }
    absl::SleepFor(absl::Milliseconds(20));
  }
}

}  // namespace dm::testing
