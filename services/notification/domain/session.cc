#include "services/notification/domain/session.h"

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
