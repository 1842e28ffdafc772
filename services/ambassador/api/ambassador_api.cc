#include "services/ambassador/api/ambassador_api.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/events/outbox.h"
#include "common/requests/answered_requests.h"
#include "common/text/free_text.h"
#include "common/text/uuid.h"
#include "services/ambassador/api/cancellations.h"
#include "services/ambassador/api/messages.h"
#include "services/ambassador/domain/cancellation.h"
#include "services/ambassador/domain/search.h"
#include "services/ambassador/store/cancellation_store.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dm::ambassador {
namespace {

namespace pb = destinationmetier::ambassador::v1;

constexpr int kMostNames = 100;
constexpr absl::string_view kNameForm = "must be ambassadors/{ambassador}, a UUID";

SessionsRange RangeOf(const pb::ListSessionsRequest& request) {
  return {request.from(), request.to()};
}

requests::WriteRequest ToWriteRequest(const rpc::Call& call, pb::CancelSessionRequest request) {
  absl::AsciiStrToLower(request.mutable_name());
  absl::AsciiStrToLower(request.mutable_request_id());
  return {.caller = call.caller.PersonName(),
          .request_id = request.request_id(),
          .method = call.method,
          .fingerprint = rpc::QueryFingerprint(request)};
}

absl::StatusOr<pb::Session> FirstAnswer(const std::string& bytes) {
  pb::Session session;
  if (!session.ParseFromString(bytes)) return absl::InternalError("a kept answer cannot be read");
  return session;
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

void AmbassadorApi::CheckBatchGetAmbassadors(const pb::BatchGetAmbassadorsRequest& request,
                                             Violations& violations) {
  if (request.names().empty() || request.names_size() > kMostNames) {
    violations.Add("names", absl::StrCat("must be 1 to ", kMostNames, " names"));
    return;
  }
  for (int i = 0; i < request.names_size(); ++i) {
    if (!AmbassadorIdFrom(request.names(i)).has_value()) {
      violations.Add(absl::StrCat("names[", i, "]"), kNameForm);
    }
  }
}

absl::StatusOr<pb::BatchGetAmbassadorsResponse> AmbassadorApi::BatchGetAmbassadors(
    const rpc::Call& call, const pb::BatchGetAmbassadorsRequest& request) const {
  std::vector<std::string> ids;
  for (const std::string& name : request.names()) {
    ids.push_back(AmbassadorIdFrom(name).value_or(""));
  }
  const auto profiles = profiles_->GetMany(call.deadline, clock_->Now(), ids);
  if (!profiles.ok()) return profiles.status();
  pb::BatchGetAmbassadorsResponse response;
  for (const Profile& profile : *profiles) *response.add_ambassadors() = ToMessage(profile);
  return response;
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

void AmbassadorApi::CheckCancelSession(const pb::CancelSessionRequest& request,
                                       Violations& violations) {
  if (!SessionIdsFrom(request.name()).has_value()) {
    violations.Add("name", "must be ambassadors/{uuid}/sessions/{uuid}");
  }
  if (!IsUuid(request.request_id())) {
    violations.Add("request_id", "must be a UUID made by the client");
  }
  const std::string fault = FreeTextFault(request.reason(), kLongestCancelReason);
  if (!fault.empty()) violations.Add("reason", fault);
}

absl::StatusOr<pb::Session> AmbassadorApi::CancelSession(
    const rpc::Call& call, const pb::CancelSessionRequest& request) const {
  const SessionIds ids = SessionIdsFrom(request.name()).value_or(SessionIds());
  const requests::WriteRequest write = ToWriteRequest(call, request);
  std::vector<events::NewEvent> news;
  const auto answer = database_->Write(
      call.deadline, [&](database::Transaction& transaction) -> absl::StatusOr<pb::Session> {
        const absl::Time now = clock_->Now();
        news.clear();
        const auto earlier = requests::ClaimRequest(transaction, write, now);
        if (!earlier.ok()) return earlier.status();
        if (earlier->has_value()) return FirstAnswer(**earlier);
        std::optional<HostedSession> hosted =
            store::LockSession(transaction, ids.ambassador, ids.session);
        if (!hosted.has_value()) return NotFoundError(request.name());
        const auto decided = DecideCancellation(CancellerOf(call.caller), *hosted, now);
        if (!decided.ok()) return decided.status();
        if (*decided == Cancellation::kNew) {
          hosted->session = store::CancelSession(transaction, ids.session, call.caller.PersonName(),
                                                 request.reason(), now);
          news = CancellationEvents(hosted->session, hosted->department);
        }
        pb::Session session = ToMessage(hosted->session);
        requests::KeepAnswer(transaction, write, session.SerializeAsString(), now);
        events::AppendToOutbox(transaction, news, call.traceparent, now);
        return session;
      });
  if (answer.ok() && !news.empty()) after_commit_();
  return answer;
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
  binding->Blocking<pb::BatchGetAmbassadorsRequest, pb::BatchGetAmbassadorsResponse>(
      "BatchGetAmbassadors", everybody, CheckBatchGetAmbassadors,
      [this](const rpc::Call& call, const auto& request) {
        return BatchGetAmbassadors(call, request);
      });
  binding->Blocking<pb::ListSessionsRequest, pb::ListSessionsResponse>(
      "ListSessions", everybody, CheckListSessions,
      [this](const rpc::Call& call, const auto& request) { return ListSessions(call, request); });
  binding->Blocking<pb::CancelSessionRequest, pb::Session>(
      "CancelSession",
      {.roles = {auth::Role::kAmbassador, auth::Role::kAgency, auth::Role::kOperator}},
      CheckCancelSession,
      [this](const rpc::Call& call, const auto& request) { return CancelSession(call, request); });
  return binding;
}

}  // namespace dm::ambassador
