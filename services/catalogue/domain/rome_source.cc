#include "services/catalogue/domain/rome_source.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace dm::catalogue {

std::string RomeAttribution(absl::string_view version, std::optional<absl::CivilDay> published) {
  if (version.empty()) return "";
  std::string line = absl::StrCat("Source : France Travail, ROME 4.0 version ", version);
  if (published.has_value()) {
    absl::StrAppendFormat(&line, " du %02d/%02d/%04d", published->day(), published->month(),
                          published->year());
  }
  return line;
}

}  // namespace dm::catalogue
