#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "destinationmetier/ambassador/v1/ambassador_service.grpc.pb.h"
#include "destinationmetier/catalogue/v1/catalogue_service.grpc.pb.h"
#include "services/gateway/cli/arguments.h"
#include "services/gateway/cli/commands.h"
#include "services/gateway/cli/enum_words.h"
#include "services/gateway/cli/french.h"

#include <string>
#include <vector>

namespace dm::gateway::cli {
namespace {

namespace ambassador = destinationmetier::ambassador::v1;
namespace catalogue = destinationmetier::catalogue::v1;
namespace type = destinationmetier::type::v1;

std::string QueryOf(const CommandLine& line) { return absl::StrJoin(line.words, " "); }

template <typename Field>
void Fill(const std::vector<std::string>& values, Field* field) {
  for (const std::string& value : values) *field->Add() = value;
}

template <typename Request>
bool FillPoint(const CommandLine& line, Request* request) {
  if (!line.Has("near") && !line.Has("radius")) return true;
  const std::vector<std::string> point = absl::StrSplit(line.Value("near"), ',');
  double lat = 0;
  double lon = 0;
  double radius = 20;
  if (point.size() != 2 || !absl::SimpleAtod(point[0], &lat) || !absl::SimpleAtod(point[1], &lon) ||
      (line.Has("radius") && !absl::SimpleAtod(line.Value("radius"), &radius))) {
    return false;
  }
  request->set_lat(lat);
  request->set_lon(lon);
  request->set_radius_km(radius);
  return true;
}

void WriteTail(Session& session, size_t shown, int total, const std::string& next) {
  session.out() << "\n" << shown << " sur " << total << "\n";
  session.WriteNextPage(next);
}

std::string DistanceText(bool has, double km) { return has ? absl::StrFormat("%.1f km", km) : ""; }

}  // namespace

int SearchCompanies(const CommandLine& line, Session& session) {
  catalogue::SearchCompaniesRequest request;
  request.set_query(QueryOf(line));
  Fill(line.Values("department"), request.mutable_departments());
  Fill(line.Values("sector"), request.mutable_sectors());
  if (!FillPage(line, &request)) return session.Misuse(kLimitMisuse);
  catalogue::SearchCompaniesResponse found;
  const auto stub = catalogue::CatalogueService::NewStub(session.channel());
  if (const int code = session.Call(
          [&](auto* context) { return stub->SearchCompanies(context, request, &found); });
      code != kDone) {
    return code;
  }
  if (session.json()) return session.WriteJson(found);
  Table table({"entreprise", "lieu", "offres", "nom"});
  for (const auto& company : found.companies()) {
    table.Add({company.display_name(), PlaceText(company.place()),
               absl::StrCat(company.offer_count()), company.name()});
  }
  table.Write(session.out());
  WriteTail(session, table.rows(), found.total_size(), found.next_page_token());
  return kDone;
}

int SearchOffers(const CommandLine& line, Session& session) {
  catalogue::SearchOffersRequest request;
  request.set_query(QueryOf(line));
  Fill(line.Values("department"), request.mutable_departments());
  Fill(line.Values("sector"), request.mutable_sectors());
  Fill(line.Values("profession"), request.mutable_professions());
  Fill(line.Values("company"), request.mutable_companies());
  request.set_from(line.Value("from"));
  request.set_to(line.Value("to"));
  request.set_order_by(line.Value("order"));
  request.set_available_only(line.Has("available"));
  request.set_accessible_only(line.Has("accessible"));
  if (!FillPage(line, &request)) return session.Misuse(kLimitMisuse);
  if (!FillPoint(line, &request))
    return session.Misuse("--near attend un point comme 48.7,-0.5, --radius des kilomètres");
  for (const std::string& audience : line.Values("audience")) {
    request.add_audiences(EnumOf<type::Audience>(audience));
  }
  catalogue::SearchOffersResponse found;
  const auto stub = catalogue::CatalogueService::NewStub(session.channel());
  if (const int code =
          session.Call([&](auto* context) { return stub->SearchOffers(context, request, &found); });
      code != kDone) {
    return code;
  }
  if (session.json()) return session.WriteJson(found);
  Table table({"offre", "entreprise", "lieu", "prochaine date", "distance", "nom"});
  for (const auto& offer : found.offers()) {
    table.Add({offer.title(), offer.company_display_name(), PlaceText(offer.place()),
               offer.sessions().empty() ? "" : TimeText(offer.sessions(0).start_time()),
               DistanceText(offer.has_distance_km(), offer.distance_km()), offer.name()});
  }
  table.Write(session.out());
  WriteTail(session, table.rows(), found.total_size(), found.next_page_token());
  return kDone;
}

int SearchProfessions(const CommandLine& line, Session& session) {
  catalogue::SearchProfessionsRequest request;
  request.set_query(QueryOf(line));
  Fill(line.Values("sector"), request.mutable_sectors());
  Fill(line.Values("interest"), request.mutable_interests());
  Fill(line.Values("riasec"), request.mutable_riasec());
  if (!FillPage(line, &request)) return session.Misuse(kLimitMisuse);
  catalogue::SearchProfessionsResponse found;
  const auto stub = catalogue::CatalogueService::NewStub(session.channel());
  if (const int code = session.Call(
          [&](auto* context) { return stub->SearchProfessions(context, request, &found); });
      code != kDone) {
    return code;
  }
  if (session.json()) return session.WriteJson(found);
  Table table({"code", "métier", "appellation trouvée"});
  for (const auto& profession : found.professions()) {
    table.Add({profession.rome_code(), profession.display_name(),
               profession.appellations().empty() ? "" : profession.appellations(0).display_name()});
  }
  table.Write(session.out());
  WriteTail(session, table.rows(), found.total_size(), found.next_page_token());
  return kDone;
}

int SearchAmbassadors(const CommandLine& line, Session& session) {
  ambassador::SearchAmbassadorsRequest request;
  request.set_query(QueryOf(line));
  Fill(line.Values("department"), request.mutable_departments());
  Fill(line.Values("profession"), request.mutable_professions());
  Fill(line.Values("sector"), request.mutable_sectors());
  Fill(line.Values("company"), request.mutable_companies());
  for (const std::string& format : line.Values("format")) {
    request.add_formats(EnumOf<type::MeetingFormat>(format));
  }
  if (!FillPage(line, &request)) return session.Misuse(kLimitMisuse);
  if (!FillPoint(line, &request))
    return session.Misuse("--near attend un point comme 48.7,-0.5, --radius des kilomètres");
  ambassador::SearchAmbassadorsResponse found;
  const auto stub = ambassador::AmbassadorService::NewStub(session.channel());
  if (const int code = session.Call(
          [&](auto* context) { return stub->SearchAmbassadors(context, request, &found); });
      code != kDone) {
    return code;
  }
  if (session.json()) return session.WriteJson(found);
  Table table({"ambassadeur·rice", "métier", "entreprise", "lieu", "distance", "nom"});
  for (const auto& person : found.ambassadors()) {
    table.Add({person.display_name(), person.job_title(), person.company_display_name(),
               PlaceText(person.place()),
               DistanceText(person.has_distance_km(), person.distance_km()), person.name()});
  }
  table.Write(session.out());
  WriteTail(session, table.rows(), found.total_size(), found.next_page_token());
  return kDone;
}

int ListMeetings(const CommandLine& line, Session& session) {
  ambassador::ListSessionsRequest request;
  request.set_parent(FullName("ambassadors/", line.words[0]));
  request.set_from(line.Value("from"));
  request.set_to(line.Value("to"));
  if (!FillPage(line, &request)) return session.Misuse(kLimitMisuse);
  ambassador::ListSessionsResponse found;
  const auto stub = ambassador::AmbassadorService::NewStub(session.channel());
  if (const int code =
          session.Call([&](auto* context) { return stub->ListSessions(context, request, &found); });
      code != kDone) {
    return code;
  }
  if (session.json()) return session.WriteJson(found);
  Table table({"début", "fin", "places", "comment", "session"});
  for (const auto& meeting : found.sessions()) {
    table.Add({TimeText(meeting.start_time()), TimeText(meeting.end_time()),
               absl::StrCat(meeting.available(), "/", meeting.capacity()),
               FormatText(meeting.format()), meeting.name()});
  }
  table.Write(session.out());
  session.WriteNextPage(found.next_page_token());
  return kDone;
}

}  // namespace dm::gateway::cli
