// The door's configuration as its pod has it, looked at by nginx itself.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { named, ofKind, optionsOf, ROOT } from './overlays.mjs';

// The parts of the image, with what the pod mounts in their place; certificates are made here.
function assemble(folder, objects) {
  const pod = named(objects, 'Deployment', 'gateway').spec.template;
  const map = pod.spec.volumes.find((one) => one.name === 'door-place').configMap.name;
  cpSync(join(ROOT, 'deploy/nginx'), folder, { recursive: true });
  rmSync(join(folder, 'place'), { recursive: true });
  mkdirSync(join(folder, 'place'));
  for (const [file, text] of Object.entries(named(objects, 'ConfigMap', map).data)) {
    writeFileSync(join(folder, 'place', file), text.replaceAll('/etc/door/', `${folder}/`));
  }
  mkdirSync(join(folder, 'tls'));
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-subj',
      '/CN=test',
      '-days',
      '1',
      '-keyout',
      join(folder, 'tls/tls.key'),
      '-out',
      join(folder, 'tls/tls.crt'),
    ],
    { stdio: 'pipe' },
  );
}

// Limits are kept by the address that the door is told, so a caller must have no say in it.
function forwardingComplaints(text, objects) {
  if (!/^\s*set_real_ip_from /m.test(text)) return [];
  const complaints = [];
  if (/^\s*real_ip_recursive on;/m.test(text)) {
    complaints.push('the door goes on to the addresses that callers wrote themselves');
  }
  const opened = ofKind(objects, 'NetworkPolicy')
    .flatMap((one) => one.spec.ingress ?? [])
    .filter((rule) => rule.ports?.some(({ port }) => port === 8443));
  if (opened.some((rule) => !rule.from?.length)) {
    complaints.push('the door believes who is in front, and anybody may be');
  }
  return complaints;
}

export function doorComplaints(objects) {
  const folder = mkdtempSync(join(tmpdir(), 'dm-door.'));
  try {
    assemble(folder, objects);
    const complaints = [];
    const test = spawnSync(
      'nginx',
      ['-t', '-e', 'stderr', '-p', folder, '-c', join(folder, 'nginx.conf')],
      // Its log is opened as a file, which Node's pipes are not.
      { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] },
    );
    if (test.status !== 0) complaints.push(`nginx: ${test.stderr.trim()}`);
    const text = readdirSync(join(folder, 'place'))
      .map((file) => readFileSync(join(folder, 'place', file), 'utf8'))
      .join('\n');
    const pod = named(objects, 'Deployment', 'gateway').spec.template;
    const [gateway, door] = pod.spec.containers;
    const options = optionsOf(gateway, objects);
    for (const option of ['listen', 'http-listen']) {
      if (!text.includes(`server ${options[option]};`)) {
        complaints.push(`the door does not lead to --${option}=${options[option]}`);
      }
    }
    for (const { containerPort } of door.ports) {
      if (!new RegExp(`^\\s*listen ${containerPort}\\b`, 'm').test(text)) {
        complaints.push(`the door does not listen on ${containerPort}`);
      }
    }
    // nginx looks for these only when somebody comes.
    for (const [, file] of text.matchAll(/^\s*ssl_certificate(?:_key)? ([^$;]+)/gm)) {
      if (!existsSync(file)) complaints.push(`there is no ${file.replace(folder, '/etc/door')}`);
    }
    const names = named(objects, 'Certificate', 'door').spec.dnsNames;
    for (const [, list] of text.matchAll(/server_name (.*);/g)) {
      for (const name of list.split(' ').filter((one) => !names.includes(one))) {
        complaints.push(`the certificate does not name ${name}`);
      }
    }
    return [...complaints, ...forwardingComplaints(text, objects)];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
