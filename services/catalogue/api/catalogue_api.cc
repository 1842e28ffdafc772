#include "services/catalogue/api/catalogue_api.h"

#include "services/catalogue/api/validation.h"

namespace dm::catalogue {

namespace pb = destinationmetier::catalogue::v1;

std::unique_ptr<rpc::ServiceBinding> CatalogueApi::Bind(rpc::Pipeline* pipeline) const {
  auto binding = std::make_unique<rpc::ServiceBinding>(
      pb::Sector::descriptor()->file()->FindServiceByName("CatalogueService"), pipeline);
  reads_->Bind(*binding, pipeline, "ListSectors", this, &CatalogueApi::ListSectors);
  reads_->Bind(*binding, pipeline, "ListInterests", this, &CatalogueApi::ListInterests);
  reads_->BindSearch(*binding, pipeline, "SearchProfessions", this,
                     &CatalogueApi::SearchProfessions);
  reads_->BindSearch(*binding, pipeline, "SuggestProfessions", this,
                     &CatalogueApi::SuggestProfessions);
  reads_->Bind(*binding, pipeline, "GetProfession", this, &CatalogueApi::GetProfession);
  reads_->BindSearch(*binding, pipeline, "SearchCompanies", this, &CatalogueApi::SearchCompanies);
  reads_->Bind(*binding, pipeline, "GetCompany", this, &CatalogueApi::GetCompany);
  reads_->Bind(*binding, pipeline, "BatchGetCompanies", this, &CatalogueApi::BatchGetCompanies);
  reads_->BindSearch(*binding, pipeline, "SearchOffers", this, &CatalogueApi::SearchOffersEncoded);
  reads_->BindGathered(*binding, pipeline, "GetOffer", this, &CatalogueApi::GetOffers);
  reads_->Bind(*binding, pipeline, "BatchGetOffers", this, &CatalogueApi::BatchGetOffers);
  binding->Blocking<pb::CancelSessionRequest, pb::Session>(
      "CancelSession", {.roles = {auth::Role::kHost, auth::Role::kAgency, auth::Role::kOperator}},
      [](const auto& asked, Violations& violations) { Validate(asked, violations); },
      [this](const rpc::Call& call, const auto& asked) { return CancelSession(call, asked); });
  return binding;
}

}  // namespace dm::catalogue
