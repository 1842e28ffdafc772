// The operator's scripts, with a kubectl that writes down what it is asked for and answers as it is
// told.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { KUBERNETES } from './overlays.mjs';

// `kustomize` is the real one. JOBS: what `get jobs` says. PRESENT: names of the Secrets that
// exist.
const KUBECTL = `#!/usr/bin/env bash
[ "$1" != kustomize ] || exec "$REAL" "$@"
printf '%s\\n' "$*" >>"$CALLS"
[ "\${1:-}" != --namespace ] || shift 2
case "$1 $2" in
  "get jobs") printf '%s\\n' "$JOBS" ;;
  "get pods") echo pod/postgres-2 ;;
  "get secret") ! grep -qw -- "$3" <<<"$PRESENT" || echo "secret/$3" ;;
  "exec -i") cat >"$CALLS.input" ;;
  "create secret")
    for word in "$@"; do
      file=\${word#--from-file=}
      [ "$word" = "$file" ] || printf '%s/%s %s\\n' "$4" "$(basename "$file")" "$(cat "$file")" >>"$CALLS.secrets"
    done ;;
esac
`;

function withKubectl(body) {
  const folder = mkdtempSync(join(tmpdir(), 'dm-scripts.'));
  try {
    const real = spawnSync('sh', ['-c', 'command -v kubectl'], { encoding: 'utf8' }).stdout.trim();
    writeFileSync(join(folder, 'kubectl'), KUBECTL, { mode: 0o755 });
    const calls = join(folder, 'calls');
    writeFileSync(calls, '');
    return body({
      folder,
      run: (script, words, variables = {}) =>
        spawnSync(join(KUBERNETES, script), words, {
          encoding: 'utf8',
          timeout: 60_000,
          env: {
            PATH: `${folder}:/usr/local/bin:/usr/bin:/bin`,
            REAL: real,
            CALLS: calls,
            ...variables,
          },
        }),
      calls: () =>
        readFileSync(calls, 'utf8')
          .trim()
          .split('\n')
          .filter((one) => one !== ''),
      read: (name) => readFileSync(`${calls}.${name}`, 'utf8'),
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const PRODUCTION = join(KUBERNETES, 'overlays/production');
const stepsOf = (calls) =>
  calls
    .map(
      (one) =>
        [
          [/^apply .*notin \(service, migration\)/, 'foundation'],
          [/wait .*postgres$/, 'await PostgreSQL'],
          [/exec -i pod\/postgres-2/, 'roles'],
          [/delete jobs/, 'delete jobs'],
          [/^apply .*component=migration/, 'migrate'],
          [/get jobs/, 'look'],
          [/^apply .*component=service/, 'services'],
          [/rollout status/, 'await'],
          [/ logs /, 'logs'],
        ].find(([pattern]) => pattern.test(one))?.[1],
    )
    .filter((one) => one !== undefined);

const differs = (what, got, wanted) =>
  JSON.stringify(got) === JSON.stringify(wanted) ? [] : [`${what}: ${JSON.stringify(got)}`];

export const rollOutInOrder = () =>
  withKubectl(({ run, calls, read }) => {
    const done = run('roll-out', [PRODUCTION], {
      JOBS: 'migrate-booking Complete\nmigrate-gateway Complete',
    });
    const roles = readFileSync(join(KUBERNETES, '../database/roles.sql'), 'utf8');
    return [
      ...differs('exit code', done.status, 0),
      ...differs('steps', stepsOf(calls()), [
        'foundation',
        'await PostgreSQL',
        'roles',
        'delete jobs',
        'migrate',
        'look',
        'services',
        'await',
        'await',
        'await',
        'await',
        'await',
      ]),
      ...(read('input') === roles ? [] : ['other roles than those of deploy/database/roles.sql']),
    ];
  });

export const failedMigrationStops = () =>
  withKubectl(({ run, calls }) => {
    const done = run('roll-out', [PRODUCTION], {
      JOBS: 'migrate-booking Failed\nmigrate-gateway Complete',
    });
    return [
      ...differs('exit code', done.status, 1),
      ...differs('steps', stepsOf(calls()), [
        'foundation',
        'await PostgreSQL',
        'roles',
        'delete jobs',
        'migrate',
        'look',
        'logs',
      ]),
      ...(done.stderr.includes('the services were left as they are') ? [] : ['does not say so']),
    ];
  });

export const rollBackMigratesNothing = () =>
  withKubectl(({ run, calls }) => [
    ...differs('exit code', run('roll-out', ['--back', PRODUCTION]).status, 0),
    ...differs('steps', stepsOf(calls()), [
      'foundation',
      'services',
      'await',
      'await',
      'await',
      'await',
      'await',
    ]),
  ]);

export const unknownOverlayIsRefused = () =>
  withKubectl(({ run, calls }) => [
    ...differs('exit code', run('roll-out', ['/nowhere']).status, 2),
    ...differs('calls', calls(), []),
  ]);

const GIVEN = {
  smtp: ['password'],
  'oidc-client': ['secret'],
  'backup-store': ['access-key-id', 'secret-access-key'],
};

// "name/key" of each Secret that the script makes, to its value.
export const madeSecrets = () =>
  withKubectl(({ folder, run, read }) => {
    for (const [name, keys] of Object.entries(GIVEN)) {
      for (const key of keys) {
        const file = join(folder, 'given', name, key);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, `given-${name}-${key}`);
      }
    }
    const done = run('secrets', [join(folder, 'given')]);
    if (done.status !== 0) throw new Error(`secrets failed: ${done.stderr}`);
    return new Map(
      read('secrets')
        .trim()
        .split('\n')
        .map((one) => one.split(' ')),
    );
  });

export function secretValueComplaints(made) {
  const complaints = [];
  const random = [...made].filter(([name]) => /(^|-)key(-\w+)?\/key$|^postgres-.*\/password$/.test(name));
  for (const [name, value] of random) {
    if (!/^[0-9a-f]{64}$/.test(value)) complaints.push(`${name} is not 32 random bytes`);
  }
  if (new Set(random.map(([, value]) => value)).size !== random.length)
    complaints.push('two are equal');
  if (random.length !== 16) complaints.push(`${random.length} random ones, not 16`);
  if (made.get('postgres-dm-booking-owner/username') !== 'dm_booking_owner') {
    complaints.push('the password of booking’s owner has another user');
  }
  if (made.get('smtp/password') !== 'given-smtp-password')
    complaints.push('the mail password is lost');
  return complaints;
}

export const presentSecretsStay = () =>
  withKubectl(({ run, calls }) => {
    const services = ['catalogue', 'ambassador', 'booking', 'notification', 'gateway'];
    const present = [
      ...['catalogue', 'ambassador', 'booking', 'partners'].map((one) => `page-token-key-${one}`),
      'session-key',
      'postgres-dm-backup',
      ...Object.keys(GIVEN),
      ...services.flatMap((one) => [`postgres-dm-${one}`, `postgres-dm-${one}-owner`]),
    ];
    const done = run('secrets', [], { PRESENT: present.join('\n') });
    return [
      ...differs('exit code', done.status, 0),
      ...calls()
        .filter((one) => !/ get secret /.test(one))
        .map((one) => `changes something: ${one}`),
    ];
  });

export const missingGiftsAreNamed = () =>
  withKubectl(({ run }) => {
    const done = run('secrets', []);
    return [
      ...differs('exit code', done.status, 1),
      ...Object.entries(GIVEN)
        .flatMap(([name, keys]) => keys.map((key) => `${name}/${key}`))
        .filter((one) => !done.stderr.includes(one))
        .map((one) => `${one} is not named`),
    ];
  });
