#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/errors/error.h"

#include <optional>
#include <string>
#include <vector>

// What a search may ask for. Each function adds every violation that it finds; the field is named
// as the request spells it.
namespace dm::catalogue {

constexpr size_t kLongestQuery = 200;
constexpr size_t kMostCodes = 50;
constexpr size_t kMostDepartments = 20;
constexpr size_t kMostRiasecLetters = 6;
constexpr double kGreatestRadiusKm = 300;

// At most 200 characters, none of them a control character.
void CheckQuery(absl::string_view query, Violations& violations);

void CheckPageSize(int page_size, Violations& violations);

// At most 50 codes of the shape that ROME gives sectors and interests.
void CheckListCodes(absl::string_view field, const std::vector<std::string>& codes,
                    Violations& violations);

// At most 20 codes, each of a département that exists.
void CheckDepartments(const std::vector<std::string>& codes, Violations& violations);

void CheckRomeCodes(const std::vector<std::string>& codes, Violations& violations);

void CheckSirets(const std::vector<std::string>& sirets, Violations& violations);

// At most 10 codes of ISO 639-1.
void CheckLanguages(const std::vector<std::string>& codes, Violations& violations);

void CheckRiasec(const std::vector<std::string>& letters, Violations& violations);

// A point is whole (latitude, longitude, radius) or absent.
void CheckPoint(std::optional<double> latitude, std::optional<double> longitude,
                std::optional<double> radius_km, Violations& violations);

// "YYYY-MM-DD" or empty; `to` is not before `from`.
void CheckDays(absl::string_view from, absl::string_view to, Violations& violations);

// All within a distance of a point, in degrees and km.
struct Around {
  double latitude = 0;
  double longitude = 0;
  double radius_km = 0;
};

enum class OfferOrder { kRelevance, kDate, kDistance };

// "name", "distance" or empty. Distance needs a point.
void CheckCompanyOrder(absl::string_view order, bool has_point, Violations& violations);

// Nine digits or empty.
void CheckSiren(absl::string_view siren, Violations& violations);

// "relevance", "date", "distance" or empty. Distance needs a point.
void CheckOrder(absl::string_view order, bool has_point, Violations& violations);

// The order of a request that passed CheckOrder.
OfferOrder OrderOf(absl::string_view order, bool has_query);

// The instants of the days of a request that passed CheckDays: the first that counts and the one
// after the last, in Paris.
struct Span {
  std::optional<absl::Time> from;
  std::optional<absl::Time> until;
};
Span SpanOf(absl::string_view from, absl::string_view to);

}  // namespace dm::catalogue
