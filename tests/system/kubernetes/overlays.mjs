// What Kubernetes would be given: the overlays as kubectl builds them, and the parts that checks
// ask for.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { parse, parseAllDocuments } from 'yaml';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
export const KUBERNETES = join(ROOT, 'deploy/kubernetes');

export const overlayNames = () => readdirSync(join(KUBERNETES, 'overlays')).sort();

// The objects of an overlay, as `kubectl apply -k` would send them.
export function build(overlay) {
  const text = execFileSync('kubectl', ['kustomize', join(KUBERNETES, 'overlays', overlay)], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return parseAllDocuments(text)
    .map((document) => document.toJS())
    .filter((one) => one !== null);
}

export const nameOf = (object) => `${object.kind}/${object.metadata?.name}`;

export const ofKind = (objects, ...kinds) => objects.filter((one) => kinds.includes(one.kind));

export const named = (objects, kind, name) =>
  objects.find((one) => one.kind === kind && one.metadata.name === name);

// Where an object holds the description of a pod.
export function podOf(object) {
  switch (object.kind) {
    case 'Pod':
      return object;
    case 'CronJob':
      return object.spec.jobTemplate.spec.template;
    case 'Deployment':
    case 'StatefulSet':
    case 'DaemonSet':
    case 'Job':
      return object.spec.template;
    default:
      return undefined;
  }
}

export const podsIn = (objects) =>
  objects
    .filter((one) => podOf(one) !== undefined)
    .map((owner) => ({ owner, name: nameOf(owner), pod: podOf(owner) }));

export const containersOf = (pod) =>
  ['initContainers', 'containers', 'ephemeralContainers'].flatMap((kind) => pod.spec[kind] ?? []);

// The variables that a container's ConfigMaps give it.
export function variablesOf(container, objects) {
  const variables = {};
  for (const source of container.envFrom ?? []) {
    Object.assign(variables, named(objects, 'ConfigMap', source.configMapRef?.name)?.data);
  }
  for (const one of container.env ?? []) variables[one.name] = one.value;
  return variables;
}

// Its arguments as the process gets them; what is not known stays, as in Kubernetes.
export function argumentsOf(container, objects) {
  const variables = variablesOf(container, objects);
  return (container.args ?? []).map((argument) =>
    argument.replace(/\$\(([A-Za-z_][A-Za-z0-9_]*)\)/g, (all, name) => variables[name] ?? all),
  );
}

// The same as name and value, a switch alone as true.
export const optionsOf = (container, objects) =>
  Object.fromEntries(
    argumentsOf(container, objects).map((argument) => {
      const [, name, value] = argument.match(/^--([^=]+)(?:=(.*))?$/s) ?? [];
      return [name ?? argument, value ?? 'true'];
    }),
  );

// What each file that is mounted is made of: path to {kind: "secret" or "configMap", name, key}.
export function filesOf(pod, container) {
  const files = {};
  for (const mount of container.volumeMounts ?? []) {
    const volume = pod.spec.volumes?.find((one) => one.name === mount.name);
    const sources = volume?.projected?.sources ?? (volume === undefined ? [] : [volume]);
    for (const source of sources) {
      const [kind, of] = source.secret
        ? ['secret', source.secret]
        : ['configMap', source.configMap];
      if (of === undefined) continue;
      const name = of.secretName ?? of.name;
      for (const item of of.items ?? TLS_ITEMS.filter(() => name.endsWith('-tls'))) {
        files[`${mount.mountPath}/${item.path}`] = { kind, name, key: item.key };
      }
    }
  }
  return files;
}

// What cert-manager puts into a Secret.
const TLS_ITEMS = ['tls.crt', 'tls.key', 'ca.crt'].map((key) => ({ key, path: key }));

// The fields that kustomize 2.0 knows, which is that of Debian 12's kubectl.
const FIELDS = [
  'namespace',
  'bases',
  'resources',
  'patchesStrategicMerge',
  'images',
  'configMapGenerator',
  'generatorOptions',
];

// What in kustomization files a kubectl of Debian 12 would refuse.
export function newerThanDebian(texts) {
  const complaints = [];
  for (const [file, text] of texts) {
    const fields = parse(text);
    for (const field of Object.keys(fields)) {
      if (!FIELDS.includes(field)) complaints.push(`${file}: kustomize 2.0 knows no ${field}`);
    }
    for (const resource of fields.resources ?? []) {
      if (!/\.ya?ml$/.test(resource)) {
        complaints.push(`${file}: for kustomize 2.0 the folder ${resource} is one of the bases`);
      }
    }
  }
  return complaints;
}

export function kustomizations() {
  const found = [];
  const visit = (folder) => {
    for (const entry of readdirSync(folder)) {
      const path = join(folder, entry);
      if (statSync(path).isDirectory()) visit(path);
      else if (entry === 'kustomization.yaml') found.push([path, readFileSync(path, 'utf8')]);
    }
  };
  visit(KUBERNETES);
  return found;
}
