#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "destinationmetier/ambassador/v1/ambassador_service.grpc.pb.h"
#include "destinationmetier/catalogue/v1/catalogue_service.grpc.pb.h"
#include "services/gateway/cli/commands.h"
#include "services/gateway/cli/french.h"

#include <string>
#include <vector>

namespace dm::gateway::cli {
namespace {

namespace ambassador = destinationmetier::ambassador::v1;
namespace catalogue = destinationmetier::catalogue::v1;
namespace type = destinationmetier::type::v1;

std::string WordsOf(const CommandLine& line) {
  return absl::StrJoin(line.words.begin() + 1, line.words.end(), " ");
}

template <typename Field>
void Fill(const std::vector<std::string>& values, Field* field) {
  for (const std::string& value : values) *field->Add() = value;
}

template <typename Request>
bool FillPage(const CommandLine& line, Request* request) {
  int limit = 20;
  if (line.Has("limit") && (!absl::SimpleAtoi(line.Value("limit"), &limit) || limit < 1)) {
    return false;
  }
  request->set_page_size(limit);
  request->set_page_token(line.Value("page-token"));
  return true;
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
  if (!next.empty()) session.out() << "suite : --page-token " << next << "\n";
}

std::string DistanceText(bool has, double km) { return has ? absl::StrFormat("%.1f km", km) : ""; }

int SearchCompanies(const CommandLine& line, Session& session) {
  catalogue::SearchCompaniesRequest request;
  request.set_query(WordsOf(line));
  Fill(line.Values("department"), request.mutable_departments());
  Fill(line.Values("sector"), request.mutable_sectors());
  if (!FillPage(line, &request)) return session.Misuse("--limit attend un nombre, 1 ou plus");
  catalogue::SearchCompaniesResponse found;
  const auto stub = catalogue::CatalogueService::NewStub(session.channel());
  if (!session.Call(
          [&](auto* context) { return stub->SearchCompanies(context, request, &found); })) {
    return kRefused;
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

bool FillAudiences(const CommandLine& line, catalogue::SearchOffersRequest* request) {
  for (const std::string& name : line.Values("audience")) {
    type::Audience audience{};
    if (!type::Audience_Parse(absl::StrCat("AUDIENCE_", absl::AsciiStrToUpper(name)), &audience)) {
      return false;
    }
    request->add_audiences(audience);
  }
  return true;
}

int SearchOffers(const CommandLine& line, Session& session) {
  catalogue::SearchOffersRequest request;
  request.set_query(WordsOf(line));
  Fill(line.Values("department"), request.mutable_departments());
  Fill(line.Values("sector"), request.mutable_sectors());
  Fill(line.Values("profession"), request.mutable_professions());
  Fill(line.Values("company"), request.mutable_companies());
  request.set_from(line.Value("from"));
  request.set_to(line.Value("to"));
  request.set_order_by(line.Value("order"));
  request.set_available_only(line.Has("available"));
  request.set_accessible_only(line.Has("accessible"));
  if (!FillPage(line, &request)) return session.Misuse("--limit attend un nombre, 1 ou plus");
  if (!FillPoint(line, &request))
    return session.Misuse("--near attend un point comme 48.7,-0.5, --radius des kilomètres");
  if (!FillAudiences(line, &request)) {
    return session.Misuse(
        "--audience : QUATRIEME, TROISIEME, SECONDE, LYCEE, STUDENT, APPRENTICE ou ADULT");
  }
  catalogue::SearchOffersResponse found;
  const auto stub = catalogue::CatalogueService::NewStub(session.channel());
  if (!session.Call([&](auto* context) { return stub->SearchOffers(context, request, &found); })) {
    return kRefused;
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
  request.set_query(WordsOf(line));
  Fill(line.Values("sector"), request.mutable_sectors());
  Fill(line.Values("interest"), request.mutable_interests());
  Fill(line.Values("riasec"), request.mutable_riasec());
  if (!FillPage(line, &request)) return session.Misuse("--limit attend un nombre, 1 ou plus");
  catalogue::SearchProfessionsResponse found;
  const auto stub = catalogue::CatalogueService::NewStub(session.channel());
  if (!session.Call(
          [&](auto* context) { return stub->SearchProfessions(context, request, &found); })) {
    return kRefused;
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
  request.set_query(WordsOf(line));
  Fill(line.Values("department"), request.mutable_departments());
  Fill(line.Values("profession"), request.mutable_professions());
  Fill(line.Values("sector"), request.mutable_sectors());
  Fill(line.Values("company"), request.mutable_companies());
  for (const std::string& name : line.Values("format")) {
    type::MeetingFormat format{};
    if (!type::MeetingFormat_Parse(absl::StrCat("MEETING_FORMAT_", absl::AsciiStrToUpper(name)),
                                   &format)) {
      return session.Misuse("--format : ON_SITE, PHONE ou VIDEO");
    }
    request.add_formats(format);
  }
  if (!FillPage(line, &request)) return session.Misuse("--limit attend un nombre, 1 ou plus");
  if (!FillPoint(line, &request))
    return session.Misuse("--near attend un point comme 48.7,-0.5, --radius des kilomètres");
  ambassador::SearchAmbassadorsResponse found;
  const auto stub = ambassador::AmbassadorService::NewStub(session.channel());
  if (!session.Call(
          [&](auto* context) { return stub->SearchAmbassadors(context, request, &found); })) {
    return kRefused;
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

}  // namespace

int Search(const CommandLine& line, Session& session) {
  const std::string what = line.words.empty() ? "" : line.words[0];
  if (what == "companies") return SearchCompanies(line, session);
  if (what == "offers") return SearchOffers(line, session);
  if (what == "professions") return SearchProfessions(line, session);
  if (what == "ambassadors") return SearchAmbassadors(line, session);
  return session.Misuse("search attend companies, offers, professions ou ambassadors");
}

int ListMeetings(const CommandLine& line, Session& session) {
  if (line.words.size() != 1) return session.Misuse("sessions attend ambassadors/…");
  ambassador::ListSessionsRequest request;
  request.set_parent(line.words[0]);
  request.set_from(line.Value("from"));
  request.set_to(line.Value("to"));
  if (!FillPage(line, &request)) return session.Misuse("--limit attend un nombre, 1 ou plus");
  ambassador::ListSessionsResponse found;
  const auto stub = ambassador::AmbassadorService::NewStub(session.channel());
  if (!session.Call([&](auto* context) { return stub->ListSessions(context, request, &found); })) {
    return kRefused;
  }
  if (session.json()) return session.WriteJson(found);
  Table table({"début", "fin", "places", "comment", "session"});
  for (const auto& meeting : found.sessions()) {
    table.Add({TimeText(meeting.start_time()), TimeText(meeting.end_time()),
               absl::StrCat(meeting.available(), "/", meeting.capacity()),
               FormatText(meeting.format()), meeting.name()});
  }
  table.Write(session.out());
  if (!found.next_page_token().empty()) {
    session.out() << "suite : --page-token " << found.next_page_token() << "\n";
  }
  return kDone;
}

}  // namespace dm::gateway::cli
