#include "services/ambassador/api/ambassador_api.h"

#include "common/database/database.h"
#include "services/ambassador/api/messages.h"
#include "services/ambassador/domain/search.h"

#include <string>
#include <utility>

namespace dm::ambassador {
namespace {

namespace pb = destinationmetier::ambassador::v1;

constexpr absl::string_view kNameForm = "must be ambassadors/{ambassador}, a UUID";

SessionsRange RangeOf(const pb::ListSessionsRequest& request) {
  return {request.from(), request.to()};
}

}  // namespace

void AmbassadorApi::CheckSearchAmbassadors(const pb::SearchAmbassadorsRequest& request,
                                           Violations& violations) {
  CheckSearch(ToSearch(request), violations);
}

absl::StatusOr<pb::SearchAmbassadorsResponse> AmbassadorApi::SearchAmbassadors(
    const rpc::Call& call, const pb::SearchAmbassadorsRequest& request) const {
  const std::string fingerprint = rpc::QueryFingerprint(request);
  const auto parts = page_tokens_->Read(request.page_token(), fingerprint);
  if (!parts.ok()) return parts.status();
  const auto after = SearchPositionFrom(*parts);
  if (!after.ok()) return after.status();
  const absl::StatusOr<SearchPage> page =
      profiles_->Find(call.deadline, clock_->Now(), ToSearch(request), *after,
                      rpc::EffectivePageSize(request.page_size()));
  if (!page.ok()) return page.status();
  pb::SearchAmbassadorsResponse response;
  for (const Found& found : page->found) {
    pb::Ambassador* ambassador = response.add_ambassadors();
    *ambassador = ToMessage(found.profile);
    if (found.distance_km.has_value()) ambassador->set_distance_km(*found.distance_km);
  }
  if (page->has_more) {
    response.set_next_page_token(
        page_tokens_->Make(fingerprint, ToTokenParts(page->found.back().position)));
  }
  response.set_total_size(page->total_size);
  return response;
}

void AmbassadorApi::CheckGetAmbassador(const pb::GetAmbassadorRequest& request,
                                       Violations& violations) {
  if (!AmbassadorIdFrom(request.name()).has_value()) violations.Add("name", kNameForm);
}

absl::StatusOr<pb::Ambassador> AmbassadorApi::GetAmbassador(
    const rpc::Call& call, const pb::GetAmbassadorRequest& request) const {
  const std::string id = AmbassadorIdFrom(request.name()).value_or("");
  const absl::StatusOr<Profile> profile = profiles_->Get(call.deadline, clock_->Now(), id);
  if (!profile.ok()) return profile.status();
  return ToMessage(*profile);
}

void AmbassadorApi::CheckListSessions(const pb::ListSessionsRequest& request,
                                      Violations& violations) {
  if (!AmbassadorIdFrom(request.parent()).has_value()) violations.Add("parent", kNameForm);
  CheckSessionsRange(RangeOf(request), violations);
  if (request.page_size() < 0) violations.Add("page_size", "must not be negative");
}

absl::StatusOr<pb::ListSessionsResponse> AmbassadorApi::ListSessions(
    const rpc::Call& call, const pb::ListSessionsRequest& request) const {
  const std::string fingerprint = rpc::QueryFingerprint(request);
  const auto parts = page_tokens_->Read(request.page_token(), fingerprint);
  if (!parts.ok()) return parts.status();
  const auto after = SessionPositionFrom(*parts);
  if (!after.ok()) return after.status();
  const absl::StatusOr<store::SessionPage> page =
      profiles_->ListSessions(call.deadline, AmbassadorIdFrom(request.parent()).value_or(""),
                              Resolve(RangeOf(request), clock_->Now()), *after,
                              rpc::EffectivePageSize(request.page_size()));
  if (!page.ok()) return page.status();
  pb::ListSessionsResponse response;
  for (const Session& session : page->sessions) *response.add_sessions() = ToMessage(session);
  if (page->has_more) {
    const Session& last = page->sessions.back();
    response.set_next_page_token(page_tokens_->Make(
        fingerprint, ToTokenParts(SessionPosition{database::ToMicros(last.start_time), last.id})));
  }
  return response;
}

std::unique_ptr<rpc::ServiceBinding> AmbassadorApi::Bind(rpc::Pipeline* pipeline) const {
  const rpc::Policy everybody{.roles = {auth::Role::kAnonymous}};
  auto binding = std::make_unique<rpc::ServiceBinding>(
      pb::Ambassador::descriptor()->file()->FindServiceByName("AmbassadorService"), pipeline);
  binding->Blocking<pb::SearchAmbassadorsRequest, pb::SearchAmbassadorsResponse>(
      "SearchAmbassadors", everybody, CheckSearchAmbassadors,
      [this](const rpc::Call& call, const auto& request) {
        return SearchAmbassadors(call, request);
      });
  binding->Blocking<pb::GetAmbassadorRequest, pb::Ambassador>(
      "GetAmbassador", everybody, CheckGetAmbassador,
      [this](const rpc::Call& call, const auto& request) { return GetAmbassador(call, request); });
  binding->Blocking<pb::ListSessionsRequest, pb::ListSessionsResponse>(
      "ListSessions", everybody, CheckListSessions,
      [this](const rpc::Call& call, const auto& request) { return ListSessions(call, request); });
  return binding;
}

}  // namespace dm::ambassador
