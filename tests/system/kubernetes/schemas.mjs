// Whether Kubernetes, and the operators whose kinds are used, would take an object.
//
// The validators are those of the published schemas, compiled to JavaScript. They say nothing of
// fields that they do not know, where a server refuses or, worse, drops them. A field is known when
// its validator looked at it, so they are given objects that write down what is looked at.
import { pathToFileURL } from 'node:url';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { nameOf } from './overlays.mjs';

const PACKAGES = {
  'cert-manager.io': '@kubernetes-models/cert-manager',
  'gateway.networking.k8s.io': '@kubernetes-models/gateway-api',
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
  'postgresql.cnpg.io': '@kubernetes-models/cloudnative-pg',
};

const require = createRequire(import.meta.url);

// The folder of a package of Node; some keep their package.json to themselves.
function folderOf(name) {
  for (const folder of require.resolve.paths(name)) {
    try {
      return dirname(require.resolve(join(folder, name, 'package.json')));
    } catch {
      // Not in this one.
    }
  }
  throw new Error(`${name} is not installed`);
}

// The model of an object's kind, undefined when there is none.
async function modelOf({ apiVersion, kind }) {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
  const name = PACKAGES[group] ?? 'kubernetes-models';
  try {
    const file = pathToFileURL(join(folderOf(name), apiVersion, `${kind}.js`));
    return (await import(file))[kind];
  } catch (error) {
    if (error.code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

// A view of `value` that notes in `seen`, by path, the fields that were asked for.
function watched(value, path, seen) {
  if (value === null || typeof value !== 'object') return value;
  return new Proxy(value, {
    get(target, field) {
      if (typeof field !== 'string' || !Object.hasOwn(target, field)) {
        // Asked for what is not there: this object is looked into.
        if (typeof field === 'string') seen.add(path);
        return Reflect.get(target, field);
      }
      seen.add(path).add(`${path}/${field}`);
      return watched(target[field], `${path}/${field}`, seen);
    },
  });
}

// The fields that nobody asked for in objects that were looked into. What is not looked into at all
// may hold anything.
function unknownFields(value, path, seen) {
  if (value === null || typeof value !== 'object' || !seen.has(path)) return [];
  return Object.keys(value).flatMap((field) => {
    const inner = `${path}/${field}`;
    return seen.has(inner) ? unknownFields(value[field], inner, seen) : [inner];
  });
}

// The kind of CloudNativePG's plugin has no published model. What is asked of the store itself is
// in that of CloudNativePG, from the time when backups were its own.
async function objectStoreComplaints(object) {
  const api = 'github.com/cloudnative-pg/barman-cloud/pkg/api';
  const file = join(folderOf('@kubernetes-models/cloudnative-pg'), api, 'index.js');
  const { BarmanObjectStoreConfiguration } = await import(pathToFileURL(file));
  const { configuration, ...rest } = object.spec ?? {};
  const complaints = validated(
    BarmanObjectStoreConfiguration,
    configuration,
    '/spec/configuration',
  );
  for (const field of Object.keys(rest)) {
    if (!['retentionPolicy', 'instanceSidecarConfiguration'].includes(field)) {
      complaints.push(`/spec/${field} is not known`);
    }
  }
  if (rest.retentionPolicy !== undefined && !/^[1-9][0-9]*[dwm]$/.test(rest.retentionPolicy)) {
    complaints.push('/spec/retentionPolicy must be such as 30d');
  }
  return complaints;
}

function validated(model, object, path = '') {
  const seen = new Set([path]);
  const complaints = [];
  try {
    model.prototype.validate.call(watched(object, path, seen));
  } catch (error) {
    complaints.push(...String(error.message).split('\n'));
  }
  for (const field of unknownFields(object, path, seen)) complaints.push(`${field} is not known`);
  return complaints;
}

export async function schemaComplaints(objects) {
  const complaints = [];
  for (const object of objects) {
    let own;
    if (object.apiVersion === 'barmancloud.cnpg.io/v1' && object.kind === 'ObjectStore') {
      own = await objectStoreComplaints(object);
    } else {
      const model = await modelOf(object);
      own =
        model === undefined ? [`${object.apiVersion} has no such kind`] : validated(model, object);
    }
    complaints.push(...own.map((complaint) => `${nameOf(object)}: ${complaint}`));
  }
  return complaints;
}
