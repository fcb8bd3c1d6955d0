import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Failure, messageOf } from '../../../src/platform/migrations/failure.js';
import type { Binaries } from './binaries.js';
import { type Home, isServed } from './home.js';

const PASSWORD = 'development-password';

/** Makes the server's data folder under another name first, so that a killed or a second maker leaves nothing half-made. */
export function ensureCluster(home: Home, binaries: Binaries): void {
  if (existsSync(home.cluster)) return;
  const draft = `${home.cluster}.${process.pid}`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  const passwordFile = `${draft}.password`;
  writeFileSync(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
  for (const path of [draft, passwordFile]) give(path, home);
  try {
    initialize(home, binaries, draft, passwordFile);
    renameSync(passwordFile, join(draft, PASSWORD));
    renameSync(draft, home.cluster);
  } catch (error) {
    if (!existsSync(home.cluster)) throw error;
  } finally {
    for (const path of [draft, passwordFile]) rmSync(path, { recursive: true, force: true });
  }
}

function give(path: string, home: Home): void {
  if (home.user !== undefined) chownSync(path, home.user.uid, home.user.gid);
}

function initialize(home: Home, binaries: Binaries, folder: string, passwordFile: string): void {
  try {
    execFileSync(
      binaries.initdb,
      [
        ...['-D', folder, '--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8'],
        ...['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-sync'],
      ],
      { ...as(home), stdio: 'pipe', cwd: folder },
    );
  } catch (error) {
    throw new Failure(`PostgreSQL could not make its data folder ${folder}: ${messageOf(error)}`);
  }
}

/** Only what the server needs: the developer's environment is none of its business. */
function as({ user }: Home) {
  const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' };
  return user === undefined ? { env } : { env, uid: user.uid, gid: user.gid };
}

export function passwordOf(home: Home): string {
  return readFileSync(join(home.cluster, PASSWORD), 'utf8');
}

/** Loopback and a password, no socket file: nobody else on the machine gets in. */
export async function startServer(home: Home, binaries: Binaries): Promise<{ server: ChildProcess; port: number }> {
  removeStalePid(home);
  const port = await freePort();
  const log = openSync(join(home.control, 'server.log'), 'a', 0o600);
  chmodSync(join(home.control, 'server.log'), 0o600);
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '64MB',
    timezone: 'UTC',
    // Development data survives any crash of the server, though not of the machine; tests are several times faster.
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = spawn(binaries.postgres, ['-D', home.cluster, '-p', String(port), ...options], {
    ...as(home),
    cwd: home.cluster,
    stdio: ['ignore', log, log],
  });
  return { server, port };
}

/** After a crash of the machine the number in the file may belong to any other process. */
function removeStalePid(home: Home): void {
  if (!isServed(home.cluster)) rmSync(join(home.cluster, 'postmaster.pid'), { force: true });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
