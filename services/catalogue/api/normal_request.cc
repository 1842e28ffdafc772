#include "services/catalogue/api/normal_request.h"

#include "absl/strings/ascii.h"
#include "common/rpc/page_token.h"
#include "services/catalogue/domain/search_rules.h"
#include "services/catalogue/domain/words.h"
#include "services/catalogue/search/profession_words.h"

#include <algorithm>
#include <string>

namespace dm::catalogue {
namespace {

namespace pb = destinationmetier::catalogue::v1;

// Whether the last word is finished counts where people complete what they type.
std::string TypedText(const std::string& query) {
  const std::string plain = PlainText(query);
  return plain.empty() || search::EndsInsideWord(query) ? plain : plain + " ";
}

template <typename List>
void SortUnique(List* values) {
  std::sort(values->begin(), values->end());
  const auto end = std::unique(values->begin(), values->end());
  values->erase(end, values->end());
}

}  // namespace

void Normalise(pb::SearchOffersRequest* request) {
  const bool has_query = !FoldWords(request->query()).empty();
  request->set_query(PlainText(request->query()));
  if (request->order_by().empty()) request->set_order_by(has_query ? "relevance" : "date");
  for (auto* const list :
       {request->mutable_departments(), request->mutable_sectors(), request->mutable_professions(),
        request->mutable_companies(), request->mutable_languages(), request->mutable_interests(),
        request->mutable_themes()}) {
    SortUnique(list);
  }
  SortUnique(request->mutable_audiences());
  SortUnique(request->mutable_accessibilities());
  SortUnique(request->mutable_work_modes());
  request->set_page_size(rpc::EffectivePageSize(request->page_size()));
}

void Normalise(pb::SearchProfessionsRequest* request) {
  request->set_query(TypedText(request->query()));
  for (auto* const list :
       {request->mutable_sectors(), request->mutable_interests(), request->mutable_riasec(),
        request->mutable_themes(), request->mutable_domains()}) {
    SortUnique(list);
  }
  SortUnique(request->mutable_ecological_transitions());
  request->set_page_size(rpc::EffectivePageSize(request->page_size()));
}

void Normalise(pb::SuggestProfessionsRequest* request) {
  request->set_query(TypedText(request->query()));
}

void Normalise(pb::SearchCompaniesRequest* request) {
  request->set_query(PlainText(request->query()));
  for (auto* const list : {request->mutable_departments(), request->mutable_sectors(),
                           request->mutable_professions()}) {
    SortUnique(list);
  }
  request->set_page_size(rpc::EffectivePageSize(request->page_size()));
}

void Normalise(pb::BatchGetCompaniesRequest* request) { SortUnique(request->mutable_names()); }

void Normalise(pb::BatchGetOffersRequest* request) {
  for (std::string& name : *request->mutable_names()) absl::AsciiStrToLower(&name);
  SortUnique(request->mutable_names());
}

void Normalise(pb::ListCommunesRequest* request) {
  request->set_query(PlainText(request->query()));
  SortUnique(request->mutable_departments());
  request->set_page_size(rpc::EffectivePageSize(request->page_size()));
}

void Normalise(pb::ListSchoolsRequest* request) {
  request->set_query(PlainText(request->query()));
  SortUnique(request->mutable_departments());
  request->set_page_size(rpc::EffectivePageSize(request->page_size()));
}

}  // namespace dm::catalogue
