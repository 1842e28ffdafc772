#include "services/gateway/cli/offer_lines.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "common/time/clock.h"
#include "services/gateway/cli/french.h"

#include <vector>

namespace dm::gateway::cli {
namespace {

namespace pb = destinationmetier::catalogue::v1;

std::string Cell(absl::string_view text) {
  std::string cell(text);
  // A spreadsheet would run what begins so as a formula, and companies write these texts.
  if (!cell.empty() && absl::string_view("=+-@\t\r").find(cell[0]) != absl::string_view::npos) {
    cell.insert(cell.begin(), '\'');
  }
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  return absl::StrCat("\"", absl::StrReplaceAll(cell, {{"\"", "\"\""}}), "\"");
}

std::string Line(const std::vector<std::string>& cells) {
  return absl::StrCat(absl::StrJoin(cells, ",",
                                    [](std::string* out, const std::string& cell) {
                                      absl::StrAppend(out, Cell(cell));
                                    }),
                      "\n");
}

std::string Moment(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%d %H:%M", absl::FromUnixSeconds(time.seconds()), ParisTimeZone());
}

std::string YesNo(bool yes) { return yes ? "oui" : "non"; }

}  // namespace

std::string CsvHeading() {
  return Line({"offre", "titre", "entreprise", "siret", "métier", "rome", "publics", "code postal",
               "commune", "département", "accessible", "session", "début", "fin", "places",
               "places libres"});
}

std::string CsvLines(const pb::Offer& offer) {
  const std::vector<std::string> common = {
      offer.name(),
      offer.title(),
      offer.company_display_name(),
      std::string(absl::StripPrefix(offer.company(), "companies/")),
      offer.profession_display_name(),
      std::string(absl::StripPrefix(offer.profession(), "professions/")),
      AudiencesText(offer.audiences()),
      offer.place().postal_code(),
      offer.place().commune(),
      offer.place().department(),
      YesNo(offer.accessible())};
  std::string lines;
  const auto add = [&](const std::vector<std::string>& session) {
    std::vector<std::string> cells = common;
    cells.insert(cells.end(), session.begin(), session.end());
    absl::StrAppend(&lines, Line(cells));
  };
  for (const pb::Session& session : offer.sessions()) {
    add({session.name(), Moment(session.start_time()), Moment(session.end_time()),
         absl::StrCat(session.capacity()), absl::StrCat(session.available())});
  }
  if (offer.sessions().empty()) add({"", "", "", "", ""});
  return lines;
}

}  // namespace dm::gateway::cli
