#include "services/catalogue/api/statistics_api.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/codes/official_codes.h"
#include "services/catalogue/api/request_fields.h"
#include "services/catalogue/domain/search_rules.h"
#include "services/catalogue/store/search_counts.h"
#include "services/catalogue/store/statistics.h"

#include <algorithm>
#include <set>
#include <utility>

namespace dm::catalogue {
namespace {

namespace pb = destinationmetier::catalogue::v1;

constexpr int kDaysBefore = 30;

Dimensions DimensionsOf(const pb::GetStatisticsRequest& request) {
  Dimensions by;
  for (const int dimension : request.group_by()) {
    by.department |= dimension == pb::STATISTICS_DIMENSION_DEPARTMENT;
    by.sector |= dimension == pb::STATISTICS_DIMENSION_SECTOR;
    by.profession |= dimension == pb::STATISTICS_DIMENSION_PROFESSION;
    by.month |= dimension == pb::STATISTICS_DIMENSION_MONTH;
  }
  return by;
}

// What somebody asks about, and how much of it they see: an agency that names no département asks
// about its own.
void SeeAs(const auth::Caller& caller, const pb::GetStatisticsRequest& request,
           StatisticsQuery* query, StatisticsSight* sight) {
  if (request.departments_size() > 0) query->departments = ToVector(request.departments());
  sight->everything = caller.Is(auth::Role::kOperator);
  if (sight->everything || !caller.Is(auth::Role::kAgency)) return;
  if (!query->departments.has_value()) query->departments = caller.territory;
  sight->departments.insert(caller.territory.begin(), caller.territory.end());
  sight->everything =
      std::all_of(query->departments->begin(), query->departments->end(),
                  [&](const auto& code) { return sight->departments.contains(code); });
}

// "2026-11" as "novembre 2026".
std::string FrenchMonth(const std::string& month) {
  constexpr const char* kNames[] = {"janvier",   "février", "mars",     "avril",
                                    "mai",       "juin",    "juillet",  "août",
                                    "septembre", "octobre", "novembre", "décembre"};
  const auto day = ParseCivilDay(month + "-01");
  if (!day.ok()) return month;
  return absl::StrCat(kNames[day->month() - 1], " ", day->year());
}

std::string LabelOf(const Figures& figures, const Dimensions& by) {
  std::vector<std::string> parts;
  if (by.department) parts.emplace_back(DepartmentName(figures.keys.department));
  if (by.sector) {
    parts.push_back(figures.keys.sector.empty() ? "Sans secteur" : figures.sector_label);
  }
  if (by.profession) parts.push_back(figures.profession_title);
  if (by.month) parts.push_back(FrenchMonth(figures.keys.month));
  return parts.empty() ? "Ensemble" : absl::StrJoin(parts, " · ");
}

pb::StatisticsRow ToMessage(const Figures& figures, std::string label) {
  pb::StatisticsRow row;
  row.set_department(figures.keys.department);
  row.set_sector(figures.keys.sector);
  row.set_profession(figures.keys.profession);
  row.set_month(figures.keys.month);
  row.set_display_name(std::move(label));
  row.set_offers(figures.offers);
  row.set_companies(figures.companies);
  row.set_sessions(figures.sessions);
  row.set_seats(figures.seats);
  row.set_held(figures.held);
  row.set_fill_rate(FillRate(figures));
  return row;
}

absl::CivilDay DayOr(const std::string& text, absl::CivilDay otherwise) {
  return text.empty() ? otherwise : *ParseCivilDay(text);
}

}  // namespace

void StatisticsApi::Validate(const pb::GetStatisticsRequest& request,
                             Violations& violations) const {
  CheckMonths(request.from(), request.to(), clock_->Now(), violations);
  CheckDepartments(ToVector(request.departments()), violations);
  std::set<int> seen;
  for (const int dimension : request.group_by()) {
    if (dimension == pb::STATISTICS_DIMENSION_UNSPECIFIED ||
        !pb::StatisticsDimension_IsValid(dimension)) {
      violations.Add("group_by", "must be dimensions of StatisticsDimension");
    } else if (!seen.insert(dimension).second) {
      violations.Add("group_by", "must name each dimension at most once");
    }
  }
}

void StatisticsApi::Validate(const pb::ListFrequentSearchesRequest& request,
                             Violations& violations) const {
  CheckPageSize(request.page_size(), violations);
  CheckDays(request.from(), request.to(), violations);
  if (!pb::ListFrequentSearchesRequest::Kind_IsValid(request.kind())) {
    violations.Add("kind", "must be a kind");
  }
  if (!pb::ListFrequentSearchesRequest::Subject_IsValid(request.subject())) {
    violations.Add("subject", "must be a subject");
  }
}

absl::StatusOr<pb::GetStatisticsResponse> StatisticsApi::GetStatistics(
    const rpc::Call& call, const pb::GetStatisticsRequest& request) const {
  StatisticsQuery query{.by = DimensionsOf(request)};
  std::tie(query.first, query.last) = MonthsOf(request.from(), request.to(), clock_->Now());
  StatisticsSight sight;
  SeeAs(call.caller, request, &query, &sight);
  const auto statistics = ReadStatistics(*database_, call.deadline, query, sight);
  if (!statistics.ok()) return statistics.status();
  pb::GetStatisticsResponse response;
  for (const Figures& row : statistics->rows) {
    *response.add_rows() = ToMessage(row, LabelOf(row, query.by));
  }
  if (statistics->folded.has_value()) {
    *response.add_rows() = ToMessage(*statistics->folded, "Autres");
  }
  if (statistics->total.has_value()) {
    *response.mutable_total() = ToMessage(*statistics->total, "Ensemble");
  }
  return response;
}

absl::StatusOr<pb::ListFrequentSearchesResponse> StatisticsApi::ListFrequentSearches(
    const rpc::Call& call, const pb::ListFrequentSearchesRequest& request) const {
  const std::string fingerprint = rpc::QueryFingerprint(request);
  auto after = page_tokens_->Read(request.page_token(), fingerprint);
  if (!after.ok()) return after.status();
  const absl::CivilDay today = absl::ToCivilDay(clock_->Now(), ParisTimeZone());
  FrequentSearchQuery query{
      .in_vain = request.kind() == pb::ListFrequentSearchesRequest::KIND_EMPTY,
      .first = DayOr(request.from(), today - kDaysBefore),
      .last = DayOr(request.to(), today),
      .limit = rpc::EffectivePageSize(request.page_size()),
      .after = *std::move(after)};
  if (request.subject() != pb::ListFrequentSearchesRequest::SUBJECT_UNSPECIFIED) {
    query.subject = static_cast<SearchSubject>(request.subject());
  }
  const auto found = catalogue::ListFrequentSearches(*database_, call.deadline, query);
  if (!found.ok()) return found.status();
  pb::ListFrequentSearchesResponse response;
  for (const CountedSearch& search : found->searches) {
    pb::FrequentSearch* const added = response.add_searches();
    added->set_words(search.words);
    added->set_searches(search.searches);
    added->set_empty(search.empty);
  }
  response.set_next_page_token(NextToken(*page_tokens_, fingerprint, found->next));
  return response;
}

std::unique_ptr<rpc::ServiceBinding> StatisticsApi::Bind(rpc::Pipeline* pipeline) const {
  auto binding = std::make_unique<rpc::ServiceBinding>(
      pb::StatisticsRow::descriptor()->file()->FindServiceByName("StatisticsService"), pipeline);
  binding->Blocking<pb::GetStatisticsRequest, pb::GetStatisticsResponse>(
      "GetStatistics", {.roles = {auth::Role::kAnonymous}},
      [this](const auto& asked, Violations& violations) { Validate(asked, violations); },
      [this](const rpc::Call& call, const auto& asked) { return GetStatistics(call, asked); });
  binding->Blocking<pb::ListFrequentSearchesRequest, pb::ListFrequentSearchesResponse>(
      "ListFrequentSearches", {.roles = {auth::Role::kAgency, auth::Role::kOperator}},
      [this](const auto& asked, Violations& violations) { Validate(asked, violations); },
      [this](const rpc::Call& call, const auto& asked) {
        return ListFrequentSearches(call, asked);
      });
  return binding;
}

}  // namespace dm::catalogue
