// Faults in alerts and dashboard.
import { named, ofKind } from '../overlays.mjs';

const inAlert = (alert, change) => (objects) => {
  const rules = ofKind(objects, 'PrometheusRule').flatMap((one) => one.spec.groups[0].rules);
  const rule = rules.find((one) => one.alert === alert);
  if (rule === undefined) throw new Error(`the fixture is out of date: there is no ${alert}`);
  change(rule);
};

const query = (alert, expr) =>
  inAlert(alert, (rule) => {
    rule.expr = expr;
  });

export const PROMQL_FAULTS = {
  'half a query': [
    query('MailsLate', 'max(dm_notification_oldest_ready_seconds > 600'),
    /is not PromQL/,
  ],
  'no query': [query('MailsLate', 'rate(for mails)'), /is not PromQL/],
  'a metric that nobody tells': [
    query('MailsLate', 'max(dm_mail_age_seconds) > 600'),
    /nobody tells dm_mail_age_seconds/,
  ],
  'a label that is not there': [
    query('CallsFail', 'rate(grpc_server_handled_total{code="INTERNAL"}[5m]) > 1'),
    /has no label code/,
  ],
  'a value that never comes': [
    query(
      'CallsFail',
      'rate(grpc_server_handled_total{grpc_code=~"INTERNAL|Unavailable"}[5m]) > 1',
    ),
    /grpc_code is never "Unavailable"/,
  ],
  'a sum by what is not there': [
    query('CallsFail', 'sum by (method) (rate(grpc_server_handled_total[5m])) > 1'),
    /groups by method/,
  ],
  'the rate of a gauge': [
    query('MailsLate', 'rate(dm_notification_oldest_ready_seconds[5m]) > 1'),
    /is no counter/,
  ],
  'the height of a counter': [
    query('CallsFail', 'grpc_server_handled_total > 100'),
    /is a counter/,
  ],
  'a quantile without buckets': [
    query('CallsSlow', 'histogram_quantile(0.9, rate(grpc_server_handling_seconds_sum[5m])) > 1'),
    /has no buckets/,
  ],
  'a panel of what nobody tells': [
    (o) => {
      const map = named(o, 'ConfigMap', 'dashboard');
      map.data['dashboard.json'] = map.data['dashboard.json'].replace(
        'dm_ledger_refusals_total',
        'dm_no',
      );
    },
    /nobody tells dm_no/,
  ],
};

export const ALERT_FAULTS = {
  'a section that is not there': [
    inAlert('MailsLate', (rule) => {
      rule.annotations.runbook_url = 'deploy/kubernetes/README.md#mail';
    }),
    /nothing is at deploy\/kubernetes\/README.md#mail/,
  ],
  'no runbook': [
    inAlert('MailsLate', (rule) => {
      delete rule.annotations.runbook_url;
    }),
    /nothing is at/,
  ],
  'no severity': [
    inAlert('MailsLate', (rule) => {
      rule.labels = {};
    }),
    /how bad/,
  ],
  'no summary': [
    inAlert('MailsLate', (rule) => {
      rule.annotations.summary = '';
    }),
    /no summary/,
  ],
  'an alert that nobody explained': [
    inAlert('MailsLate', (rule) => {
      rule.alert = 'MailsVeryLate';
    }),
    /MailsVeryLate: the README's table/,
  ],
  'the same name twice': [
    inAlert('MailsLate', (rule) => {
      rule.alert = 'CallsFail';
    }),
    /twice/,
  ],
};
