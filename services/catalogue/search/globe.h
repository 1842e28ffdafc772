#pragma once

#include <cstdint>

namespace dm::catalogue::search {

// A point of the globe in km from its centre: distances between points are then chords, which order
// as the arcs do.
struct GlobePoint {
  double x = 0;
  double y = 0;
  double z = 0;

  static GlobePoint Of(double latitude, double longitude);
  double ChordTo(const GlobePoint& other) const;
};

double ChordOfArc(double km);

// In km on the ground.
double ArcBetween(double latitude, double longitude, double other_latitude, double other_longitude);

// Whole metres: places are compared for equality.
int64_t Metres(double km);

}  // namespace dm::catalogue::search
