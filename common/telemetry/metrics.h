#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

// Metrics of this process, in Prometheus' words. Labels hold codes and names of methods, never ids
// of people or things: their number must stay small.
namespace dm::telemetry {

using Labels = std::map<std::string, std::string>;

// The process's registry. Lives for ever.
std::shared_ptr<prometheus::Registry> Metrics();

// The time series of that name and labels, made when first asked for. The reference is valid for
// ever and its use thread-safe; look it up once, not per call.
prometheus::Counter& CounterOf(const std::string& name, const std::string& help,
                               const Labels& labels = {});
prometheus::Gauge& GaugeOf(const std::string& name, const std::string& help,
                           const Labels& labels = {});
// Numbers of things, from 1 to 1024 by powers of two.
prometheus::Histogram& SizesOf(const std::string& name, const std::string& help,
                               const Labels& labels = {});
// Seconds, from 0.1 ms to 10 s.
prometheus::Histogram& LatencyOf(const std::string& name, const std::string& help,
                                 const Labels& labels = {});

}  // namespace dm::telemetry
