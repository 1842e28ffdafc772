// Faults in how a pod is shut off from its node.
import { named } from '../overlays.mjs';
import { container, deployment, podSpec } from './changes.mjs';

export const POD_SECURITY_FAULTS = {
  privileged: [
    (o) => {
      container(o).securityContext.privileged = true;
    },
    /privileged/,
  ],
  'a path of the host': [
    (o) => podSpec(o).volumes.push({ name: 'h', hostPath: { path: '/' } }),
    /volume types: hostPath/,
  ],
  'a volume of a file server': [
    (o) => podSpec(o).volumes.push({ name: 'n', nfs: { server: 's', path: '/' } }),
    /volume types: nfs/,
  ],
  'the host’s network': [
    (o) => {
      podSpec(o).hostNetwork = true;
    },
    /hostNetwork/,
  ],
  'the host’s processes': [
    (o) => {
      podSpec(o).hostPID = true;
    },
    /hostPID/,
  ],
  'the host’s memory': [
    (o) => {
      podSpec(o).hostIPC = true;
    },
    /hostIPC/,
  ],
  'a port of the host': [
    (o) => {
      container(o).ports[0].hostPort = 80;
    },
    /host ports/,
  ],
  'root by number': [
    (o) => {
      podSpec(o).securityContext.runAsUser = 0;
    },
    /runs as root/,
  ],
  'root in one container': [
    (o) => {
      container(o).securityContext.runAsUser = 0;
    },
    /runs as root/,
  ],
  'maybe root': [
    (o) => {
      delete podSpec(o).securityContext.runAsNonRoot;
    },
    /may run as root/,
  ],
  'root allowed in one container': [
    (o) => {
      container(o).securityContext.runAsNonRoot = false;
    },
    /may run as root/,
  ],
  'no seccomp profile': [
    (o) => {
      delete podSpec(o).securityContext.seccompProfile;
    },
    /seccomp/,
  ],
  'no seccomp filter': [
    (o) => {
      container(o).securityContext.seccompProfile = { type: 'Unconfined' };
    },
    /seccomp/,
  ],
  'no AppArmor': [
    (o) => {
      container(o).securityContext.appArmorProfile = { type: 'Unconfined' };
    },
    /AppArmor/,
  ],
  'no AppArmor by annotation': [
    (o) => {
      deployment(o).spec.template.metadata.annotations = {
        'container.apparmor.security.beta.kubernetes.io/booking': 'unconfined',
      };
    },
    /AppArmor by annotation/,
  ],
  'a SELinux user': [
    (o) => {
      podSpec(o).securityContext.seLinuxOptions = { user: 'system_u' };
    },
    /SELinux/,
  ],
  'a SELinux type': [
    (o) => {
      podSpec(o).securityContext.seLinuxOptions = { type: 'spc_t' };
    },
    /SELinux/,
  ],
  'an added capability': [
    (o) => {
      container(o).securityContext.capabilities.add = ['SYS_ADMIN'];
    },
    /capabilities are added/,
  ],
  'capabilities that are kept': [
    (o) => {
      container(o).securityContext.capabilities.drop = ['NET_RAW'];
    },
    /not all dropped/,
  ],
  'escalation by default': [
    (o) => {
      delete container(o).securityContext.allowPrivilegeEscalation;
    },
    /privilege escalation/,
  ],
  'an unmasked /proc': [
    (o) => {
      container(o).securityContext.procMount = 'Unmasked';
    },
    /\/proc is not masked/,
  ],
  'an unsafe sysctl': [
    (o) => {
      podSpec(o).securityContext.sysctls = [{ name: 'kernel.msgmax', value: '1' }];
    },
    /sysctls/,
  ],
  'a process of the host': [
    (o) => {
      podSpec(o).securityContext.windowsOptions = { hostProcess: true };
    },
    /host process/,
  ],
  'a probe of another host': [
    (o) => {
      container(o).livenessProbe = { httpGet: { host: '10.0.0.1', port: 80 } };
    },
    /probes of another host/,
  ],
  'all of it in a container that starts first': [
    (o) => {
      podSpec(o).initContainers = [{ name: 'first', image: 'x' }];
    },
    /first: may run|first: priv/,
  ],
  'all of it in a Job': [
    (o) => {
      named(o, 'Job', 'migrate-booking').spec.template.spec.securityContext = {};
    },
    /may run as root/,
  ],
  'a secret in the environment': [
    (o) => {
      container(o).env = [{ name: 'P', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }];
    },
    /a secret in the environment/,
  ],
  'all of a secret in the environment': [
    (o) => container(o).envFrom.push({ secretRef: { name: 's' } }),
    /a secret in the environment/,
  ],
  'a mounted token': [
    (o) => {
      podSpec(o).automountServiceAccountToken = true;
    },
    /token: is mounted/,
  ],
  'a token mounted by default': [
    (o) => {
      delete podSpec(o).automountServiceAccountToken;
    },
    /token: is mounted/,
  ],
  'a projected token': [
    (o) =>
      podSpec(o).volumes.push({
        name: 't',
        projected: { sources: [{ serviceAccountToken: { path: 't' } }] },
      }),
    /a projected token/,
  ],
  'an account that mounts its token': [
    (o) => {
      delete named(o, 'ServiceAccount', 'booking').automountServiceAccountToken;
    },
    /ServiceAccount\/booking: mounts its token/,
  ],
  'the default account': [
    (o) => {
      delete podSpec(o).serviceAccountName;
    },
    /the default service account/,
  ],
  'a writable root': [
    (o) => {
      delete container(o).securityContext.readOnlyRootFilesystem;
    },
    /can be written/,
  ],
  'no requests': [
    (o) => {
      delete container(o).resources.requests;
    },
    /no request/,
  ],
  'no limit of memory': [
    (o) => {
      delete container(o).resources.limits;
    },
    /memory is not limited/,
  ],
  'links to services': [
    (o) => {
      delete podSpec(o).enableServiceLinks;
    },
    /service links/,
  ],
  'a namespace that enforces less': [
    (o) => {
      named(o, 'Namespace', 'destinationmetier').metadata.labels[
        'pod-security.kubernetes.io/enforce'
      ] = 'baseline';
    },
    /does not enforce/,
  ],
};
