// The programs that were built, as the manifests would start them.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  argumentsOf,
  filesOf,
  named,
  ofKind,
  optionsOf,
  podsIn,
  ROOT,
  variablesOf,
} from './overlays.mjs';

export const SERVICES = ['catalogue', 'ambassador', 'booking', 'notification', 'gateway'];

// What the image of the gateway sets.
const IMAGE_VARIABLES = { gateway: { DM_PORTAL_FOLDER: '/usr/share/destinationmetier/portal' } };

export const environmentOf = (container, service, objects) => ({
  PATH: '/usr/bin:/bin',
  ...IMAGE_VARIABLES[service],
  ...variablesOf(container, objects),
});

export const programOf = (service) => join(process.env.DM_BUILD_DIR, 'bin', `dm-${service}`);

// Options whose names end as those of addresses do.
const NO_CALLS = ['public-url', 'grpc-connections-per-address'];

// The options of each program by name, as its --help tells them.
export function knownOptions() {
  const known = new Map();
  for (const service of SERVICES) {
    const help = spawnSync(programOf(service), ['--help'], { encoding: 'utf8' });
    if (help.status !== 0)
      throw new Error(`dm-${service} --help failed: ${help.error ?? help.stderr}`);
    const options = new Map();
    for (const [, name, , text] of help.stdout.matchAll(
      /^ {2}--(\S+) {2}\((DM_\w+)\)\n {6}(.*)$/gm,
    )) {
      options.set(name, {
        value: text.match(/ Default: (.*)\.$/)?.[1],
        isRequired: text.endsWith(' Required.'),
        isAddress: /-(address|url|listen)$|^listen$/.test(name) && !NO_CALLS.includes(name),
      });
    }
    known.set(service, options);
  }
  return known;
}

// Which program a container starts, undefined for one that is not ours.
export function serviceOf(container) {
  const image = container.image.match(/(?:^|\/)destinationmetier\/([^:@]+)/)?.[1];
  const command = container.command?.[0]?.match(/^\/usr\/local\/bin\/dm-(.+)$/)?.[1];
  return SERVICES.find((one) => one === (command ?? image));
}

const containersOfPrograms = (objects) =>
  podsIn(objects).flatMap(({ name, owner, pod }) =>
    pod.spec.containers
      .filter((one) => serviceOf(one) !== undefined)
      .map((container) => ({ name, owner, pod, container, service: serviceOf(container) })),
  );

// Each program is given its arguments and one that does not exist, so that it names every mistake
// and starts nothing: no other mistake may be among them.
export function optionComplaints(objects) {
  const complaints = [];
  for (const { name, container, service } of containersOfPrograms(objects)) {
    const run = spawnSync(
      programOf(service),
      [...argumentsOf(container, objects), '--no-such-option=1'],
      {
        encoding: 'utf8',
        timeout: 20_000,
        env: environmentOf(container, service, objects),
      },
    );
    const mistakes = run.stderr.trim().split('\n').slice(1);
    if (run.status !== 2 || !mistakes.includes('unknown option --no-such-option')) {
      complaints.push(`${name}: dm-${service} did not check its options: ${run.stderr}`);
    }
    for (const mistake of mistakes.filter((one) => !one.includes('--no-such-option'))) {
      complaints.push(`${name}: ${mistake}`);
    }
  }
  return complaints;
}

const portIn = (address) => Number(address?.split(':').pop());
const isLoopback = (address) => /^(127\.|localhost|\[::1\])/.test(address ?? '');
const secondsOf = (duration) => Number(duration.match(/^(\d+)s$/)?.[1] ?? NaN);

// Whether ports, probes, addresses, files and times agree with what the programs are told.
export function agreementComplaints(objects, known) {
  const complaints = [];
  for (const { name, owner, pod, container, service } of containersOfPrograms(objects)) {
    const options = optionsOf(container, objects);
    const say = (text) => complaints.push(`${name}: ${text}`);
    fileComplaints(pod, container, options).forEach(say);
    if (owner.kind === 'Job') continue;
    const value = (option) => options[option] ?? known.get(service).get(option)?.value;
    portComplaints(container, value).forEach(say);
    addressComplaints(options, objects).forEach(say);
    if (value('reflection') !== 'false') say('it tells its methods to who asks');
    const patience = secondsOf(value('stop-delay')) + secondsOf(value('drain-time')) + 10 + 5;
    if (!(pod.spec.terminationGracePeriodSeconds >= patience)) {
      say(`a stop takes up to ${patience} s, more than is waited for`);
    }
  }
  return complaints;
}

function portComplaints(container, value) {
  const complaints = [];
  const listens = ['listen', 'admin-listen', 'health-listen', 'http-listen']
    .map((option) => value(option))
    .filter((address) => address && !isLoopback(address))
    .map(portIn);
  const declared = (container.ports ?? []).map((port) => port.containerPort);
  for (const port of listens.filter((one) => !declared.includes(one))) {
    complaints.push(`port ${port} is listened on and not declared`);
  }
  for (const port of declared.filter((one) => !listens.includes(one))) {
    complaints.push(`port ${port} is declared and not listened on`);
  }
  const health = portIn(value('health-listen'));
  for (const kind of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
    const probe = container[kind]?.grpc;
    const service = kind === 'readinessProbe' ? 'readiness' : 'liveness';
    if (probe?.port !== health) complaints.push(`the ${kind} does not ask the health port`);
    else if (probe.service !== service) complaints.push(`the ${kind} does not ask for ${service}`);
  }
  return complaints;
}

function addressComplaints(options, objects) {
  const complaints = [];
  for (const [option, address] of Object.entries(options)) {
    const peer = option.match(/^(.*)-address$/)?.[1];
    if (!SERVICES.includes(peer)) continue;
    const service = named(objects, 'Service', address.match(/^dns:\/\/\/([^:]+):/)?.[1]);
    const target = podsIn(objects).find(
      ({ pod }) =>
        service !== undefined &&
        Object.entries(service.spec.selector).every(
          ([key, one]) => pod.metadata.labels[key] === one,
        ),
    );
    const port = service?.spec.ports.find((one) => one.port === portIn(address));
    const opened = target?.pod.spec.containers
      .flatMap((one) => one.ports ?? [])
      .find((one) => one.name === port?.targetPort || one.containerPort === port?.targetPort);
    if (service?.spec.clusterIP !== 'None') complaints.push(`--${option}: no headless Service`);
    else if (target?.owner.metadata.name !== peer) complaints.push(`--${option} leads elsewhere`);
    else if (
      portIn(optionsOf(target.pod.spec.containers[0], objects).listen) !== opened?.containerPort
    ) {
      complaints.push(`--${option}: ${peer} does not listen there`);
    }
  }
  return complaints;
}

// Every file that an option names is mounted, and no secret is mounted for nothing.
function fileComplaints(pod, container, options) {
  const complaints = [];
  const files = filesOf(pod, container);
  const rest = new Set(Object.keys(files));
  const use = (what, path) => {
    if (files[path] === undefined) complaints.push(`${what}: nothing is mounted at ${path}`);
    rest.delete(path);
  };
  for (const [option, value] of Object.entries(options)) {
    if (/-file$/.test(option)) use(`--${option}`, value);
    if (option === 'database') {
      const authority = value.match(/\bsslrootcert=(\S+)/)?.[1];
      if (!/\bsslmode=verify-full\b/.test(value)) complaints.push('--database: not verify-full');
      use('--database: sslrootcert', authority);
      const user = value.match(/\buser=(\S+)/)?.[1];
      const secret = files[options['database-password-file']]?.name;
      const wanted = `postgres-${user?.replaceAll('_', '-')}`;
      if (secret !== wanted)
        complaints.push(`the password of ${user} is in ${wanted}, not ${secret}`);
    }
  }
  for (const path of rest) complaints.push(`${path} is mounted for nothing`);
  return complaints;
}

// Whether what stands beside the programs (PostgreSQL, certificates, monitoring, numbers) knows
// them.
export function neighbourComplaints(objects) {
  const complaints = [];
  const roles = new Map(
    ofKind(objects, 'Cluster')
      .flatMap((one) => one.spec.managed.roles)
      .map((role) => [role.name, role]),
  );
  for (const { name, container, pod } of containersOfPrograms(objects)) {
    const options = optionsOf(container, objects);
    const [, user] = options.database.match(/\buser=(\S+)/);
    const secret = filesOf(pod, container)[options['database-password-file']]?.name;
    if (roles.get(user)?.passwordSecret?.name !== secret) {
      complaints.push(`${name}: PostgreSQL has another password of ${user}`);
    }
    const tls = filesOf(pod, container)[options['tls-certificate-file']]?.name;
    const certificate = ofKind(objects, 'Certificate').find((one) => one.spec.secretName === tls);
    const service = serviceOf(container);
    if (
      options['tls-certificate-file'] !== undefined &&
      certificate?.spec.dnsNames.filter((one) => [...SERVICES, 'edge'].includes(one)).join() !==
        service
    ) {
      complaints.push(`${name}: its certificate does not name ${service} alone`);
    }
  }
  for (const one of ofKind(objects, 'HorizontalPodAutoscaler')) {
    const { kind, name } = one.spec.scaleTargetRef;
    const target = named(objects, kind, name);
    if (target === undefined) complaints.push(`${one.metadata.name}: there is no ${kind} ${name}`);
    else if (target.spec.replicas !== undefined)
      complaints.push(`${name}: two say how many replicas`);
  }
  const selected = (selector) =>
    podsIn(objects).some(({ pod }) =>
      Object.entries(selector.matchLabels).every(
        ([key, value]) => pod.metadata.labels[key] === value,
      ),
    );
  for (const one of ofKind(objects, 'PodDisruptionBudget', 'Service')) {
    const selector =
      one.kind === 'Service' ? { matchLabels: one.spec.selector } : one.spec.selector;
    if (!selected(selector)) complaints.push(`${one.kind}/${one.metadata.name}: selects no pod`);
  }
  return complaints;
}

// Names of metrics in the code, for those that appear only once something happened.
export function metricsInCode(files) {
  const names = new Set();
  for (const file of files.filter((one) => /\.(cc|h)$/.test(one) && existsSync(one))) {
    for (const [, name] of readFileSync(file, 'utf8').matchAll(
      /(?:CounterOf|GaugeOf|LatencyOf)\(\s*"([a-z_]+)"/g,
    ))
      names.add(name);
  }
  return names;
}

export const sourceFiles = () =>
  spawnSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', 'common', 'services'],
    {
      cwd: ROOT,
      encoding: 'utf8',
    },
  )
    .stdout.trim()
    .split('\n')
    .map((one) => join(ROOT, one));
