// Checks every overlay of deploy/kubernetes: against the published schemas, against Pod Security
// "restricted", against the programs that were built. Then lets faults into what was built, each of
// which must be found, and starts the whole suite as the manifests say.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from 'yaml';

import { callComplaints, webhookNetworkComplaints } from './calls.mjs';
import { doorComplaints } from './door.mjs';
import { addMetrics } from './metrics.mjs';
import * as callFaults from './faults/calls.mjs';
import * as formFaults from './faults/form.mjs';
import * as podFaults from './faults/pod_security.mjs';
import * as programFaults from './faults/programs.mjs';
import * as queryFaults from './faults/queries.mjs';
import { imageComplaints } from './images.mjs';
import {
  build,
  kustomizations,
  named,
  newerThanDebian,
  ofKind,
  overlayNames,
  ROOT,
} from './overlays.mjs';
import { committedSecretComplaints, podSecurityComplaints } from './pod_security.mjs';
import {
  agreementComplaints,
  knownOptions,
  metricsInCode,
  neighbourComplaints,
  optionComplaints,
  SERVICES,
  sourceFiles,
} from './programs.mjs';
import { alertComplaints, anchorsOf, promqlComplaints } from './promql.mjs';
import { Report } from './report.mjs';
import { health, RunningSuite } from './running.mjs';
import { schemaComplaints } from './schemas.mjs';
import { secretComplaints } from './secrets.mjs';
import * as scripts from './scripts.mjs';

const RUN_AS = 'production';
const PAGE = 'deploy/kubernetes/README.md';

const fileOf = (path) => readFileSync(join(ROOT, path), 'utf8');

// A metric that the code makes when something first happens: its labels are not known yet.
const ANYTHING = { has: () => true };
const unseen = (name) => ({
  isUnseen: true,
  type: name.endsWith('_total') ? 'counter' : 'gauge',
  labels: { has: () => true, get: () => ANYTHING, [Symbol.iterator]: () => [][Symbol.iterator]() },
});

function missing() {
  const absent = ['kubectl', 'nginx', 'openssl', 'psql', 'setpriv'].filter(
    (one) => spawnSync('sh', ['-c', `command -v ${one}`]).status !== 0,
  );
  if (!process.env.DM_BUILD_DIR) absent.push('DM_BUILD_DIR');
  return absent;
}

// PostgreSQL with the patch that makes it anew out of its backups.
function restored(objects) {
  const patch = parse(fileOf('deploy/kubernetes/components/postgres/restore.yaml'));
  const cluster = structuredClone(named(objects, patch.kind, patch.metadata.name));
  const {
    bootstrap: { recovery },
    ...rest
  } = patch.spec;
  Object.assign(cluster.spec, rest, { bootstrap: { recovery } });
  return cluster;
}

async function eachFault(report, suite, table, objects, check) {
  for (const [name, [change, expected]] of Object.entries(table)) {
    await report.check(suite, `finds ${name}`, async () => {
      const changed = structuredClone(objects);
      change(changed);
      const complaints = await check(changed);
      return complaints.some((one) => expected.test(one))
        ? []
        : [`not found; what was: ${complaints.slice(0, 5).join('; ') || 'nothing'}`];
    });
  }
}

async function runSuite(report, objects) {
  const metrics = new Map();
  const suite = new RunningSuite(objects);
  try {
    await report.check('running', 'migrates, starts and is ready', async () => {
      await suite.start();
      return [];
    });
    await report.check('running', 'answers its probes', async () => {
      const complaints = [];
      for (const service of SERVICES) {
        for (const name of ['liveness', 'readiness', '']) {
          const state = await health(suite.portOf(service, 'health-listen'), name);
          if (state !== 'SERVING') complaints.push(`${service}: ${name} is ${state}`);
        }
        const other = await health(suite.portOf(service, 'health-listen'), 'booking');
        if (other !== 'NOT_FOUND') complaints.push(`${service}: an unknown name is ${other}`);
      }
      return complaints;
    });
    await report.check('running', 'answers people through all of it', async () => {
      const answer = await fetch(
        `http://127.0.0.1:${suite.portOf('gateway', 'http-listen')}/v1/sectors`,
      );
      return answer.status === 200 ? [] : [`/v1/sectors: ${answer.status} ${await answer.text()}`];
    });
    await report.check('running', 'finds its roles in PostgreSQL', () => {
      const roles = suite.rolesOfPostgres();
      return ofKind(objects, 'Cluster')
        .flatMap((one) => one.spec.managed.roles)
        .filter((one) => !roles.includes(one.name))
        .map((one) => `roles.sql makes no ${one.name}`);
    });
    await report.check('running', 'tells its metrics', async () => {
      for (const service of SERVICES) addMetrics(await suite.metricsOf(service), metrics);
      return metrics.size > 30 ? [] : [`only ${metrics.size}`];
    });
    await report.check('running', 'stops cleanly', async () =>
      Object.entries(await suite.stop())
        .filter(([, code]) => code !== 0)
        .map(([service, code]) => `${service} ended with ${code}`),
    );
  } finally {
    await suite.close();
  }
  for (const name of metricsInCode(sourceFiles())) {
    if (!metrics.has(name)) metrics.set(name, unseen(name));
  }
  return metrics;
}

// What every overlay is asked: what it should be, who looks, and the faults that must be found.
function checksWith({ known, made, metrics }) {
  const dockerfile = fileOf('deploy/docker/Dockerfile');
  const webhooks = fileOf('services/notification/domain/webhook.cc');
  const page = fileOf(PAGE);
  const pages = (file) => (file === PAGE ? anchorsOf(page) : undefined);
  return [
    ['schemas', 'is what the schemas allow', schemaComplaints, formFaults.SCHEMA_FAULTS],
    ['restricted', 'is restricted', podSecurityComplaints, podFaults.POD_SECURITY_FAULTS],
    ['secrets', 'holds no secret', committedSecretComplaints, formFaults.COMMITTED_SECRET_FAULTS],
    [
      'secrets',
      'mounts Secrets that are made',
      (objects) => secretComplaints(objects, new Set(made.keys()), page),
      programFaults.SECRET_FAULTS,
    ],
    [
      'images',
      'is of images that are made',
      (objects) => imageComplaints(objects, dockerfile),
      programFaults.IMAGE_FAULTS,
    ],
    [
      'options',
      'gives programs options that they take',
      optionComplaints,
      programFaults.OPTION_FAULTS,
    ],
    [
      'agreement',
      'agrees with the programs',
      (objects) => agreementComplaints(objects, known),
      programFaults.AGREEMENT_FAULTS,
    ],
    [
      'neighbours',
      'agrees with their neighbours',
      neighbourComplaints,
      programFaults.NEIGHBOUR_FAULTS,
    ],
    ['door', 'has a door that nginx opens', doorComplaints, programFaults.DOOR_FAULTS],
    [
      'calls',
      'allows the calls that exist, no others',
      (objects) => callComplaints(objects, known),
      callFaults.CALL_FAULTS,
    ],
    [
      'calls',
      'keeps webhooks out of inner networks',
      (objects) => webhookNetworkComplaints(objects, webhooks),
      callFaults.WEBHOOK_FAULTS,
    ],
    [
      'promql',
      'asks for metrics that exist',
      (objects) => promqlComplaints(objects, metrics),
      queryFaults.PROMQL_FAULTS,
    ],
    [
      'alerts',
      'has alerts that say what to do',
      (objects) => alertComplaints(objects, pages, fileOf('README.md')),
      queryFaults.ALERT_FAULTS,
    ],
  ];
}

async function checkScripts(report, made) {
  const cases = {
    'roll-out goes in order': scripts.rollOutInOrder,
    'roll-out stops at a failed migration': scripts.failedMigrationStops,
    'roll-out back migrates nothing': scripts.rollBackMigratesNothing,
    'roll-out refuses what is no overlay': scripts.unknownOverlayIsRefused,
    'secrets are random': () => scripts.secretValueComplaints(made),
    'secrets that are there stay': scripts.presentSecretsStay,
    'secrets of others are asked for': scripts.missingGiftsAreNamed,
  };
  for (const [name, body] of Object.entries(cases)) await report.check('scripts', name, body);
}

async function checkKustomize(report) {
  await report.check('kustomize', 'is that of Debian 12', () => newerThanDebian(kustomizations()));
  for (const [name, [text, expected]] of Object.entries(formFaults.KUSTOMIZE_FAULTS)) {
    await report.check('kustomize', `finds ${name}`, () =>
      newerThanDebian([['x', text]]).some((one) => expected.test(one)) ? [] : ['not found'],
    );
  }
}

async function main() {
  const absent = missing();
  if (absent.length > 0) {
    console.log(`skipped: there is no ${absent.join(', ')}`);
    return process.env.CI ? 1 : 77;
  }
  const report = new Report('system_kubernetes');
  const overlays = new Map(overlayNames().map((one) => [one, build(one)]));
  const production = overlays.get(RUN_AS);
  const made = scripts.madeSecrets();
  const metrics = await runSuite(report, production);
  const checks = checksWith({ known: knownOptions(), made, metrics });
  for (const [overlay, objects] of overlays) {
    await report.check(overlay, 'has all five services', () =>
      SERVICES.filter((one) => named(objects, 'Deployment', one) === undefined),
    );
    for (const [, what, check] of checks) await report.check(overlay, what, () => check(objects));
  }
  await report.check(RUN_AS, 'can be restored', () => schemaComplaints([restored(production)]));
  for (const [suite, , check, table] of checks) {
    await eachFault(report, suite, table, production, check);
  }
  await checkKustomize(report);
  await checkScripts(report, made);
  return report.finish();
}

process.exit(await main());
