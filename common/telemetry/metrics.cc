#include "common/telemetry/metrics.h"

namespace dm::telemetry {

std::shared_ptr<prometheus::Registry> Metrics() {
  static auto* const registry =
      new std::shared_ptr<prometheus::Registry>(std::make_shared<prometheus::Registry>());
  return *registry;
}

prometheus::Counter& CounterOf(const std::string& name, const std::string& help,
                               const Labels& labels) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(*Metrics()).Add(labels);
}

prometheus::Gauge& GaugeOf(const std::string& name, const std::string& help, const Labels& labels) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(*Metrics()).Add(labels);
}

prometheus::Histogram& SizesOf(const std::string& name, const std::string& help,
                               const Labels& labels) {
  static const prometheus::Histogram::BucketBoundaries kNumbers = {1,  2,   4,   8,   16,  32,
                                                                   64, 128, 256, 512, 1024};
  return prometheus::BuildHistogram()
      .Name(name)
      .Help(help)
      .Register(*Metrics())
      .Add(labels, kNumbers);
}

prometheus::Histogram& LatencyOf(const std::string& name, const std::string& help,
                                 const Labels& labels) {
  static const prometheus::Histogram::BucketBoundaries kSeconds = {
      0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
      0.05,   0.1,     0.25,   0.5,   1,      2.5,   5,    10};
  return prometheus::BuildHistogram()
      .Name(name)
      .Help(help)
      .Register(*Metrics())
      .Add(labels, kSeconds);
}

}  // namespace dm::telemetry
