// A PostgreSQL of the test's own in a folder of the test's own, reached by its socket there.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { until } from './waiting.mjs';

const IS_ROOT = process.getuid() === 0;
// PostgreSQL refuses to run as root; and it ends with the test, however that ends.
const AS_POSTGRES = [
  ...(IS_ROOT ? ['--reuid=postgres', '--regid=postgres', '--clear-groups'] : []),
  ...['--pdeathsig', 'QUIT'],
];
const INITDB = '-U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync --no-instructions'.split(
  ' ',
);
const SETTINGS = ['-c', 'listen_addresses=', '-c', 'max_connections=200'];

// The folder of the programs, which Debian keeps out of PATH.
function binaries() {
  const root = '/usr/lib/postgresql';
  const versions = readdirSync(root)
    .filter((one) => existsSync(join(root, one, 'bin/initdb')))
    .sort((a, b) => Number(b) - Number(a));
  if (versions.length === 0) throw new Error('PostgreSQL is not installed');
  return join(root, versions[0], 'bin');
}

const idOf = (flag) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));

export class Postgres {
  #folder;
  #process;

  static async start(folder) {
    if (IS_ROOT) chownSync(folder, idOf('-u'), idOf('-g'));
    const server = new Postgres();
    server.#folder = folder;
    const data = join(folder, 'data');
    const initdb = [...AS_POSTGRES, join(binaries(), 'initdb'), '-D', data, ...INITDB];
    execFileSync('setpriv', initdb, { cwd: '/', stdio: 'pipe' });
    const log = openSync(join(folder, 'postgres.log'), 'a');
    const postgres = [join(binaries(), 'postgres'), '-D', data, '-k', folder, ...SETTINGS];
    server.#process = spawn('setpriv', [...AS_POSTGRES, ...postgres], {
      cwd: '/',
      stdio: ['ignore', log, log],
    });
    await until('PostgreSQL starts', () => server.#answers());
    return server;
  }

  // What statements return, as superuser: a line a row.
  sql(text, database) {
    const words = ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-h', this.#folder];
    return execFileSync('psql', [...words, '-U', 'postgres', '-d', database, '-f', '-'], {
      input: text,
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
  }

  async stop() {
    if (this.#process.exitCode !== null) return;
    this.#process.kill('SIGQUIT');
    await once(this.#process, 'exit');
  }

  #answers() {
    try {
      return this.sql('SELECT 1', 'postgres') === '1';
    } catch {
      return false;
    }
  }
}
