#include "services/catalogue/api/reference_api.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/codes/official_codes.h"
#include "services/catalogue/api/place_messages.h"
#include "services/catalogue/api/profession_messages.h"
#include "services/catalogue/api/request_fields.h"
#include "services/catalogue/domain/words.h"
#include "services/catalogue/store/reference_queries.h"

namespace dm::catalogue {

namespace pb = destinationmetier::catalogue::v1;

namespace {

pb::Commune ToMessage(const Commune& commune) {
  pb::Commune message;
  message.set_name(absl::StrCat("communes/", commune.code));
  message.set_display_name(commune.name);
  message.set_department(commune.department);
  message.set_department_display_name(std::string(DepartmentName(commune.department)));
  for (const std::string& code : commune.postal_codes) message.add_postal_codes(code);
  message.mutable_location()->set_latitude(commune.latitude);
  message.mutable_location()->set_longitude(commune.longitude);
  message.set_population(commune.population);
  return message;
}

pb::School ToMessage(const School& school) {
  pb::School message;
  message.set_name(absl::StrCat("schools/", school.uai));
  message.set_display_name(school.display_name);
  message.set_kind(school.kind);
  message.set_public_(school.is_public);
  Fill(school.place, message.mutable_place());
  return message;
}

pb::Source ToMessage(const Source& source) {
  pb::Source message;
  message.set_name(absl::StrCat("sources/", source.name));
  message.set_attribution(AttributionOf(source));
  message.set_version(source.version);
  if (source.published.has_value()) {
    message.set_published(absl::FormatCivilTime(*source.published));
  }
  Fill(source.imported, message.mutable_import_time());
  return message;
}

}  // namespace

absl::StatusOr<pb::ListCommunesResponse> ReferenceApi::ListCommunes(
    const rpc::Call& call, const pb::ListCommunesRequest& request) const {
  const std::string fingerprint = rpc::QueryFingerprint(request);
  const auto after = page_tokens_->Read(request.page_token(), fingerprint);
  if (!after.ok()) return after.status();
  const auto page = catalogue::ListCommunes(*database_, call.deadline,
                                            {.words = CommuneWords(request.query()),
                                             .departments = ToVector(request.departments()),
                                             .after = *after,
                                             .limit = rpc::EffectivePageSize(request.page_size())});
  if (!page.ok()) return page.status();
  pb::ListCommunesResponse response;
  for (const Commune& commune : page->items) *response.add_communes() = ToMessage(commune);
  response.set_next_page_token(NextToken(*page_tokens_, fingerprint, page->next));
  return response;
}

absl::StatusOr<pb::ListSchoolsResponse> ReferenceApi::ListSchools(
    const rpc::Call& call, const pb::ListSchoolsRequest& request) const {
  const std::string fingerprint = rpc::QueryFingerprint(request);
  const auto after = page_tokens_->Read(request.page_token(), fingerprint);
  if (!after.ok()) return after.status();
  const auto page = catalogue::ListSchools(
      *database_, call.deadline,
      {.words = absl::StrSplit(FoldWords(request.query()), ' ', absl::SkipEmpty()),
       .departments = ToVector(request.departments()),
       .after = *after,
       .limit = rpc::EffectivePageSize(request.page_size())});
  if (!page.ok()) return page.status();
  pb::ListSchoolsResponse response;
  for (const School& school : page->items) *response.add_schools() = ToMessage(school);
  response.set_next_page_token(NextToken(*page_tokens_, fingerprint, page->next));
  return response;
}

absl::StatusOr<pb::ListThemesResponse> ReferenceApi::ListThemes(
    const rpc::Call& call, const pb::ListThemesRequest& request) const {
  const std::string fingerprint = rpc::QueryFingerprint(request);
  const auto after = page_tokens_->Read(request.page_token(), fingerprint);
  if (!after.ok()) return after.status();
  const auto page = catalogue::ListThemes(*database_, call.deadline, *after,
                                          rpc::EffectivePageSize(request.page_size()));
  if (!page.ok()) return page.status();
  pb::ListThemesResponse response;
  for (const Theme& theme : page->items) *response.add_themes() = ToMessage(theme);
  response.set_next_page_token(NextToken(*page_tokens_, fingerprint, page->next));
  return response;
}

absl::StatusOr<pb::ListDomainsResponse> ReferenceApi::ListDomains(
    const rpc::Call& call, const pb::ListDomainsRequest& request) const {
  const std::string fingerprint = rpc::QueryFingerprint(request);
  const auto after = page_tokens_->Read(request.page_token(), fingerprint);
  if (!after.ok()) return after.status();
  const auto page = catalogue::ListDomains(*database_, call.deadline, *after,
                                           rpc::EffectivePageSize(request.page_size()));
  if (!page.ok()) return page.status();
  pb::ListDomainsResponse response;
  for (const ProfessionalDomain& domain : page->items) *response.add_domains() = ToMessage(domain);
  response.set_next_page_token(NextToken(*page_tokens_, fingerprint, page->next));
  return response;
}

absl::StatusOr<pb::ListSourcesResponse> ReferenceApi::ListSources(
    const rpc::Call& call, const pb::ListSourcesRequest&) const {
  const auto sources = catalogue::ListSources(*database_, call.deadline);
  if (!sources.ok()) return sources.status();
  pb::ListSourcesResponse response;
  for (const Source& source : *sources) *response.add_sources() = ToMessage(source);
  return response;
}

absl::StatusOr<pb::Source> ReferenceApi::GetSource(const rpc::Call& call,
                                                   const pb::GetSourceRequest& request) const {
  const auto found = FindSource(*database_, call.deadline, IdIn(request.name(), "sources"));
  if (!found.ok()) return found.status();
  if (!found->has_value()) return NotFoundError(request.name());
  return ToMessage(**found);
}

std::unique_ptr<rpc::ServiceBinding> ReferenceApi::Bind(rpc::Pipeline* pipeline) const {
  auto binding = std::make_unique<rpc::ServiceBinding>(
      pb::Commune::descriptor()->file()->FindServiceByName("ReferenceService"), pipeline);
  reads_->Bind(*binding, pipeline, "ListCommunes", this, &ReferenceApi::ListCommunes);
  reads_->Bind(*binding, pipeline, "ListSchools", this, &ReferenceApi::ListSchools);
  reads_->Bind(*binding, pipeline, "ListThemes", this, &ReferenceApi::ListThemes);
  reads_->Bind(*binding, pipeline, "ListDomains", this, &ReferenceApi::ListDomains);
  reads_->Bind(*binding, pipeline, "ListSources", this, &ReferenceApi::ListSources);
  reads_->Bind(*binding, pipeline, "GetSource", this, &ReferenceApi::GetSource);
  return binding;
}

}  // namespace dm::catalogue
