// Faults in what Kubernetes is given, whatever the programs are.
import { named, ofKind } from '../overlays.mjs';
import { container, deployment, inOptions, podSpec } from './changes.mjs';

export const SCHEMA_FAULTS = {
  'a misspelt field': [
    (o) => {
      podSpec(o).enableServiceLink = false;
    },
    /enableServiceLink is not known/,
  ],
  'a field of another kind': [
    (o) => {
      deployment(o).spec.schedule = '* * * * *';
    },
    /spec\/schedule is not known/,
  ],
  'a misspelt field deep inside': [
    (o) => {
      container(o).startupProbe.grpc.services = 'liveness';
    },
    /services is not known/,
  ],
  'a text for a number': [
    (o) => {
      deployment(o).spec.minReadySeconds = 'five';
    },
    /integer/,
  ],
  'no selector': [
    (o) => {
      delete deployment(o).spec.selector;
    },
    /selector/,
  ],
  'no such kind': [
    (o) => {
      deployment(o).kind = 'Deploymant';
    },
    /no such kind/,
  ],
  'no such version': [
    (o) => {
      deployment(o).apiVersion = 'apps/v1beta9';
    },
    /no such kind/,
  ],
  'a misspelt field of a certificate': [
    (o) => {
      named(o, 'Certificate', 'booking').spec.dnsName = 'x';
    },
    /dnsName is not known/,
  ],
  'a misspelt field of PostgreSQL': [
    (o) => {
      named(o, 'Cluster', 'postgres').spec.postgresql.synchronus = {};
    },
    /synchronus is not known/,
  ],
  'a misspelt field of the backups': [
    (o) => {
      named(o, 'ObjectStore', 'postgres').spec.retention = '30d';
    },
    /retention is not known/,
  ],
  'a misspelt field of the store of backups': [
    (o) => {
      named(o, 'ObjectStore', 'postgres').spec.configuration.wal.encrypt = 'AES256';
    },
    /encrypt is not known/,
  ],
  'a misspelt field of an alert': [
    (o) => {
      ofKind(o, 'PrometheusRule')[0].spec.groups[0].rules[0].four = '5m';
    },
    /four is not known/,
  ],
  'a misspelt field of a monitor': [
    (o) => {
      ofKind(o, 'PodMonitor')[0].spec.podMetricsEndpoints[0].prt = 'x';
    },
    /prt is not known/,
  ],
};

export const COMMITTED_SECRET_FAULTS = {
  'a Secret': [
    (o) => o.push({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } }),
    /a secret is not committed/,
  ],
  'a password in a ConfigMap': [
    (o) => {
      ofKind(o, 'ConfigMap').find((one) => one.data.SMTP_URL).data.SMTP_PASSWORD = 'x';
    },
    /SMTP_PASSWORD looks like a secret/,
  ],
  'a key in a ConfigMap': [
    (o) => {
      ofKind(o, 'ConfigMap')[0].data.k = '-----BEGIN EC PRIVATE KEY-----';
    },
    /looks like a secret/,
  ],
  'a password in an argument': [
    inOptions('user=dm_booking', 'user=dm_booking password=hunter2'),
    /a secret in "--database=…"/,
  ],
};

export const KUSTOMIZE_FAULTS = {
  components: ['components: [../../components/pooler]', /knows no components/],
  replicas: ['replicas: [{name: booking, count: 2}]', /knows no replicas/],
  patches: ['patches: [{path: x.yaml}]', /knows no patches/],
  'a folder among the resources': ['resources: [../../base]', /one of the bases/],
};
