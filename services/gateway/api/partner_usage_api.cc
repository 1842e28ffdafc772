#include "services/gateway/api/partner_usage_api.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

namespace dm::gateway {
namespace {

namespace pb = destinationmetier::gateway::v1;

constexpr char kList[] = "ListPartnerUsage";
constexpr rpc::Policy kPolicy{
    .roles = {auth::Role::kPartner, auth::Role::kAgency, auth::Role::kOperator}};

constexpr absl::string_view kCollection = "partners/";
constexpr absl::string_view kMe = "me";
constexpr absl::string_view kAll = "-";
constexpr size_t kLongestPartner = 128;
constexpr int kDaysBefore = 29;
constexpr int kMostDaysBetween = 400;
// Nothing was counted before, and PostgreSQL has no year 0.
constexpr absl::CivilDay kBeginning(2000, 1, 1);

const google::protobuf::ServiceDescriptor* Descriptor() {
  return pb::PartnerUsage::descriptor()->file()->FindServiceByName("PartnerUsageService");
}

struct Days {
  absl::CivilDay first;
  absl::CivilDay last;
};

// What is no day counts as none.
Days DaysOf(const pb::ListPartnerUsageRequest& request, absl::CivilDay today) {
  Days days;
  days.last = ParseCivilDay(request.to()).value_or(today);
  days.first = ParseCivilDay(request.from()).value_or(days.last - kDaysBefore);
  return days;
}

void CheckDay(absl::string_view field, const std::string& text, Violations& violations) {
  if (text.empty()) return;
  const auto day = ParseCivilDay(text);
  if (!day.ok() || *day < kBeginning) violations.Add(field, "must be a day like 2026-11-30");
}

// The part after "partners/", as subjects of tokens are written. Absent for all else.
std::optional<absl::string_view> PartnerIn(absl::string_view parent) {
  if (!absl::ConsumePrefix(&parent, kCollection)) return std::nullopt;
  const bool written = std::all_of(parent.begin(), parent.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == ':' ||
           c == '-';
  });
  if (parent.empty() || parent.size() > kLongestPartner || !written) return std::nullopt;
  return parent;
}

UsageSight SightOf(const auth::Caller& caller) {
  UsageSight sight{.everything = caller.Is(auth::Role::kOperator)};
  if (caller.Is(auth::Role::kAgency)) sight.departments = caller.territory;
  if (caller.Is(auth::Role::kPartner)) sight.self = caller.subject;
  return sight;
}

pb::PartnerUsage NumbersOf(const UsageCount& count) {
  const auto of = [&](CallOutcome outcome) { return count.calls[static_cast<size_t>(outcome)]; };
  pb::PartnerUsage usage;
  usage.set_calls(std::accumulate(count.calls.begin(), count.calls.end(), int64_t{0}));
  usage.set_ok(of(CallOutcome::kOk));
  usage.set_limited(of(CallOutcome::kLimited));
  usage.set_client_errors(of(CallOutcome::kClientError));
  usage.set_server_errors(of(CallOutcome::kServerError));
  usage.set_events(count.events);
  return usage;
}

pb::PartnerUsage ToMessage(const UsageCount& count) {
  pb::PartnerUsage usage = NumbersOf(count);
  usage.set_partner(absl::StrCat(kCollection, count.partner));
  usage.set_day(absl::FormatCivilTime(count.day));
  usage.set_method(count.method);
  return usage;
}

}  // namespace

PartnerUsageApi::PartnerUsageApi(const PartnerUsageStore* store, rpc::Pipeline* pipeline,
                                 const rpc::PageTokens* page_tokens, const Clock* clock)
    : store_(store),
      pipeline_(pipeline),
      page_tokens_(page_tokens),
      clock_(clock),
      local_(pipeline) {
  local_.AddBlocking<pb::ListPartnerUsageRequest, pb::ListPartnerUsageResponse>(
      absl::StrCat("/", Descriptor()->full_name(), "/", kList), kPolicy,
      [this](const auto& request, Violations& violations) { Validate(request, violations); },
      [this](const rpc::Call& call, const auto& request) {
        return ListPartnerUsage(call, request);
      });
}

std::unique_ptr<rpc::ServiceBinding> PartnerUsageApi::Bind() {
  auto binding = std::make_unique<rpc::ServiceBinding>(Descriptor(), pipeline_);
  binding->Blocking<pb::ListPartnerUsageRequest, pb::ListPartnerUsageResponse>(
      kList, kPolicy,
      [this](const auto& request, Violations& violations) { Validate(request, violations); },
      [this](const rpc::Call& call, const auto& request) {
        return ListPartnerUsage(call, request);
      });
  return binding;
}

absl::CivilDay PartnerUsageApi::Today() const {
  return absl::ToCivilDay(clock_->Now(), ParisTimeZone());
}

void PartnerUsageApi::Validate(const pb::ListPartnerUsageRequest& request,
                               Violations& violations) const {
  if (!PartnerIn(request.parent()).has_value()) {
    violations.Add("parent", "must be like partners/me, partners/- or partners/chambre-61");
  }
  CheckDay("from", request.from(), violations);
  CheckDay("to", request.to(), violations);
  const Days days = DaysOf(request, Today());
  if (days.last < days.first) {
    violations.Add("to", "must not be before `from`");
  } else if (days.last - days.first > kMostDaysBetween) {
    violations.Add("to", absl::StrCat("must be at most ", kMostDaysBetween, " days after `from`"));
  }
  if (request.page_size() < 0) violations.Add("page_size", "must not be negative");
}

absl::StatusOr<pb::ListPartnerUsageResponse> PartnerUsageApi::ListPartnerUsage(
    const rpc::Call& call, const pb::ListPartnerUsageRequest& request) const {
  if (store_ == nullptr) return BackendUnavailableError("the database");
  const std::string fingerprint = rpc::QueryFingerprint(request);
  auto after = page_tokens_->Read(request.page_token(), fingerprint);
  if (!after.ok()) return after.status();
  const Days days = DaysOf(request, Today());
  UsageQuery query{.sight = SightOf(call.caller),
                   .first = days.first,
                   .last = days.last,
                   .after = *std::move(after),
                   .limit = rpc::EffectivePageSize(request.page_size())};
  const absl::string_view partner = *PartnerIn(request.parent());
  if (partner != kAll) query.partner = partner == kMe ? call.caller.subject : std::string(partner);
  const auto page = store_->List(query, call.deadline);
  if (absl::IsNotFound(page.status())) return NotFoundError(request.parent());
  if (!page.ok()) return page.status();
  pb::ListPartnerUsageResponse response;
  for (const UsageCount& count : page->counts) *response.add_usage() = ToMessage(count);
  if (page->more) {
    const UsageCount& last = page->counts.back();
    response.set_next_page_token(page_tokens_->Make(
        fingerprint, {absl::FormatCivilTime(last.day), last.partner, last.method}));
  }
  *response.mutable_total() = NumbersOf(page->total);
  return response;
}

}  // namespace dm::gateway
