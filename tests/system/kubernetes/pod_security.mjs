// Kubernetes' Pod Security Standard "restricted", which holds all of "baseline", rule by rule as it
// is published, and what this project asks beyond it.
import { containersOf, ofKind, podsIn } from './overlays.mjs';

const VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];
const SYSCTLS = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
];
const SELINUX_TYPES = [
  '',
  'container_t',
  'container_init_t',
  'container_kvm_t',
  'container_engine_t',
];
const SECCOMP = ['RuntimeDefault', 'Localhost'];

// A setting of a container, which the pod's stands in for where it has none.
const setting = (pod, container, name) =>
  container.securityContext?.[name] ?? pod.spec.securityContext?.[name];

// Each is given the pod and says, of the whole pod, what is against the rule.
const OF_THE_POD = {
  'host namespaces': ({ spec }) =>
    ['hostNetwork', 'hostPID', 'hostIPC'].filter((name) => spec[name] === true),
  'volume types': ({ spec }) =>
    (spec.volumes ?? []).flatMap((volume) =>
      Object.keys(volume).filter((kind) => kind !== 'name' && !VOLUMES.includes(kind)),
    ),
  sysctls: ({ spec }) =>
    (spec.securityContext?.sysctls ?? [])
      .map((one) => one.name)
      .filter((name) => !SYSCTLS.includes(name)),
  'AppArmor by annotation': ({ metadata }) =>
    Object.entries(metadata?.annotations ?? {})
      .filter(
        ([name, value]) =>
          name.startsWith('container.apparmor.security.beta.kubernetes.io/') &&
          value !== 'runtime/default' &&
          !value.startsWith('localhost/'),
      )
      .map(([name]) => name),
};

// The same of one container, where settings may be the pod's.
const OF_A_CONTAINER = {
  privileged: (_, { securityContext }) => securityContext?.privileged === true,
  'privilege escalation': (_, { securityContext }) =>
    securityContext?.allowPrivilegeEscalation !== false,
  'capabilities are not all dropped': (_, { securityContext }) =>
    !(securityContext?.capabilities?.drop ?? []).includes('ALL'),
  'capabilities are added': (_, { securityContext }) =>
    (securityContext?.capabilities?.add ?? []).some((name) => name !== 'NET_BIND_SERVICE'),
  'may run as root': (pod, container) => setting(pod, container, 'runAsNonRoot') !== true,
  'runs as root': (pod, container) => setting(pod, container, 'runAsUser') === 0,
  seccomp: (pod, container) => !SECCOMP.includes(setting(pod, container, 'seccompProfile')?.type),
  AppArmor: (pod, container) => setting(pod, container, 'appArmorProfile')?.type === 'Unconfined',
  SELinux: (pod, container) => {
    const options = setting(pod, container, 'seLinuxOptions') ?? {};
    return !SELINUX_TYPES.includes(options.type ?? '') || Boolean(options.user ?? options.role);
  },
  'host process': (pod, container) =>
    setting(pod, container, 'windowsOptions')?.hostProcess === true,
  '/proc is not masked': (_, { securityContext }) =>
    ![undefined, 'Default'].includes(securityContext?.procMount),
  'host ports': (_, { ports }) => (ports ?? []).some((port) => (port.hostPort ?? 0) !== 0),
  'probes of another host': (_, container) =>
    handlersOf(container).some((handler) =>
      Boolean(handler?.httpGet?.host || handler?.tcpSocket?.host),
    ),
};

const handlersOf = (container) => [
  container.livenessProbe,
  container.readinessProbe,
  container.startupProbe,
  container.lifecycle?.preStop,
  container.lifecycle?.postStart,
];

// What "restricted" leaves open and we do not.
const OURS = {
  'the root file system can be written': (_, { securityContext }) =>
    securityContext?.readOnlyRootFilesystem !== true,
  'no request of processor or memory': (_, { resources }) =>
    resources?.requests?.cpu === undefined || resources.requests.memory === undefined,
  'memory is not limited to what is requested': (_, { resources }) =>
    resources?.limits?.memory === undefined ||
    resources.limits.memory !== resources.requests?.memory,
  'a secret in the environment': (_, { env, envFrom }) =>
    (env ?? []).some((one) => one.valueFrom?.secretKeyRef !== undefined) ||
    (envFrom ?? []).some((one) => one.secretRef !== undefined),
};

const OURS_OF_THE_POD = {
  'the service account’s token': ({ spec }) =>
    spec.automountServiceAccountToken === false ? [] : ['is mounted'],
  'a projected token': ({ spec }) =>
    (spec.volumes ?? [])
      .filter((one) => (one.projected?.sources ?? []).some((source) => source.serviceAccountToken))
      .map((one) => one.name),
  // Variables of other services could be taken for options (DM_…), and unknown ones are refused.
  'service links': ({ spec }) =>
    spec.enableServiceLinks === false ? [] : ['are in the environment'],
  'the default service account': ({ spec }) =>
    [undefined, 'default'].includes(spec.serviceAccountName) ? ['is used'] : [],
};

export function podSecurityComplaints(objects) {
  const complaints = [];
  for (const { name, pod } of podsIn(objects)) {
    for (const [rule, faults] of Object.entries({ ...OF_THE_POD, ...OURS_OF_THE_POD })) {
      for (const fault of faults(pod)) complaints.push(`${name}: ${rule}: ${fault}`);
    }
    for (const container of containersOf(pod)) {
      for (const [rule, broken] of Object.entries({ ...OF_A_CONTAINER, ...OURS })) {
        if (broken(pod, container)) complaints.push(`${name}, ${container.name}: ${rule}`);
      }
    }
  }
  for (const account of ofKind(objects, 'ServiceAccount')) {
    if (account.automountServiceAccountToken !== false) {
      complaints.push(`ServiceAccount/${account.metadata.name}: mounts its token`);
    }
  }
  for (const namespace of ofKind(objects, 'Namespace')) {
    const label = 'pod-security.kubernetes.io/enforce';
    if (namespace.metadata.labels?.[label] !== 'restricted') {
      complaints.push(`Namespace/${namespace.metadata.name}: does not enforce "restricted"`);
    }
  }
  return complaints;
}

// Secrets that stand in the manifests themselves, whoever they are given to.
export function committedSecretComplaints(objects) {
  const complaints = ofKind(objects, 'Secret').map(
    (one) => `Secret/${one.metadata.name}: a secret is not committed`,
  );
  for (const map of ofKind(objects, 'ConfigMap')) {
    for (const [name, value] of Object.entries(map.data ?? {})) {
      if (
        /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(value) ||
        /(^|_)(PASSWORD|SECRET|PRIVATE_KEY|ACCESS_KEY)$/i.test(name)
      ) {
        complaints.push(`ConfigMap/${map.metadata.name}: ${name} looks like a secret`);
      }
    }
  }
  for (const { name, pod } of podsIn(objects)) {
    for (const container of containersOf(pod)) {
      const words = [
        ...(container.command ?? []),
        ...(container.args ?? []),
        ...(container.env ?? []).map((one) => `${one.name}=${one.value ?? ''}`),
      ];
      for (const word of words.filter((one) => /(password|secret|passwd)=[^$]/i.test(one))) {
        complaints.push(`${name}, ${container.name}: a secret in "${word.replace(/=.*/s, '=…')}"`);
      }
    }
  }
  return complaints;
}
