#pragma once

#include "absl/time/time.h"
#include "destinationmetier/catalogue/v1/catalogue_service.pb.h"
#include "services/catalogue/api/offer_page_encoding.h"
#include "services/catalogue/domain/search_tally.h"

#include <optional>
#include <string>

// Which requests are searches that somebody made: by words, and of the first page only, since who
// turns the page does not search again. And what is to be known of their answers.
namespace dm::catalogue {

struct SearchedWords {
  // Absent for what is not counted.
  std::optional<SearchSubject> subject;
  // As it was typed.
  std::string query;
};

SearchedWords WordsSearched(
    const destinationmetier::catalogue::v1::SearchProfessionsRequest& request);
SearchedWords WordsSearched(const destinationmetier::catalogue::v1::SearchOffersRequest& request);
SearchedWords WordsSearched(
    const destinationmetier::catalogue::v1::SearchCompaniesRequest& request);
template <typename Request>
SearchedWords WordsSearched(const Request&) {
  return {};
}

bool FoundNothing(const destinationmetier::catalogue::v1::SearchProfessionsResponse& response);
bool FoundNothing(const EncodedOfferPage& page);
bool FoundNothing(const destinationmetier::catalogue::v1::SearchCompaniesResponse& response);
template <typename Response>
bool FoundNothing(const Response&) {
  return false;
}

// Until when the same is answered as long as the index does not change; in the past for what is
// read from elsewhere.
inline absl::Time SteadyUntil(const EncodedOfferPage& page) { return page.steady_until(); }
template <typename Response>
absl::Time SteadyUntil(const Response&) {
  return absl::InfinitePast();
}

}  // namespace dm::catalogue
