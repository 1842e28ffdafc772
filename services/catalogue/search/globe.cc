#include "services/catalogue/search/globe.h"

#include <algorithm>
#include <cmath>

namespace dm::catalogue::search {
namespace {

constexpr double kEarthRadiusKm = 6371;

}  // namespace

GlobePoint GlobePoint::Of(double latitude, double longitude) {
  constexpr double kRadians = M_PI / 180;
  return {kEarthRadiusKm * std::cos(latitude * kRadians) * std::cos(longitude * kRadians),
          kEarthRadiusKm * std::cos(latitude * kRadians) * std::sin(longitude * kRadians),
          kEarthRadiusKm * std::sin(latitude * kRadians)};
}

double GlobePoint::ChordTo(const GlobePoint& other) const {
  return std::hypot(x - other.x, y - other.y, z - other.z);
}

double ChordOfArc(double km) { return 2 * kEarthRadiusKm * std::sin(km / (2 * kEarthRadiusKm)); }

double ArcBetween(double latitude, double longitude, double other_latitude,
                  double other_longitude) {
  const double chord =
      GlobePoint::Of(latitude, longitude).ChordTo(GlobePoint::Of(other_latitude, other_longitude));
  return 2 * kEarthRadiusKm * std::asin(std::min(1.0, chord / (2 * kEarthRadiusKm)));
}

int64_t Metres(double km) { return std::llround(km * 1000); }

}  // namespace dm::catalogue::search
