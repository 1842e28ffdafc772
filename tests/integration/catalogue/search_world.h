#pragma once

#include "tests/integration/catalogue/catalogue_world.h"

#include <map>
#include <string>
#include <vector>

namespace dm::catalogue {

inline constexpr double kCaligny[] = {48.802545, -0.601345};

class SearchTest : public CatalogueTest {
 protected:
  void SetUp() override { ImportSeed(); }

  pb::SearchOffersResponse Offers(const pb::SearchOffersRequest& request) {
    Violations violations;
    Validate(request, violations);
    EXPECT_TRUE(violations.empty()) << violations.ToStatus();
    CatchUp();
    const auto response = api_.SearchOffers(call_, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(pb::SearchOffersResponse());
  }

  pb::SearchProfessionsResponse Professions(const pb::SearchProfessionsRequest& request) {
    CatchUp();
    const auto response = api_.SearchProfessions(call_, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(pb::SearchProfessionsResponse());
  }

  pb::SearchCompaniesResponse Companies(const pb::SearchCompaniesRequest& request) {
    CatchUp();
    const auto response = api_.SearchCompanies(call_, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(pb::SearchCompaniesResponse());
  }

  static pb::SearchOffersRequest For(const std::string& query) {
    pb::SearchOffersRequest request;
    request.set_query(query);
    request.set_page_size(100);
    return request;
  }
};

// The names on all pages of a search, in order.
template <typename Request, typename Search, typename NamesOf>
std::vector<std::string> AllPages(Request request, Search search, NamesOf names_of) {
  std::vector<std::string> names;
  for (int page = 0; page < 200; ++page) {
    const auto response = search(request);
    for (const auto& item : names_of(response)) names.push_back(item.name());
    if (response.next_page_token().empty()) return names;
    request.set_page_token(response.next_page_token());
  }
  ADD_FAILURE() << "the pages do not end";
  return names;
}

inline std::map<std::string, int> ToMap(
    const google::protobuf::RepeatedPtrField<pb::FacetCount>& facets) {
  std::map<std::string, int> counts;
  for (const auto& facet : facets) {
    counts[facet.value()] = facet.count();
    EXPECT_FALSE(facet.display_name().empty()) << facet.value();
  }
  return counts;
}

// Of the violations, in their order.
inline std::vector<std::string> Fields(const absl::Status& status) {
  std::vector<std::string> fields;
  const auto details = GetErrorDetails(status);
  if (!details.has_value()) return fields;
  for (const auto& field : details->fields) fields.push_back(field.field);
  return fields;
}

}  // namespace dm::catalogue
