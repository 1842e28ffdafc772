#pragma once

#include "absl/time/time.h"
#include "common/auth/token_signer.h"
#include "tests/support/child_process.h"
#include "tests/support/http.h"
#include "tests/support/postgres.h"

#include <grpcpp/grpcpp.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace dm::testing {

// The whole suite as it runs for people: five processes, a database and a mail server, on free
// ports of the loopback, all of it gone with the test. What does not start ends the test process
// with the end of the log. For one thread, but where it says otherwise.
class Suite {
 public:
  struct Options {
    // Beside those that every suite has: of all services, and of one.
    std::vector<std::string> flags = {};
    std::vector<std::string> booking_flags;
    std::vector<std::string> notification_flags;
    // With the portal's pages and an issuer to sign in at.
    bool portal = false;
    // A test is one caller that asks for many: without limits, unless they are what is tested.
    std::vector<std::string> gateway_flags = {"--rate-limits=off"};
    // Where an issuer of the test publishes its keys, and how often they are fetched. Empty: the
    // suite's own issuer, whose keys are in a file.
    std::string jwks_url;
    std::string jwks_refresh = "5m";
    // Every service shows and asks for certificates (deploy/local/certificates).
    bool mutual_tls = false;
    // Of each service. The second of booking is called "booking#2", where a service is asked for.
    int replicas = 1;
  };
  Suite() : Suite(Options()) {}
  explicit Suite(Options options);
  ~Suite();
  // Booking without legal rules and without a cap on what one person asks for: for tests of what is
  // not their business.
  static Options LenientBooking();

  // Starts a service again after it ended, and waits until it is ready.
  void Restart(const std::string& service);
  // The same without waiting.
  void Start(const std::string& instance);
  // The command line that it is started with.
  std::vector<std::string> ArgumentsOf(const std::string& instance) const;
  // Its process.
  ChildProcess& process(const std::string& service) { return *services_.at(service).process; }
  void WaitUntilReady(const std::string& service);

  // Imports the demonstration (deploy/local/seed) through the gateway and waits until booking knows
  // every session.
  void LoadDemonstration();
  // Imports contacts, <subject>@demo.example each, and profiles of adults for these people.
  void RegisterPupils(const std::vector<std::string>& subjects);

  std::string Token(const auth::TokenClaims& claims) const;
  std::string PupilToken(const std::string& subject) const;
  std::string HostToken(const std::string& siret) const;
  std::string OperatorToken() const;

  // "http://127.0.0.1:port".
  const std::string& http() const { return http_; }
  // "127.0.0.1:port" of the gateway's gRPC face, or of a service behind it.
  const std::string& grpc_address(const std::string& service = "gateway") const {
    return services_.at(service).grpc;
  }
  // The same as a channel's target, of all replicas.
  std::string AddressOf(const std::string& service) const;
  // The plain-text health port.
  const std::string& health_address(const std::string& service) const {
    return services_.at(service).health;
  }
  std::string AdminUrl(const std::string& service) const;
  // A connection of its own to the gateway, as what stands before it.
  std::shared_ptr<grpc::Channel> NewChannel() const { return NewChannelAs("edge", "gateway"); }
  // The same from one process of the suite to another. In plain text all are alike.
  std::shared_ptr<grpc::Channel> NewChannelAs(const std::string& process,
                                              const std::string& service) const;
  // deploy/local/certificates with its option, if any; services take within 3 s what it makes.
  void MakeCertificates(const std::string& option = "");

  // A GET of the gateway's HTTP face. Thread-safe.
  HttpAnswer Get(const std::string& path, const std::string& token = "") const;
  HttpAnswer Post(const std::string& path, const nlohmann::json& body,
                  const std::string& token = "") const;

  const TestDatabase& database() const { return database_; }
  // One number from the database, read as superuser: tables are schema.table.
  int64_t Count(const std::string& sql) const;
  // All rows of all schemas, as pg_dump writes them. Bytes stand as hexadecimal digits.
  std::string Dump() const;
  // The mails delivered so far, as text, oldest first.
  std::vector<std::string> Mails() const;
  // The log of a service so far.
  std::string LogOf(const std::string& service) const;
  // The program of that name in the build folder.
  static std::string Program(const std::string& name);

  // Looks again and again until it holds; fails the test after 60 s.
  static void WaitUntil(const std::string& what, const std::function<bool()>& holds);

 private:
  struct Service {
    std::string grpc;
    std::string admin;
    std::string health;
    // Of the gateway alone.
    std::string http;
    std::unique_ptr<ChildProcess> process;
  };

  void WriteSecrets();
  void ImportAdults(const std::vector<std::string>& subjects);
  void StartMailServer();
  void StartIssuer();
  // "booking" and "booking#2".
  std::vector<std::string> InstancesOf(const std::string& service) const;
  void Migrate(const std::string& service);

  const Options options_;
  const std::string folder_;
  const auth::TokenSigner signer_;
  TestDatabase database_;
  std::string http_;
  std::string smtp_;
  std::map<std::string, Service> services_;
  std::unique_ptr<ChildProcess> mail_server_;
  std::string issuer_;
  std::unique_ptr<ChildProcess> issuer_process_;
};

}  // namespace dm::testing
