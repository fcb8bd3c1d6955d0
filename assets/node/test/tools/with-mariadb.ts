import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mariadb';
import { Authority } from '../support/authority.js';

/** Runs a command with TEST_MARIADB_URL set to a throwaway MariaDB on loopback; needs Debian's `mariadb-server`. */
async function main(command: string, args: readonly string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'mariadb-'));
  const user = process.getuid?.() === 0 ? ['--user=mysql'] : [];
  if (user.length > 0) execFileSync('chown', ['mysql', folder]);
  const common = ['--no-defaults', `--datadir=${folder}`, ...user];
  execFileSync('mariadb-install-db', [...common, '--auth-root-authentication-method=normal', '--skip-test-db'], {
    stdio: 'pipe',
  });
  const port = await freePort();
  const socket = join(folder, 'socket');
  const authority = new Authority();
  const { cert, key } = authority.issue('server', 'IP:127.0.0.1');
  if (user.length > 0) execFileSync('chown', ['-R', 'mysql', authority.folder]);
  const tls = [`--ssl-ca=${authority.root}`, `--ssl-cert=${cert}`, `--ssl-key=${key}`];
  const options = [...tls, `--port=${port}`, '--bind-address=127.0.0.1', `--socket=${socket}`, '--skip-networking=0'];
  const server = spawn('mariadbd', [...common, ...options, '--innodb-flush-log-at-trx-commit=0'], { stdio: 'ignore' });
  try {
    const url = `mariadb://root@127.0.0.1:${port}/mysql`;
    await ready(port);
    const child = spawn(command, args, {
      stdio: 'inherit',
      env: { ...process.env, TEST_LANES: 'mariadb', TEST_MARIADB_URL: url, TEST_MARIADB_CA: authority.root },
    });
    return await new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
  } finally {
    const exited = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    await exited;
    rmSync(folder, { recursive: true, force: true });
    authority.remove();
  }
}

async function ready(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    try {
      await (await createConnection({ host: '127.0.0.1', port, user: 'root', connectTimeout: 500 })).end();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error('MariaDB did not start within 10 s');
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

const [command = '', ...args] = process.argv.slice(process.argv.indexOf('--') + 1);
process.exitCode = await main(command, args);
