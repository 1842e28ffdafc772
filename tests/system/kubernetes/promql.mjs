// The queries of alerts and dashboard: whether they are PromQL, and whether they ask for what
// exists.
import { parser } from '@prometheus-io/lezer-promql';

import { named, ofKind } from './overlays.mjs';

// What others than our processes tell, by whom. Names and labels are those of their documentation.
const OTHERS = {
  up: 'gauge',
  // cert-manager
  certmanager_certificate_ready_status: 'gauge',
  // kube-state-metrics
  kube_pod_container_resource_limits: 'gauge',
  kube_job_status_failed: 'gauge',
  // the kubelet
  kubelet_volume_stats_available_bytes: 'gauge',
  kubelet_volume_stats_capacity_bytes: 'gauge',
  // CloudNativePG and its Barman Cloud plugin
  cnpg_collector_sync_replicas: 'gauge',
  cnpg_pg_replication_lag: 'gauge',
  cnpg_pg_stat_archiver_failed_count: 'counter',
  barman_cloud_cloudnative_pg_io_last_available_backup_timestamp: 'gauge',
};
// What Prometheus adds to every series of a pod, by deploy/kubernetes/components/monitoring.
const LABELS_OF_PODS = ['namespace', 'pod', 'container', 'job', 'instance', 'endpoint', 'service'];
// For counters alone, or what counts in a histogram.
const OF_COUNTERS = ['rate', 'irate', 'increase'];

// The queries of an overlay, with where they stand.
export function queriesOf(objects) {
  const queries = [];
  for (const { spec } of ofKind(objects, 'PrometheusRule')) {
    for (const rule of spec.groups.flatMap((group) => group.rules)) {
      queries.push({ where: rule.alert, text: rule.expr });
    }
  }
  for (const { title, targets } of panelsOf(objects)) {
    for (const target of targets ?? []) {
      const text = target.expr.replaceAll('$__rate_interval', '5m').replaceAll('$namespace', 'x');
      queries.push({ where: title, text });
    }
  }
  return queries;
}

export function panelsOf(objects) {
  const text = named(objects, 'ConfigMap', 'dashboard')?.data['dashboard.json'];
  return text === undefined ? [] : JSON.parse(text).panels;
}

// The parts of a query that ask for series: {name, matchers, labels (grouped by), functions
// (around)}.
function selectorsOf(text, complaints) {
  const selectors = [];
  const groupings = [];
  parser.parse(text).iterate({
    enter: ({ name, type, node, from, to }) => {
      if (type.isError) complaints.push(`is not PromQL at "${text.slice(from, from + 20)}"`);
      if (name === 'GroupingLabels') {
        groupings.push(
          ...text
            .slice(from + 1, to - 1)
            .split(',')
            .map((one) => one.trim()),
        );
      }
      if (name !== 'VectorSelector') return;
      const identifier = node.getChild('Identifier');
      selectors.push({
        name: identifier === null ? '' : text.slice(identifier.from, identifier.to),
        matchers: (node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []).map(
          (one) => text.slice(one.from, one.to).match(/^(\w+)\s*(=~|!~|!=|=)\s*"(.*)"$/s),
        ),
        functions: functionsAround(node, text),
      });
    },
  });
  return { selectors, groupings };
}

function functionsAround(node, text) {
  const names = [];
  for (let at = node.parent; at !== null; at = at.parent) {
    const called = at.name === 'FunctionCall' ? at.getChild('FunctionIdentifier') : null;
    if (called !== null) names.push(text.slice(called.from, called.to));
  }
  return names;
}

// The metric that a series belongs to: those of a histogram have names of their own.
function metricOf(name, metrics) {
  if (metrics.has(name)) return { name, ...metrics.get(name), part: '' };
  const [, base, part] = name.match(/^(.*)_(bucket|sum|count)$/) ?? [];
  const histogram = metrics.get(base);
  return histogram?.type === 'histogram' ? { name: base, ...histogram, part } : undefined;
}

// `metrics`: name to {type, labels: Map of name to set of values} of what our processes tell.
function queryComplaints(text, metrics) {
  const complaints = [];
  const { selectors, groupings } = selectorsOf(text, complaints);
  const labels = new Set(LABELS_OF_PODS);
  for (const { name, matchers, functions } of selectors) {
    const ours = metricOf(name, metrics);
    const type = OTHERS[name] ?? ours?.type;
    if (type === undefined) {
      complaints.push(`nobody tells ${name}`);
      continue;
    }
    const isCounter = type === 'counter' || ours?.part;
    const counted = functions.some((one) => OF_COUNTERS.includes(one));
    if (counted && !isCounter) complaints.push(`${name} is no counter`);
    if (!counted && isCounter) complaints.push(`${name} is a counter, whose value means nothing`);
    if (functions.includes('histogram_quantile') && ours?.part !== 'bucket') {
      complaints.push(`${name} has no buckets`);
    }
    if (ours === undefined) continue;
    for (const [label] of ours.labels) labels.add(label);
    if (ours.part === 'bucket') labels.add('le');
    matchers.forEach((one) =>
      matcherComplaints(name, one, ours).forEach((c) => complaints.push(c)),
    );
  }
  // Labels of what others tell, and of what nobody told yet, are not known.
  const known = selectors.every(
    ({ name }) => OTHERS[name] === undefined && !metrics.get(name)?.isUnseen,
  );
  for (const label of groupings.filter((one) => !labels.has(one) && known)) {
    complaints.push(`groups by ${label}, which no series has`);
  }
  return complaints;
}

function matcherComplaints(metric, matcher, { labels }) {
  if (matcher === null) return [`${metric}: a matcher that is not understood`];
  const [, label, operator, value] = matcher;
  if (LABELS_OF_PODS.includes(label)) return [];
  if (!labels.has(label)) return [`${metric} has no label ${label}`];
  const values = operator.endsWith('~') ? value.split('|') : [value];
  return values
    .filter((one) => !labels.get(label).has(one))
    .map((one) => `${metric}: ${label} is never "${one}"`);
}

export function promqlComplaints(objects, metrics) {
  const complaints = [];
  for (const { where, text } of queriesOf(objects)) {
    complaints.push(...queryComplaints(text, metrics).map((one) => `${where}: ${one}`));
  }
  return complaints;
}

// Every alert says how bad it is, what happened and where to read on; that place exists, and the
// README's table has it.
export function alertComplaints(objects, pages, readme) {
  const complaints = [];
  const rules = ofKind(objects, 'PrometheusRule')
    .flatMap((one) => one.spec.groups)
    .flatMap((group) => group.rules);
  if (rules.length === 0) complaints.push('there are no alerts');
  for (const { alert, labels, annotations } of rules) {
    if (!['page', 'ticket'].includes(labels?.severity)) complaints.push(`${alert}: how bad is it?`);
    if (!annotations?.summary) complaints.push(`${alert}: no summary`);
    const [file, anchor] = (annotations?.runbook_url ?? '').split('#');
    if (!new RegExp(`^\\|.*\\b${alert}\\b.*\\|`, 'm').test(readme)) {
      complaints.push(`${alert}: the README's table does not say what it asks for`);
    }
    if (!pages(file)?.includes(anchor))
      complaints.push(`${alert}: nothing is at ${file}#${anchor}`);
  }
  const names = rules.map((rule) => rule.alert);
  for (const name of names.filter((one, i) => names.indexOf(one) !== i)) {
    complaints.push(`${name}: twice`);
  }
  return complaints;
}

// The anchors that a page's headings get on the usual sites.
export const anchorsOf = (markdown) =>
  [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
