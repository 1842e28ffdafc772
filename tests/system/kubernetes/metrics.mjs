// What processes tell Prometheus.

// The text of /metrics: name to {type, labels: Map of name to set of values}, added to `metrics`.
export function addMetrics(text, metrics) {
  for (const [, name, type] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    if (!metrics.has(name)) metrics.set(name, { type, labels: new Map() });
  }
  for (const [, series, labels = ''] of text.matchAll(/^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? /gm)) {
    const metric = metrics.get(series) ?? metrics.get(series.replace(/_(bucket|sum|count)$/, ''));
    for (const [, label, value] of labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) {
      if (label === 'le') continue;
      if (!metric.labels.has(label)) metric.labels.set(label, new Set());
      metric.labels.get(label).add(value);
    }
  }
  return metrics;
}
