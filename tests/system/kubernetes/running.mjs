// The suite as the manifests start it, on one machine: migrations, then every service with its own
// arguments, certificates and secrets. What is changed is where things are: ports and addresses are
// the loopback's, files stand below a folder of the test, PostgreSQL is reached by its socket.
import { spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createListener } from 'node:net';
import { dirname, join } from 'node:path';

import grpc from '@grpc/grpc-js';

import { Authority } from './authority.mjs';
import { argumentsOf, filesOf, ofKind, podsIn, ROOT } from './overlays.mjs';
import { Postgres } from './postgres.mjs';
import { environmentOf, programOf, serviceOf } from './programs.mjs';
import { endOf, until } from './waiting.mjs';

const DATABASE = 'destinationmetier';

// The portal's files as they were built, in place of those of the image.
function portalOf(service) {
  const folder = join(process.env.DM_BUILD_DIR, 'portal');
  return service === 'gateway' ? { DM_PORTAL_FOLDER: existsSync(folder) ? folder : '' } : {};
}

const givenPorts = new Set();

async function freePort() {
  for (;;) {
    // Below the ports of outgoing connections.
    const port = 12_000 + Math.floor(Math.random() * 20_000);
    if (givenPorts.has(port)) continue;
    const listener = createListener();
    try {
      listener.listen(port, '127.0.0.1');
      await once(listener, 'listening');
      givenPorts.add(port);
      return port;
    } catch {
      // Taken.
    } finally {
      listener.close();
    }
  }
}

// One call of grpc.health.v1: the name of the state.
export function health(port, service) {
  const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  const asBytes = (name) => Buffer.concat([Buffer.from([0x0a, name.length]), Buffer.from(name)]);
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      '/grpc.health.v1.Health/Check',
      asBytes,
      (bytes) => bytes[1] ?? 0,
      service,
      new grpc.Metadata(),
      { deadline: Date.now() + 2000 },
      (error, state) => {
        client.close();
        resolve(error ? grpc.status[error.code] : ['UNKNOWN', 'SERVING', 'NOT_SERVING'][state]);
      },
    );
  });
}

export class RunningSuite {
  #objects;
  #folder = mkdtempSync('/var/tmp/dm-kube.');
  #processes = new Map();
  #ports = new Map();
  #issuer;
  #postgres;

  constructor(objects) {
    this.#objects = objects;
  }

  async start() {
    await this.#startPostgres();
    await this.#startIssuer();
    this.#makeFiles();
    for (const { container, service } of this.#containers('Job')) {
      const name = `migrate-${service}`;
      const code = await endOf(name, this.#spawn(container, service));
      if (code !== 0) throw new Error(`${name} ended with ${code}: ${this.#log(service)}`);
    }
    for (const { container, service } of this.#containers('Deployment')) {
      await this.#choosePorts(container, service);
    }
    for (const { container, service } of this.#containers('Deployment')) {
      this.#processes.set(service, this.#spawn(container, service));
    }
    for (const { service } of this.#containers('Deployment')) {
      await until(`${service} is ready`, async () => {
        const { exitCode } = this.#processes.get(service);
        if (exitCode !== null) throw new Error(`${service} ended: ${this.#log(service)}`);
        return (await health(this.portOf(service, 'health-listen'), 'readiness')) === 'SERVING';
      });
    }
  }

  portOf(service, option) {
    return this.#ports.get(service)[option];
  }

  rolesOfPostgres() {
    return this.#postgres.sql('SELECT rolname FROM pg_roles', DATABASE).split('\n');
  }

  async metricsOf(service) {
    const answer = await fetch(`http://127.0.0.1:${this.portOf(service, 'admin-listen')}/metrics`);
    if (!answer.ok) throw new Error(`/metrics of ${service}: ${answer.status}`);
    return answer.text();
  }

  // SIGTERM to all; the exit code of each.
  async stop() {
    const codes = {};
    for (const child of this.#processes.values()) child.kill('SIGTERM');
    for (const [service, child] of this.#processes) codes[service] = await endOf(service, child);
    return codes;
  }

  async close() {
    for (const child of this.#processes.values()) child.kill('SIGKILL');
    this.#issuer?.close();
    await this.#postgres?.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #containers(kind) {
    return podsIn(ofKind(this.#objects, kind))
      .flatMap(({ pod }) =>
        pod.spec.containers.map((container) => ({ pod, container, service: serviceOf(container) })),
      )
      .filter(({ service }) => service !== undefined);
  }

  async #startPostgres() {
    this.#postgres = await Postgres.start(this.#folder);
    this.#postgres.sql(`CREATE DATABASE ${DATABASE}`, 'postgres');
    this.#postgres.sql(readFileSync(join(ROOT, 'deploy/database/roles.sql'), 'utf8'), DATABASE);
  }

  // Publishes the key of tokens that nobody signs here; without one no service is ready.
  async #startIssuer() {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = { ...publicKey.export({ format: 'jwk' }), kid: 'test', alg: 'ES256', use: 'sig' };
    this.#issuer = createServer((_, answer) => {
      answer.setHeader('Content-Type', 'application/json').end(JSON.stringify({ keys: [key] }));
    });
    this.#issuer.listen(0, '127.0.0.1');
    await once(this.#issuer, 'listening');
  }

  // The Secrets' keys as files, in a folder of each program's own.
  #makeFiles() {
    const authority = new Authority(this.#folder, ofKind(this.#objects, 'Certificate'));
    const secrets = new Map();
    for (const kind of ['Job', 'Deployment']) {
      for (const { pod, container, service } of this.#containers(kind)) {
        for (const [path, { name, key }] of Object.entries(filesOf(pod, container))) {
          const id = `${name}/${key}`;
          if (!secrets.has(id)) {
            secrets.set(id, authority.contentOf(name, key) ?? randomBytes(32).toString('hex'));
          }
          const file = join(this.#folder, service, path);
          mkdirSync(dirname(file), { recursive: true });
          writeFileSync(file, secrets.get(id));
        }
      }
    }
  }

  async #choosePorts(container, service) {
    const ports = {};
    for (const argument of argumentsOf(container, this.#objects)) {
      const option = argument.match(/^--((?:[a-z]+-)?listen)=/)?.[1];
      if (option !== undefined) ports[option] = await freePort();
    }
    this.#ports.set(service, ports);
  }

  #moved(service, argument) {
    const [, option, value] = argument.match(/^--([^=]+)(?:=(.*))?$/s);
    const moved = (text) => `--${option}=${text}`;
    if (/^(?:[a-z]+-)?listen$/.test(option))
      return moved(`127.0.0.1:${this.portOf(service, option)}`);
    const peer = this.#ports.get(option.replace(/-address$/, ''));
    if (peer !== undefined) return moved(`127.0.0.1:${peer.listen}`);
    switch (option) {
      case 'database':
        return moved(
          value.replace(/host=\S+/, `host=${this.#folder}`).replace(/ ssl(mode|rootcert)=\S+/g, ''),
        );
      case 'jwks-url':
      case 'oidc-discovery-url':
        return moved(`http://127.0.0.1:${this.#issuer.address().port}/`);
      case 'smtp-url':
        // Nothing is sent.
        return moved('smtp://127.0.0.1:1');
      case 'otlp-address':
        return moved(value === '' ? '' : '127.0.0.1:1');
      case 'stop-delay':
      case 'drain-time':
        return moved('1s');
      default:
        return argument.replace('=/etc/', `=${join(this.#folder, service)}/etc/`);
    }
  }

  #spawn(container, service) {
    const words = argumentsOf(container, this.#objects).map((one) => this.#moved(service, one));
    const log = openSync(join(this.#folder, `${service}.log`), 'a');
    return spawn('setpriv', ['--pdeathsig', 'KILL', programOf(service), ...words], {
      cwd: '/',
      stdio: ['ignore', log, log],
      env: { ...environmentOf(container, service, this.#objects), ...portalOf(service) },
    });
  }

  #log(service) {
    return readFileSync(join(this.#folder, `${service}.log`), 'utf8').slice(-2000);
  }
}
