#include "common/errors/error.h"
#include "services/catalogue/api/catalogue_api.h"
#include "services/catalogue/api/highlight_messages.h"
#include "services/catalogue/api/profession_messages.h"
#include "services/catalogue/api/request_fields.h"
#include "services/catalogue/store/profession_queries.h"

#include <memory>
#include <utility>

namespace dm::catalogue {
namespace {

namespace pb = destinationmetier::catalogue::v1;

constexpr int kMostSuggestions = 10;

search::ProfessionQuery ToQuery(const pb::SearchProfessionsRequest& request) {
  search::ProfessionQuery query{
      .text = request.query(),
      .sectors = ToVector(request.sectors()),
      .interests = ToVector(request.interests()),
      .themes = ToVector(request.themes()),
      .domains = ToVector(request.domains()),
      .riasec = ToVector(request.riasec()),
      .digital_transition_only = request.digital_transition_only(),
      .demographic_transition_only = request.demographic_transition_only()};
  query.ecological_transitions.assign(request.ecological_transitions().begin(),
                                      request.ecological_transitions().end());
  return query;
}

// Any of the words that were meant is marked.
std::vector<search::AskedWord> ToMark(const search::ProfessionIndex& index,
                                      const std::string& query) {
  std::vector<std::string> words = index.Meant(query);
  if (words.empty()) return {};
  return {{.alternatives = std::move(words)}};
}

void Highlight(const std::vector<search::AskedWord>& words, pb::Profession* profession) {
  AddHighlight("display_name", profession->display_name(), words, profession->mutable_highlights());
  AddHighlight("definition", profession->definition(), words, profession->mutable_highlights());
  if (profession->appellations_size() > 0) {
    AddHighlight("appellations[0].display_name", profession->appellations(0).display_name(), words,
                 profession->mutable_highlights());
  }
}

}  // namespace

absl::StatusOr<pb::SearchProfessionsResponse> CatalogueApi::SearchProfessions(
    const rpc::Call& call, const pb::SearchProfessionsRequest& request) const {
  if (!index_->whole()) return BackendUnavailableError("search index");
  const std::string fingerprint = rpc::QueryFingerprint(request);
  auto after = page_tokens_->Read(request.page_token(), fingerprint);
  if (!after.ok()) return after.status();
  const std::shared_ptr<const search::ProfessionIndex> index = index_->professions();
  const auto page =
      catalogue::SearchProfessions(*open_, *index, call.deadline,
                                   {.query = ToQuery(request),
                                    .after = *std::move(after),
                                    .limit = rpc::EffectivePageSize(request.page_size())});
  if (!page.ok()) return page.status();
  const std::vector<search::AskedWord> marked = ToMark(*index, request.query());
  pb::SearchProfessionsResponse response;
  for (const Profession& found : page->professions) {
    pb::Profession* const added = response.add_professions();
    *added = ToMessage(found);
    Highlight(marked, added);
  }
  response.set_next_page_token(NextToken(*page_tokens_, fingerprint, page->next));
  response.set_total_size(page->total);
  return response;
}

absl::StatusOr<pb::SuggestProfessionsResponse> CatalogueApi::SuggestProfessions(
    const rpc::Call&, const pb::SuggestProfessionsRequest& request) const {
  if (!index_->whole()) return BackendUnavailableError("search index");
  const std::shared_ptr<const search::ProfessionIndex> index = index_->professions();
  const int limit = request.limit() == 0 ? kMostSuggestions : request.limit();
  const std::vector<search::AskedWord> marked = ToMark(*index, request.query());
  pb::SuggestProfessionsResponse response;
  for (const auto& found : index->Suggest(request.query(), static_cast<size_t>(limit))) {
    pb::SuggestProfessionsResponse::Suggestion* const added = response.add_suggestions();
    added->set_profession("professions/" + found.profession);
    if (!found.job_title.empty()) added->set_appellation("appellations/" + found.job_title);
    added->set_text(found.text);
    AddHighlight("text", found.text, marked, added->mutable_highlights());
  }
  return response;
}

}  // namespace dm::catalogue
