// The Secrets that the manifests ask for, those that `deploy/kubernetes/secrets` makes, and the
// table of them in the operator's page.
import { containersOf, filesOf, ofKind, podsIn } from './overlays.mjs';

// What operators of the cluster make: cert-manager from a Certificate, CloudNativePG its authority.
const madeByOthers = (objects) =>
  new Set(['postgres-ca', ...ofKind(objects, 'Certificate').map((one) => one.spec.secretName)]);

// "name/key" of each Secret that people or their tools must make.
export function neededSecrets(objects) {
  const needed = new Set();
  for (const { pod } of podsIn(objects)) {
    for (const container of containersOf(pod)) {
      for (const { kind, name, key } of Object.values(filesOf(pod, container))) {
        if (kind === 'secret') needed.add(`${name}/${key}`);
      }
    }
  }
  for (const { spec } of ofKind(objects, 'Cluster')) {
    for (const { passwordSecret } of spec.managed.roles) {
      needed.add(`${passwordSecret.name}/username`).add(`${passwordSecret.name}/password`);
    }
  }
  for (const { spec } of ofKind(objects, 'ObjectStore')) {
    for (const { name, key } of Object.values(spec.configuration.s3Credentials)) {
      needed.add(`${name}/${key}`);
    }
  }
  for (const made of madeByOthers(objects)) {
    for (const one of needed) if (one.startsWith(`${made}/`)) needed.delete(one);
  }
  return needed;
}

export function secretComplaints(objects, made, page) {
  const needed = neededSecrets(objects);
  const complaints = [];
  for (const one of needed) if (!made.has(one)) complaints.push(`nobody makes ${one}`);
  for (const one of made) if (!needed.has(one)) complaints.push(`nobody needs ${one}`);
  for (const name of new Set([...needed].map((one) => one.split('/')[0]))) {
    const inTable = name.replace(
      /dm-(catalogue|ambassador|booking|notification|gateway)/,
      'dm-SERVICE',
    );
    if (!page.includes(`\`${inTable}\``)) complaints.push(`the page does not name ${inTable}`);
  }
  return complaints;
}
