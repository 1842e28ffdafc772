#include "services/notification/domain/session.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace dm::notification {

absl::string_view SessionFormatName(SessionFormat format) {
  switch (format) {
    case SessionFormat::kOnSite:
      return "ON_SITE";
    case SessionFormat::kPhone:
      return "PHONE";
    case SessionFormat::kVideo:
      return "VIDEO";
  }
  return "";
}

SessionFormat ParseSessionFormat(absl::string_view name) {
  if (name == "PHONE") return SessionFormat::kPhone;
  if (name == "VIDEO") return SessionFormat::kVideo;
  return SessionFormat::kOnSite;
}

std::string SimilarSessionsQuery(const Session& session) {
  const bool offer = absl::StartsWith(session.name, "offers/");
  std::string query = absl::StrCat("door=", offer ? "offers" : "ambassadors");
  // Codes of letters and digits: nothing in them needs to be escaped.
  if (!session.profession.empty()) absl::StrAppend(&query, "&professions=", session.profession);
  if (!session.department.empty()) absl::StrAppend(&query, "&departments=", session.department);
  return query;
}

std::string WhereInWords(const Session& session) {
  switch (session.format) {
    case SessionFormat::kPhone:
      return "Par téléphone";
    case SessionFormat::kVideo:
      return "En visioconférence";
    case SessionFormat::kOnSite:
      break;
  }
  std::string where = session.company_display_name;
  for (const std::string& line :
       {session.street, session.postal_code.empty()
                            ? session.commune
                            : absl::StrCat(session.postal_code, " ", session.commune)}) {
    if (!line.empty()) absl::StrAppend(&where, where.empty() ? "" : ", ", line);
  }
  return where;
}

}  // namespace dm::notification
