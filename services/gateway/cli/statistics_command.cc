#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "destinationmetier/catalogue/v1/statistics_service.grpc.pb.h"
#include "services/gateway/cli/arguments.h"
#include "services/gateway/cli/commands.h"
#include "services/gateway/cli/enum_words.h"
#include "services/gateway/cli/french.h"

#include <string>
#include <utility>
#include <vector>

namespace dm::gateway::cli {
namespace {

namespace pb = destinationmetier::catalogue::v1;

std::vector<std::string> FiguresOf(std::string label, const pb::StatisticsRow& row) {
  return {std::move(label),
          absl::StrCat(row.offers()),
          absl::StrCat(row.companies()),
          absl::StrCat(row.sessions()),
          absl::StrCat(row.seats()),
          absl::StrCat(row.held()),
          absl::StrFormat("%.0f %%", row.fill_rate() * 100)};
}

}  // namespace

int ShowStatistics(const CommandLine& line, Session& session) {
  pb::GetStatisticsRequest request;
  request.set_from(line.Value("from"));
  request.set_to(line.Value("to"));
  for (const std::string& axis : line.Values("by")) {
    request.add_group_by(EnumOf<pb::StatisticsDimension>(axis));
  }
  for (const std::string& department : line.Values("department")) {
    request.add_departments(department);
  }
  pb::GetStatisticsResponse found;
  const auto stub = pb::StatisticsService::NewStub(session.channel());
  if (const int code = session.Call(
          [&](auto* context) { return stub->GetStatistics(context, request, &found); });
      code != kDone) {
    return code;
  }
  if (session.json()) return session.WriteJson(found);
  Table table({"", "offres", "entreprises", "sessions", "places", "prises", "taux"}, 1);
  // Without an axis the only row is the total.
  if (!request.group_by().empty()) {
    for (const auto& row : found.rows()) table.Add(FiguresOf(row.display_name(), row));
  }
  if (found.has_total()) {
    table.Add(FiguresOf("total", found.total()));
  } else {
    session.Warn("le total repose sur moins de 5 entreprises et n'est pas montré");
  }
  table.Write(session.out());
  return kDone;
}

int ListSearches(const CommandLine& line, Session& session) {
  pb::ListFrequentSearchesRequest request;
  request.set_kind(EnumOf<pb::ListFrequentSearchesRequest::Kind>(line.Value("kind")));
  request.set_subject(EnumOf<pb::ListFrequentSearchesRequest::Subject>(line.Value("subject")));
  request.set_from(line.Value("from"));
  request.set_to(line.Value("to"));
  if (!FillPage(line, &request)) return session.Misuse(kLimitMisuse);
  pb::ListFrequentSearchesResponse found;
  const auto stub = pb::StatisticsService::NewStub(session.channel());
  if (const int code = session.Call(
          [&](auto* context) { return stub->ListFrequentSearches(context, request, &found); });
      code != kDone) {
    return code;
  }
  if (session.json()) return session.WriteJson(found);
  Table table({"mots", "recherches", "en vain"}, 1);
  for (const auto& search : found.searches()) {
    table.Add({search.words(), absl::StrCat(search.searches()), absl::StrCat(search.empty())});
  }
  table.Write(session.out());
  session.WriteNextPage(found.next_page_token());
  return kDone;
}

}  // namespace dm::gateway::cli
