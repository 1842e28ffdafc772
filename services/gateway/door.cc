#include "services/gateway/door.h"

#include "absl/strings/str_cat.h"
#include "services/gateway/limits/quota.h"
#include "services/gateway/limits/shared_allowances.h"
#include "services/gateway/store/rate_limit_store.h"

#include <utility>

namespace dm::gateway {

using config::Type;

std::vector<config::Option> DoorOptions() {
  return {{.name = "rate-limits",
           .help = "Calls that one caller may make, by class, for instance "
                   "READ=6000/1m,LINK=30/1m; classes that are not named keep their defaults. "
                   "off: no limits.",
           .default_value = ""},
          {.name = "trusted-proxies",
           .help = "Networks of the proxies whose X-Forwarded-For is believed, for instance "
                   "10.0.0.0/8,fd00::/8.",
           .default_value = ""},
          {.name = "cors-origins",
           .help = "Origins whose pages may call over HTTP, for instance https://www.example.fr; "
                   "* for all.",
           .default_value = ""},
          {.name = "hsts",
           .type = Type::kDuration,
           .help = "For how long browsers are told to come by https alone, to hosts below this one "
                   "too; a year at least where it is public, 0s where they do not.",
           .default_value = "0s"}};
}

absl::StatusOr<std::shared_ptr<const Admission>> MakeAdmission(process::ServiceContext& context,
                                                               PartnerUsage* usage) {
  const auto quotas = ParseQuotas(context.config().Text("rate-limits"));
  if (!quotas.ok()) return quotas.status();
  auto proxies = TrustedProxies::Parse(context.config().Text("trusted-proxies"));
  if (!proxies.ok()) return proxies.status();
  // A secret that all replicas have; the hashes are made with a key of their own from it.
  auto secret = config::ReadSecret(context.config().Text("page-token-key-file"));
  if (!secret.ok()) return secret.status();
  const auto allowances = std::make_shared<Allowances>(*quotas);
  context.Keep(allowances);
  std::shared_ptr<RateLimitStore> ledger;
  if (context.database() != nullptr) {
    ledger = std::make_shared<RateLimitStore>(context.database());
    context.Keep(ledger);
  }
  context.Keep(std::make_shared<SharedAllowances>(SharedAllowances::Options(), allowances.get(),
                                                  ledger.get(), &context.clock()));
  const auto admission = std::make_shared<Admission>(
      Admission::Options{.verifier = &context.verifier(),
                         .allowances = allowances.get(),
                         .proxies = *std::move(proxies),
                         .hash_key = absl::StrCat("rate limits ", *secret),
                         .clock = &context.clock(),
                         .usage = usage,
                         .peers = context.peers()});
  context.Keep(admission);
  return admission;
}

absl::StatusOr<WebPolicy> MakeWebPolicy(const config::Values& config) {
  auto origins = ParseOrigins(config.Text("cors-origins"));
  if (!origins.ok()) return origins.status();
  return WebPolicy{.origins = *std::move(origins), .https_only = config.Duration("hsts")};
}

}  // namespace dm::gateway
