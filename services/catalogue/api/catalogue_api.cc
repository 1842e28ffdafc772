#include "services/catalogue/api/catalogue_api.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/errors/error.h"
#include "common/events/outbox.h"
#include "common/requests/answered_requests.h"
#include "services/catalogue/api/messages.h"
#include "services/catalogue/api/validation.h"
#include "services/catalogue/store/queries.h"
#include "services/catalogue/store/session_cancellation.h"

#include <exception>
#include <utility>

namespace dm::catalogue {
namespace {

namespace pb = destinationmetier::catalogue::v1;

std::vector<std::string> ToVector(const google::protobuf::RepeatedPtrField<std::string>& values) {
  return {values.begin(), values.end()};
}

OfferCriteria ToCriteria(const pb::SearchOffersRequest& request, absl::Time now) {
  OfferCriteria criteria{.query = MakeTextQuery(request.query()),
                         .departments = ToVector(request.departments()),
                         .sectors = ToVector(request.sectors()),
                         .professions = ToVector(request.professions()),
                         .companies = ToVector(request.companies()),
                         .span = SpanOf(request.from(), request.to()),
                         .available_only = request.available_only(),
                         .accessible_only = request.accessible_only(),
                         .now = now,
                         .limit = rpc::EffectivePageSize(request.page_size())};
  criteria.audiences.assign(request.audiences().begin(), request.audiences().end());
  if (request.has_lat()) {
    criteria.around = Around{request.lat(), request.lon(), request.radius_km()};
  }
  criteria.order = OrderOf(request.order_by(), !criteria.query.empty());
  return criteria;
}

// The token of the page after this one; empty at the end.
std::string NextToken(const rpc::PageTokens& tokens, const std::string& fingerprint,
                      const std::optional<PageKey>& next) {
  return next.has_value() ? tokens.Make(fingerprint, *next) : "";
}

Canceller CancellerOf(const auth::Caller& caller) {
  Canceller who{.everywhere = caller.Is(auth::Role::kOperator)};
  if (caller.Is(auth::Role::kHost)) who.companies = caller.companies;
  if (caller.Is(auth::Role::kAgency)) who.departments = caller.territory;
  return who;
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

absl::StatusOr<pb::ListSectorsResponse> CatalogueApi::ListSectors(
    const rpc::Call& call, const pb::ListSectorsRequest& request) const {
  const std::string fingerprint = rpc::QueryFingerprint(request);
  const auto after = page_tokens_->Read(request.page_token(), fingerprint);
  if (!after.ok()) return after.status();
  const auto page = catalogue::ListSectors(*database_, call.deadline, *after,
                                           rpc::EffectivePageSize(request.page_size()));
  if (!page.ok()) return page.status();
  pb::ListSectorsResponse response;
  for (const Labelled& sector : page->items) *response.add_sectors() = ToSector(sector);
  response.set_next_page_token(NextToken(*page_tokens_, fingerprint, page->next));
  return response;
}

absl::StatusOr<pb::ListInterestsResponse> CatalogueApi::ListInterests(
    const rpc::Call& call, const pb::ListInterestsRequest& request) const {
  const std::string fingerprint = rpc::QueryFingerprint(request);
  const auto after = page_tokens_->Read(request.page_token(), fingerprint);
  if (!after.ok()) return after.status();
  const auto page = catalogue::ListInterests(*database_, call.deadline, *after,
                                             rpc::EffectivePageSize(request.page_size()));
  if (!page.ok()) return page.status();
  pb::ListInterestsResponse response;
  for (const Labelled& interest : page->items) *response.add_interests() = ToInterest(interest);
  response.set_next_page_token(NextToken(*page_tokens_, fingerprint, page->next));
  return response;
}

absl::StatusOr<pb::SearchProfessionsResponse> CatalogueApi::SearchProfessions(
    const rpc::Call& call, const pb::SearchProfessionsRequest& request) const {
  const std::string fingerprint = rpc::QueryFingerprint(request);
  const auto after = page_tokens_->Read(request.page_token(), fingerprint);
  if (!after.ok()) return after.status();
  const auto page =
      catalogue::SearchProfessions(*database_, call.deadline,
                                   {.query = MakeTextQuery(request.query()),
                                    .sectors = ToVector(request.sectors()),
                                    .interests = ToVector(request.interests()),
                                    .riasec = ToVector(request.riasec()),
                                    .after = *after,
                                    .limit = rpc::EffectivePageSize(request.page_size())});
  if (!page.ok()) return page.status();
  pb::SearchProfessionsResponse response;
  for (const Profession& found : page->professions) *response.add_professions() = ToMessage(found);
  response.set_next_page_token(NextToken(*page_tokens_, fingerprint, page->next));
  response.set_total_size(page->total);
  return response;
}

absl::StatusOr<pb::Profession> CatalogueApi::GetProfession(
    const rpc::Call& call, const pb::GetProfessionRequest& request) const {
  const auto found = FindProfession(*database_, call.deadline, IdIn(request.name(), "professions"));
  if (!found.ok()) return found.status();
  if (!found->has_value()) return NotFoundError(request.name());
  return ToMessage(**found);
}

absl::StatusOr<pb::SearchCompaniesResponse> CatalogueApi::SearchCompanies(
    const rpc::Call& call, const pb::SearchCompaniesRequest& request) const {
  const std::string fingerprint = rpc::QueryFingerprint(request);
  const auto after = page_tokens_->Read(request.page_token(), fingerprint);
  if (!after.ok()) return after.status();
  const auto page =
      catalogue::SearchCompanies(*database_, call.deadline,
                                 {.query = MakeTextQuery(request.query()),
                                  .departments = ToVector(request.departments()),
                                  .sectors = ToVector(request.sectors()),
                                  .after = *after,
                                  .limit = rpc::EffectivePageSize(request.page_size())});
  if (!page.ok()) return page.status();
  pb::SearchCompaniesResponse response;
  for (const Company& found : page->companies) *response.add_companies() = ToMessage(found);
  response.set_next_page_token(NextToken(*page_tokens_, fingerprint, page->next));
  response.set_total_size(page->total);
  return response;
}

absl::StatusOr<pb::Company> CatalogueApi::GetCompany(const rpc::Call& call,
                                                     const pb::GetCompanyRequest& request) const {
  const auto found = FindCompany(*database_, call.deadline, IdIn(request.name(), "companies"));
  if (!found.ok()) return found.status();
  if (!found->has_value()) return NotFoundError(request.name());
  return ToMessage(**found);
}

absl::StatusOr<pb::SearchOffersResponse> CatalogueApi::SearchOffers(
    const rpc::Call& call, const pb::SearchOffersRequest& request) const {
  const std::string fingerprint = rpc::QueryFingerprint(request);
  auto after = page_tokens_->Read(request.page_token(), fingerprint);
  if (!after.ok()) return after.status();
  OfferCriteria criteria = ToCriteria(request, clock_->Now());
  criteria.after = *std::move(after);
  const auto page = catalogue::SearchOffers(*database_, call.deadline, criteria);
  if (!page.ok()) return page.status();
  pb::SearchOffersResponse response;
  for (const Offer& found : page->offers) *response.add_offers() = ToMessage(found);
  response.set_next_page_token(NextToken(*page_tokens_, fingerprint, page->next));
  response.set_total_size(page->total);
  for (const auto& count : page->departments) {
    *response.add_department_facets() = ToDepartmentFacet(count);
  }
  for (const auto& count : page->sectors) *response.add_sector_facets() = ToSectorFacet(count);
  for (const auto& count : page->audiences) {
    *response.add_audience_facets() = ToAudienceFacet(count);
  }
  return response;
}

absl::StatusOr<pb::Offer> CatalogueApi::GetOffer(const rpc::Call& call,
                                                 const pb::GetOfferRequest& request) const {
  const auto found =
      FindOffer(*database_, call.deadline, absl::AsciiStrToLower(IdIn(request.name(), "offers")),
                clock_->Now());
  if (!found.ok()) return found.status();
  if (!found->has_value()) return NotFoundError(request.name());
  return ToMessage(**found);
}

absl::StatusOr<pb::Session> CatalogueApi::CancelSession(
    const rpc::Call& call, const pb::CancelSessionRequest& request) const {
  const SessionName name = *ParseSessionName(request.name());
  const requests::WriteRequest write = ToWriteRequest(call, request);
  std::vector<events::NewEvent> news;
  const auto answer = database_->Write(
      call.deadline, [&](database::Transaction& transaction) -> absl::StatusOr<pb::Session> {
        // As exact as what is kept, so that it reads the same ever after.
        const absl::Time now = database::FromMicros(database::ToMicros(clock_->Now()));
        news.clear();
        const auto earlier = requests::ClaimRequest(transaction, write, now);
        if (!earlier.ok()) return earlier.status();
        if (earlier->has_value()) return FirstAnswer(**earlier);
        std::optional<HostedSession> hosted = LockSession(transaction, name);
        if (!hosted.has_value()) return NotFoundError(name.Full());
        const auto decided = DecideCancellation(CancellerOf(call.caller), *hosted, now);
        if (!decided.ok()) return decided.status();
        if (*decided == Cancellation::kNew) {
          news = catalogue::CancelSession(transaction, name, call.caller.PersonName(),
                                          request.reason(), now);
          hosted->session.cancel_time = now;
          hosted->session.available = 0;
        }
        pb::Session session = ToMessage(*hosted);
        requests::KeepAnswer(transaction, write, session.SerializeAsString(), now);
        events::AppendToOutbox(transaction, news, call.traceparent, now);
        return session;
      });
  if (answer.ok() && !news.empty()) on_events_();
  return answer;
}

template <typename Request, typename Response>
absl::StatusOr<Response> CatalogueApi::Read(
    absl::StatusOr<Response> (CatalogueApi::*read)(const rpc::Call&, const Request&) const,
    const rpc::Call& call, const Request& request) const {
  // A row that reads otherwise than it should must not end the executor's thread.
  try {
    return (this->*read)(call, request);
  } catch (const std::exception& failure) {
    return absl::InternalError(failure.what());
  }
}

template <typename Request, typename Response>
void CatalogueApi::BindRead(rpc::ServiceBinding& binding, rpc::Pipeline* pipeline, const char* name,
                            absl::StatusOr<Response> (CatalogueApi::*read)(const rpc::Call&,
                                                                           const Request&)
                                const) const {
  const auto answer = [this, pipeline, name, read](std::shared_ptr<const rpc::Call> call,
                                                   const Request& request,
                                                   rpc::Done<Response> done) {
    std::string key = absl::StrCat(name, " ", request.SerializeAsString());
    if (const auto found = answers_->Find(key); found != nullptr) {
      std::move(done)(static_cast<const Response&>(*found));
      return;
    }
    // Shared, because a full executor leaves the answer to us.
    const auto shared = std::make_shared<rpc::Done<Response>>(std::move(done));
    const bool taken = pipeline->executor().TrySubmit(
        [this, pipeline, read, call, &request, shared, key = std::move(key)]() mutable {
          const absl::Time start = clock_->Now();
          const absl::Status alive = pipeline->CheckAlive(*call);
          auto response = alive.ok() ? Read(read, *call, request) : absl::StatusOr<Response>(alive);
          if (response.ok()) {
            answers_->Keep(std::move(key), std::make_shared<const Response>(*response), start);
          }
          std::move (*shared)(std::move(response));
        });
    if (!taken) std::move (*shared)(OverloadedError(absl::Milliseconds(200)));
  };
  binding.Async<Request, Response>(
      name, {.roles = {auth::Role::kAnonymous}},
      [](const Request& request, Violations& violations) { Validate(request, violations); },
      answer);
}

std::unique_ptr<rpc::ServiceBinding> CatalogueApi::Bind(rpc::Pipeline* pipeline) const {
  auto binding = std::make_unique<rpc::ServiceBinding>(
      pb::Sector::descriptor()->file()->FindServiceByName("CatalogueService"), pipeline);
  BindRead(*binding, pipeline, "ListSectors", &CatalogueApi::ListSectors);
  BindRead(*binding, pipeline, "ListInterests", &CatalogueApi::ListInterests);
  BindRead(*binding, pipeline, "SearchProfessions", &CatalogueApi::SearchProfessions);
  BindRead(*binding, pipeline, "GetProfession", &CatalogueApi::GetProfession);
  BindRead(*binding, pipeline, "SearchCompanies", &CatalogueApi::SearchCompanies);
  BindRead(*binding, pipeline, "GetCompany", &CatalogueApi::GetCompany);
  BindRead(*binding, pipeline, "SearchOffers", &CatalogueApi::SearchOffers);
  BindRead(*binding, pipeline, "GetOffer", &CatalogueApi::GetOffer);
  binding->Blocking<pb::CancelSessionRequest, pb::Session>(
      "CancelSession", {.roles = {auth::Role::kHost, auth::Role::kAgency, auth::Role::kOperator}},
      [](const auto& asked, Violations& violations) { Validate(asked, violations); },
      [this](const rpc::Call& call, const auto& asked) { return CancelSession(call, asked); });
  return binding;
}

}  // namespace dm::catalogue
