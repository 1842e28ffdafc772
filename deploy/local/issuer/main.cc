// An identity provider for one machine: makes a key pair and signs tokens with it. Whoever holds
// the key is whoever they like, so it is for development alone and no service links it.
//
//   dm-dev-issuer keys  --folder DIR                       makes key.pem and jwks.json, once
//   dm-dev-issuer token --folder DIR --role ROLE --subject S [--companies 1,2] [--ambassador ID]
//                       [--territory 61,14] [--scope a,b] [--lifetime 8h]
//   dm-dev-issuer serve --folder DIR --listen ADDRESS --portal URL [--lifetime 10m]
//                                                          lets people sign in at the portal
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/auth/token_signer.h"
#include "common/config/options.h"
#include "common/time/clock.h"
#include "deploy/local/issuer/oidc_server.h"
#include "services/gateway/http/http_server.h"

#include <signal.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <utility>

namespace {

using dm::auth::TokenClaims;
using dm::auth::TokenSigner;
using dm::config::Option;
using dm::config::Type;

std::vector<std::string> List(const std::string& text) {
  return absl::StrSplit(text, ',', absl::SkipEmpty());
}

int MakeKeys(const std::string& folder) {
  const std::string key = absl::StrCat(folder, "/key.pem");
  if (std::filesystem::exists(key)) return 0;
  std::filesystem::create_directories(folder);
  const TokenSigner signer = TokenSigner::Generate();
  umask(077);
  std::ofstream(key) << signer.PrivateKeyPem();
  std::ofstream(absl::StrCat(folder, "/jwks.json")) << signer.Jwks() << "\n";
  return std::filesystem::exists(key) ? 0 : 1;
}

// Absent when there is no key.
std::optional<TokenSigner> ReadKey(const std::string& folder) {
  std::ifstream file(absl::StrCat(folder, "/key.pem"));
  if (!file) {
    std::cerr << "dm-dev-issuer: no key in " << folder << "; make one with 'keys'\n";
    return std::nullopt;
  }
  return TokenSigner::FromPem(
      {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()});
}

int PrintToken(const TokenSigner& signer, const dm::config::Values& values) {
  TokenClaims claims;
  claims.subject = values.Text("subject");
  claims.roles = List(values.Text("role"));
  claims.companies = List(values.Text("companies"));
  claims.ambassador = values.Text("ambassador");
  claims.territory = List(values.Text("territory"));
  claims.scopes = List(values.Text("scope"));
  claims.not_before = absl::Now();
  claims.expires_at = absl::Now() + values.Duration("lifetime");
  std::cout << signer.Sign(claims) << "\n";
  return 0;
}

// Until it is asked to end.
int Serve(TokenSigner signer, const dm::config::Values& values) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  // Before any thread starts, so that none takes them.
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  dm::issuer::OidcServer issuer({.address = absl::StrCat("http://", values.Text("listen")),
                                 .portal = values.Text("portal"),
                                 .access_lifetime = values.Duration("lifetime")},
                                std::move(signer), &dm::Clock::System());
  const auto server = dm::gateway::HttpServer::Start(
      {.listen = values.Text("listen")},
      [&issuer](dm::gateway::HttpRequest request, dm::gateway::HttpServer::Respond respond) {
        std::move(respond)(issuer.Answer(request));
      });
  if (!server.ok()) {
    std::cerr << "dm-dev-issuer: " << server.status().message() << "\n";
    return 1;
  }
  int signal = 0;
  sigwait(&ends, &signal);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string command = argc > 1 ? argv[1] : "";
  std::vector<Option> options = {{.name = "folder", .help = "Folder of the keys."}};
  if (command == "token") {
    options.push_back({.name = "role", .help = "Roles, with commas."});
    options.push_back({.name = "subject", .help = "The token's sub."});
    for (const char* name : {"companies", "ambassador", "territory", "scope"}) {
      options.push_back({.name = name, .help = "Claim of that name.", .default_value = ""});
    }
    options.push_back({.name = "lifetime",
                       .type = Type::kDuration,
                       .help = "How long it is valid.",
                       .default_value = "8h"});
  } else if (command == "serve") {
    options.push_back({.name = "listen", .type = Type::kAddress, .help = "Where it is reached."});
    options.push_back({.name = "portal", .help = "Public address of the portal."});
    options.push_back({.name = "lifetime",
                       .type = Type::kDuration,
                       .help = "How long an access token is valid.",
                       .default_value = "10m"});
  } else if (command != "keys") {
    std::cerr << "Usage: dm-dev-issuer keys|token|serve --folder DIR …\n";
    return 2;
  }
  const auto values =
      dm::config::Read(options, std::vector<std::string>(argv + 2, argv + argc), {});
  if (!values.ok()) {
    std::cerr << values.status().message() << "\n";
    return 2;
  }
  const std::string folder = values->Text("folder");
  if (command == "keys") return MakeKeys(folder);
  const auto signer = ReadKey(folder);
  if (!signer.has_value()) return 1;
  return command == "token" ? PrintToken(*signer, *values) : Serve(*signer, *values);
}
