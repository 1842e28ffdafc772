#include "services/catalogue/api/catalogue_api.h"

#include "services/catalogue/api/validation.h"

namespace dm::catalogue {

namespace pb = destinationmetier::catalogue::v1;

namespace {

// Searches see what was committed after at most so long: it counts as part of an answer's age.
constexpr absl::Duration kIndexBehind = search::ShownOffers::kMostBehind;

}  // namespace

std::unique_ptr<rpc::ServiceBinding> CatalogueApi::Bind(rpc::Pipeline* pipeline) const {
  auto binding = std::make_unique<rpc::ServiceBinding>(
      pb::Sector::descriptor()->file()->FindServiceByName("CatalogueService"), pipeline);
  reads_->Bind(*binding, pipeline, "ListSectors", this, &CatalogueApi::ListSectors);
  reads_->Bind(*binding, pipeline, "ListInterests", this, &CatalogueApi::ListInterests);
  reads_->Bind(*binding, pipeline, "SearchProfessions", this, &CatalogueApi::SearchProfessions,
               kIndexBehind);
  reads_->Bind(*binding, pipeline, "SuggestProfessions", this, &CatalogueApi::SuggestProfessions,
               kIndexBehind);
  reads_->Bind(*binding, pipeline, "GetProfession", this, &CatalogueApi::GetProfession);
  reads_->Bind(*binding, pipeline, "SearchCompanies", this, &CatalogueApi::SearchCompanies,
               kIndexBehind);
  reads_->Bind(*binding, pipeline, "GetCompany", this, &CatalogueApi::GetCompany);
  reads_->Bind(*binding, pipeline, "BatchGetCompanies", this, &CatalogueApi::BatchGetCompanies);
  reads_->Bind(*binding, pipeline, "SearchOffers", this, &CatalogueApi::SearchOffersEncoded,
               kIndexBehind);
  reads_->BindGathered(*binding, pipeline, "GetOffer", this, &CatalogueApi::GetOffers);
  reads_->Bind(*binding, pipeline, "BatchGetOffers", this, &CatalogueApi::BatchGetOffers);
  binding->Blocking<pb::CancelSessionRequest, pb::Session>(
      "CancelSession", {.roles = {auth::Role::kHost, auth::Role::kAgency, auth::Role::kOperator}},
      [](const auto& asked, Violations& violations) { Validate(asked, violations); },
      [this](const rpc::Call& call, const auto& asked) { return CancelSession(call, asked); });
  return binding;
}

}  // namespace dm::catalogue
