#include "services/catalogue/api/catalogue_api.h"

#include "absl/strings/str_cat.h"
#include "common/errors/error.h"
#include "services/catalogue/api/validation.h"

#include <exception>
#include <utility>

namespace dm::catalogue {

namespace pb = destinationmetier::catalogue::v1;

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
  BindRead(*binding, pipeline, "SuggestProfessions", &CatalogueApi::SuggestProfessions);
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
