#include "services/catalogue/api/searched_words.h"

namespace dm::catalogue {

namespace pb = destinationmetier::catalogue::v1;

namespace {

template <typename Request>
SearchedWords FirstPageOf(SearchSubject subject, const Request& request) {
  if (request.query().empty() || !request.page_token().empty()) return {};
  return {subject, request.query()};
}

}  // namespace

SearchedWords WordsSearched(const pb::SearchProfessionsRequest& request) {
  return FirstPageOf(SearchSubject::kProfessions, request);
}

SearchedWords WordsSearched(const pb::SearchOffersRequest& request) {
  return FirstPageOf(SearchSubject::kOffers, request);
}

SearchedWords WordsSearched(const pb::SearchCompaniesRequest& request) {
  return FirstPageOf(SearchSubject::kCompanies, request);
}

bool FoundNothing(const pb::SearchProfessionsResponse& response) {
  return response.total_size() == 0;
}

bool FoundNothing(const EncodedOfferPage& page) { return page.nothing_found(); }

bool FoundNothing(const pb::SearchCompaniesResponse& response) {
  return response.total_size() == 0;
}

}  // namespace dm::catalogue
