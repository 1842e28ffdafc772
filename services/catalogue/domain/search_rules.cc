#include "services/catalogue/domain/search_rules.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/codes/official_codes.h"
#include "common/codes/siret.h"
#include "common/time/clock.h"
#include "services/catalogue/domain/offer_content.h"

#include <algorithm>
#include <cmath>

namespace dm::catalogue {
namespace {

size_t Characters(absl::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
  }));
}

bool HasControlCharacter(absl::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char byte) {
    const auto value = static_cast<unsigned char>(byte);
    return value < 0x20 || value == 0x7F;
  });
}

template <typename IsRight>
void CheckEach(absl::string_view field, const std::vector<std::string>& values, size_t most,
               IsRight is_right, absl::string_view expected, Violations& violations) {
  if (values.size() > most) violations.Add(field, absl::StrCat("at most ", most, " values"));
  for (size_t i = 0; i < std::min(values.size(), most); ++i) {
    if (!is_right(values[i])) {
      violations.Add(absl::StrCat(field, "[", i, "]"), absl::StrCat("must be ", expected));
    }
  }
}

void CheckCoordinate(absl::string_view field, std::optional<double> value, double greatest,
                     bool wanted, Violations& violations) {
  if (!value.has_value()) {
    if (wanted) violations.Add(field, "lat, lon and radius_km belong together");
  } else if (!std::isfinite(*value) || std::fabs(*value) > greatest) {
    violations.Add(field, absl::StrCat("must be between -", greatest, " and ", greatest));
  }
}

}  // namespace

void CheckQuery(absl::string_view query, Violations& violations) {
  if (Characters(query) > kLongestQuery) {
    violations.Add("query", absl::StrCat("at most ", kLongestQuery, " characters"));
  }
  if (HasControlCharacter(query)) violations.Add("query", "must not hold control characters");
}

void CheckPageSize(int page_size, Violations& violations) {
  if (page_size < 0) violations.Add("page_size", "must not be negative");
}

void CheckListCodes(absl::string_view field, const std::vector<std::string>& codes,
                    Violations& violations) {
  CheckEach(field, codes, kMostCodes, IsListCode, "a code of ROME", violations);
}

void CheckDepartments(const std::vector<std::string>& codes, Violations& violations) {
  CheckEach(
      "departments", codes, kMostDepartments,
      [](const std::string& code) { return !DepartmentName(code).empty(); },
      "the code of a département", violations);
}

void CheckRomeCodes(const std::vector<std::string>& codes, Violations& violations) {
  CheckEach("professions", codes, kMostCodes, IsRomeCode, "a ROME code: a letter and four digits",
            violations);
}

void CheckSirets(const std::vector<std::string>& sirets, Violations& violations) {
  CheckEach("companies", sirets, kMostCodes, IsSiret, "a SIRET of 14 digits", violations);
}

void CheckLanguages(const std::vector<std::string>& codes, Violations& violations) {
  CheckEach(
      "languages", codes, kMostLanguages,
      [](const std::string& code) {
        return code.size() == 2 && absl::ascii_islower(code[0]) && absl::ascii_islower(code[1]);
      },
      "a code of ISO 639-1: two small letters", violations);
}

void CheckRiasec(const std::vector<std::string>& letters, Violations& violations) {
  CheckEach(
      "riasec", letters, kMostRiasecLetters,
      [](const std::string& letter) {
        return letter.size() == 1 &&
               absl::string_view("RIASEC").find(letter[0]) != absl::string_view::npos;
      },
      "one of R, I, A, S, E, C", violations);
}

void CheckPoint(std::optional<double> latitude, std::optional<double> longitude,
                std::optional<double> radius_km, Violations& violations) {
  const bool wanted = latitude.has_value() || longitude.has_value() || radius_km.has_value();
  CheckCoordinate("lat", latitude, 90, wanted, violations);
  CheckCoordinate("lon", longitude, 180, wanted, violations);
  if (!radius_km.has_value()) {
    if (wanted) violations.Add("radius_km", "lat, lon and radius_km belong together");
  } else if (!(*radius_km > 0 && *radius_km <= kGreatestRadiusKm)) {
    violations.Add("radius_km", absl::StrCat("must be above 0 and at most ", kGreatestRadiusKm));
  }
}

void CheckDays(absl::string_view from, absl::string_view to, Violations& violations) {
  const auto first = ParseCivilDay(from);
  const auto last = ParseCivilDay(to);
  if (!from.empty() && !first.ok()) violations.Add("from", "must be a day as YYYY-MM-DD");
  if (!to.empty() && !last.ok()) violations.Add("to", "must be a day as YYYY-MM-DD");
  if (first.ok() && last.ok() && *last < *first) violations.Add("to", "must not be before from");
}

void CheckOrder(absl::string_view order, bool has_point, Violations& violations) {
  if (order.empty() || order == "date" || order == "relevance") return;
  if (order == "distance") {
    if (!has_point) violations.Add("order_by", "distance needs lat, lon and radius_km");
  } else {
    violations.Add("order_by", "must be relevance, date or distance");
  }
}

void CheckCompanyOrder(absl::string_view order, bool has_point, Violations& violations) {
  if (order.empty() || order == "name") return;
  if (order == "distance") {
    if (!has_point) violations.Add("order_by", "distance needs lat, lon and radius_km");
  } else {
    violations.Add("order_by", "must be name or distance");
  }
}

void CheckSiren(absl::string_view siren, Violations& violations) {
  constexpr size_t kDigits = 9;
  if (siren.empty()) return;
  if (siren.size() != kDigits || !std::all_of(siren.begin(), siren.end(), [](char letter) {
        return absl::ascii_isdigit(static_cast<unsigned char>(letter));
      })) {
    violations.Add("siren", "must be 9 digits");
  }
}

OfferOrder OrderOf(absl::string_view order, bool has_query) {
  if (order == "distance") return OfferOrder::kDistance;
  if (order == "date") return OfferOrder::kDate;
  // Without a query all are equally relevant.
  return has_query ? OfferOrder::kRelevance : OfferOrder::kDate;
}

Span SpanOf(absl::string_view from, absl::string_view to) {
  Span span;
  if (const auto first = ParseCivilDay(from); first.ok()) span.from = StartOfParisDay(*first);
  if (const auto last = ParseCivilDay(to); last.ok()) span.until = StartOfParisDay(*last + 1);
  return span;
}

}  // namespace dm::catalogue
