// Who may call whom: what the NetworkPolicies allow, against what the programs and the components
// that stand beside them do call.
import { named, ofKind, optionsOf, podsIn } from './overlays.mjs';

const OURS = 'destinationmetier';
const PORTS = [
  25, 53, 80, 443, 465, 587, 4317, 5432, 6443, 8000, 8080, 8081, 8443, 9090, 9091, 9092, 9187,
];

// Everybody who could call or be called: pods by their namespace and labels, others by an address.
function partiesOf(objects) {
  const parties = podsIn(objects).map(({ owner, pod }) => ({
    name: owner.metadata.name,
    namespace: OURS,
    labels: pod.metadata.labels ?? {},
    component: pod.metadata.labels?.['app.kubernetes.io/component'],
  }));
  for (const { metadata } of ofKind(objects, 'Cluster')) {
    parties.push({
      name: metadata.name,
      namespace: OURS,
      labels: { 'cnpg.io/cluster': metadata.name },
    });
  }
  for (const { metadata, spec } of ofKind(objects, 'Pooler')) {
    const labels = { 'cnpg.io/poolerName': metadata.name, ...spec.template?.metadata?.labels };
    parties.push({ name: metadata.name, namespace: OURS, labels });
  }
  const elsewhere = (name, namespace, labels) => parties.push({ name, namespace, labels });
  elsewhere('names', 'kube-system', { 'k8s-app': 'kube-dns' });
  elsewhere('prometheus', 'monitoring', { 'app.kubernetes.io/name': 'prometheus' });
  elsewhere('postgres-operator', 'cnpg-system', { 'app.kubernetes.io/name': 'cloudnative-pg' });
  elsewhere('collector', 'observability', { 'app.kubernetes.io/name': 'opentelemetry-collector' });
  elsewhere('cluster-gateway', 'gateway-system', {});
  elsewhere('stranger', 'elsewhere', { 'app.kubernetes.io/name': 'gateway' });
  elsewhere('stray', OURS, { 'app.kubernetes.io/name': 'stray' });
  const address = (name, policy) => {
    const block = named(objects, 'NetworkPolicy', policy)?.spec.egress?.[0]?.to?.[0]?.ipBlock;
    if (block !== undefined) parties.push({ name, address: block.cidr.split('/')[0] });
  };
  address('issuer', 'issuer');
  address('mail', 'mail');
  address('backup-store', 'backup-store');
  address('kubernetes-api', 'kubernetes-api');
  parties.push({ name: 'internet', address: '93.184.215.14' });
  parties.push({ name: 'internet-by-v6', address: '2606:2800:21f:cb07::1' });
  parties.push({ name: 'private-network', address: '10.11.12.13' });
  parties.push({ name: 'metadata-service', address: '169.254.169.254' });
  parties.push({ name: 'local-v6', address: 'fd00::1' });
  return parties;
}

function addressBits(text) {
  if (!text.includes(':')) {
    return text
      .split('.')
      .map((byte) => Number(byte).toString(2).padStart(8, '0'))
      .join('');
  }
  const [head, tail = ''] = text.split('::');
  const groups = (part) => (part === '' ? [] : part.split(':'));
  const middle = text.includes('::')
    ? Array(8 - groups(head).length - groups(tail).length).fill('0')
    : [];
  return [...groups(head), ...middle, ...groups(tail)]
    .map((group) => parseInt(group, 16).toString(2).padStart(16, '0'))
    .join('');
}

function isWithin(address, cidr) {
  const [network, length] = cidr.split('/');
  if (address.includes(':') !== network.includes(':')) return false;
  return (
    addressBits(address).slice(0, Number(length)) === addressBits(network).slice(0, Number(length))
  );
}

function selects(selector, labels) {
  for (const [name, value] of Object.entries(selector.matchLabels ?? {})) {
    if (labels[name] !== value) return false;
  }
  for (const { key, operator, values } of selector.matchExpressions ?? []) {
    const has = key in labels;
    const among = has && (values ?? []).includes(labels[key]);
    if (!{ In: among, NotIn: !among, Exists: has, DoesNotExist: !has }[operator]) return false;
  }
  return true;
}

// Whether a peer of a policy is that party.
function isPeer(peer, party) {
  if (peer.ipBlock !== undefined) {
    return (
      party.address !== undefined &&
      isWithin(party.address, peer.ipBlock.cidr) &&
      !(peer.ipBlock.except ?? []).some((cidr) => isWithin(party.address, cidr))
    );
  }
  if (party.namespace === undefined) return false;
  const namespace = { 'kubernetes.io/metadata.name': party.namespace };
  const inNamespace =
    peer.namespaceSelector === undefined
      ? party.namespace === OURS
      : selects(peer.namespaceSelector, namespace);
  return inNamespace && selects(peer.podSelector ?? {}, party.labels);
}

// Whether the policies of `party` let `other` through in that direction.
function lets(policies, direction, party, other, port, protocol) {
  if (party.namespace !== OURS) return true;
  const type = direction === 'ingress' ? 'Ingress' : 'Egress';
  const ours = policies.filter(
    (one) =>
      selects(one.spec.podSelector, party.labels) && (one.spec.policyTypes ?? []).includes(type),
  );
  if (ours.length === 0) return true;
  return ours.some((one) =>
    (one.spec[direction] ?? []).some((rule) => {
      const peers = direction === 'ingress' ? rule.from : rule.to;
      const here = peers === undefined || peers.some((peer) => isPeer(peer, other));
      const ports = rule.ports ?? [{}];
      return (
        here &&
        ports.some(
          (one) =>
            (one.protocol ?? 'TCP') === protocol && (one.port === undefined || one.port === port),
        )
      );
    }),
  );
}

const call = (from, to, port, protocol = 'TCP') => `${from} -> ${to}:${port}/${protocol}`;

export function allowedCalls(objects) {
  const policies = ofKind(objects, 'NetworkPolicy');
  const parties = partiesOf(objects);
  const calls = new Set();
  for (const from of parties) {
    for (const to of parties) {
      if (from.namespace !== OURS && to.namespace !== OURS) continue;
      for (const port of PORTS) {
        for (const protocol of ['TCP', 'UDP']) {
          if (
            lets(policies, 'egress', from, to, port, protocol) &&
            lets(policies, 'ingress', to, from, port, protocol)
          ) {
            calls.add(call(from.name, to.name, port, protocol));
          }
        }
      }
    }
  }
  return calls;
}

// What an option of a program, with its value, makes it call. An address that is no rule here is a
// complaint: somebody has to say what may be called.
const CALLS_OF_OPTIONS = {
  database: (_, value) => [[value.match(/\bhost=(\S+)/)?.[1].replace(/-rw$/, ''), 5432]],
  'jwks-url': () => [['issuer', 443]],
  'oidc-discovery-url': () => [['issuer', 443]],
  'smtp-url': (_, value) => [['mail', Number(value.match(/:(\d+)$/)?.[1])]],
  'webhook-connections': () =>
    PORTS.flatMap((port) => [
      ['internet', port],
      ['internet-by-v6', port],
    ]),
  'otlp-address': (_, value) =>
    value === '' ? [] : [['collector', Number(value.split(':').pop())]],
};
const LISTENS = ['listen', 'admin-listen', 'health-listen', 'http-listen'];

// `known` are the options of each program: name to default.
export function neededCalls(objects, known) {
  const needed = new Set();
  const complaints = [];
  for (const { owner, pod } of podsIn(objects)) {
    const from = owner.metadata.name;
    needed.add(call(from, 'names', 53, 'UDP')).add(call(from, 'names', 53));
    const isJob = owner.kind === 'Job';
    const program = isJob ? from.replace('migrate-', '') : from;
    const given = optionsOf(pod.spec.containers[0], objects);
    for (const [option, { value: byDefault, isAddress }] of known.get(program)) {
      const value = given[option] ?? byDefault ?? '';
      if (isJob && option !== 'database') continue;
      if (CALLS_OF_OPTIONS[option] !== undefined) {
        for (const [to, port] of CALLS_OF_OPTIONS[option](from, value))
          needed.add(call(from, to, port));
      } else if (known.has(option.replace(/-address$/, ''))) {
        needed.add(call(from, option.replace(/-address$/, ''), Number(value.split(':').pop())));
      } else if (isAddress && !LISTENS.includes(option)) {
        complaints.push(`--${option} of ${program}: nothing says which call that is`);
      }
    }
    if (!isJob)
      needed.add(call('prometheus', from, Number(given['admin-listen'].split(':').pop())));
  }
  // Names may be asked for by whoever is in the namespace.
  needed.add(call('stray', 'names', 53, 'UDP')).add(call('stray', 'names', 53));
  callsOfTheDoor(objects).forEach((one) => needed.add(one));
  callsOfPostgres(objects).forEach((one) => needed.add(one));
  return { needed, complaints };
}

function callsOfTheDoor(objects) {
  const behind = ofKind(objects, 'Gateway').length > 0;
  const callers = behind
    ? ['cluster-gateway']
    : [
        'internet',
        'internet-by-v6',
        'private-network',
        'metadata-service',
        'local-v6',
        'issuer',
        'mail',
        'backup-store',
        'kubernetes-api',
        'names',
        'prometheus',
        'postgres-operator',
        'collector',
        'cluster-gateway',
        'stranger',
      ];
  return callers.map((from) => call(from, 'gateway', 8443));
}

// As CloudNativePG's documentation has it.
function callsOfPostgres(objects) {
  const calls = [];
  const pods = [...ofKind(objects, 'Cluster'), ...ofKind(objects, 'Pooler')];
  for (const {
    kind,
    metadata: { name },
    spec,
  } of pods) {
    calls.push(
      call(name, 'names', 53, 'UDP'),
      call(name, 'names', 53),
      call(name, 'kubernetes-api', 443),
      call(name, 'kubernetes-api', 6443),
    );
    if (kind === 'Pooler') {
      calls.push(call(name, spec.cluster.name, 5432));
      continue;
    }
    for (const port of [5432, 8000]) {
      calls.push(call(name, name, port), call('postgres-operator', name, port));
    }
    calls.push(call(name, 'backup-store', 443), call('prometheus', name, 9187));
  }
  return calls;
}

export function callComplaints(objects, known) {
  const allowed = allowedCalls(objects);
  const { needed, complaints } = neededCalls(objects, known);
  for (const one of needed) if (!allowed.has(one)) complaints.push(`is not allowed: ${one}`);
  for (const one of allowed) if (!needed.has(one)) complaints.push(`nobody needs: ${one}`);
  return complaints;
}

// The networks that webhooks must not lead to, in a policy's words and in those of the code.
export function webhookNetworkComplaints(objects, source) {
  const networks = (table) => {
    const text = source.match(new RegExp(`${table}\\[\\] = \\{(.*?)\\};`, 's'))[1];
    return [...text.matchAll(/\{\{([^}]*)\}, (\d+)\}/g)].map(([, bytes, length]) =>
      cidrOf(bytes.split(',').map(Number), Number(length), table.endsWith('6')),
    );
  };
  const blocks = named(objects, 'NetworkPolicy', 'webhooks').spec.egress[0].to.map(
    (one) => one.ipBlock,
  );
  const complaints = [];
  for (const [table, everything] of [
    ['kInsideV4', '0.0.0.0/0'],
    ['kInsideV6', '2000::/3'],
  ]) {
    const excepted = blocks.find((one) => one.cidr === everything)?.except ?? [];
    const meant = networks(table);
    for (const one of meant.filter((cidr) => !hasNetwork(excepted, cidr))) {
      complaints.push(`webhooks may go to ${one}, which ${table} excludes`);
    }
    for (const one of excepted.filter((cidr) => !hasNetwork(meant, cidr))) {
      complaints.push(`webhooks may not go to ${one}, which ${table} allows`);
    }
  }
  return complaints;
}

const bitsOf = (cidr) => addressBits(cidr.split('/')[0]).slice(0, Number(cidr.split('/')[1]));
const hasNetwork = (list, cidr) => list.some((one) => bitsOf(one) === bitsOf(cidr));

function cidrOf(bytes, length, isV6) {
  const all = [...bytes, ...Array((isV6 ? 16 : 4) - bytes.length).fill(0)];
  if (!isV6) return `${all.join('.')}/${length}`;
  const groups = [];
  for (let i = 0; i < 16; i += 2) groups.push((all[i] * 256 + all[i + 1]).toString(16));
  return `${groups.join(':')}/${length}`;
}
