import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { eventually } from '../migrations/runners.js';
import { environment, ScratchService } from './scratch-service.js';

const services: ScratchService[] = [];
const isRoot = process.getuid?.() === 0;

function newService(parent?: string): ScratchService {
  const service = new ScratchService('postgresql', parent);
  services.push(service);
  return service;
}

const parents: string[] = [];

function newParent(name: string): string {
  const parent = mkdtempSync(join(tmpdir(), `${name}-`));
  parents.push(parent);
  return parent;
}

afterAll(() => {
  for (const service of services) service.remove();
  for (const parent of parents) rmSync(parent, { recursive: true, force: true });
});

const control = (service: ScratchService, name: string) => join(service.root, '.data', 'postgres', 'control', name);
const state = (service: ScratchService): { port: number; keeper: number } =>
  JSON.parse(readFileSync(control(service, 'state.json'), 'utf8'));

function clusterOf(service: ScratchService): string {
  const note = control(service, 'elsewhere');
  return join(existsSync(note) ? readFileSync(note, 'utf8') : join(service.root, '.data', 'postgres'), 'cluster');
}

const postmaster = (service: ScratchService) =>
  Number(readFileSync(join(clusterOf(service), 'postmaster.pid'), 'utf8').split('\n')[0]);

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query('SELECT 1')).rowCount === 1;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe('the embedded PostgreSQL', { timeout: 90_000 }, () => {
  it('is there while a command runs, and gone soon after, with its data kept', async () => {
    const service = newService();
    const held = await service.holdDatabase();
    expect(await answers(held.url)).toBe(true);
    const { keeper } = state(service);
    const server = postmaster(service);
    await held.release();
    await eventually(async () => !isAlive(keeper) && !isAlive(server));
    expect(existsSync(control(service, 'state.json'))).toBe(false);
    expect(readdirSync(control(service, 'leases'))).toEqual([]);
    expect(existsSync(clusterOf(service))).toBe(true);
  });

  it('is one server for several commands that start together', async () => {
    const service = newService();
    const held = await Promise.all(Array.from({ length: 4 }, () => service.holdDatabase()));
    expect(new Set(held.map(({ url }) => url)).size).toBe(1);
    const keepers = () =>
      execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
        .split('\n')
        .filter((line) => line.includes(service.root) && line.includes('keeper.ts'));
    await eventually(async () => keepers().length === 1);
    await held[0]?.release();
    expect(await answers(held[1]?.url ?? '')).toBe(true);
    await Promise.all(held.slice(1).map(({ release }) => release()));
  });

  it('lets nobody in without the password, listens on loopback alone, and keeps its secrets to itself', async () => {
    const service = newService();
    const held = await service.holdDatabase();
    expect(await answers(held.url.replace(/:[^:@]+@/, ':guess@'))).toBe(false);
    expect(await answers(held.url.replace(/:[^:@]+@/, '@'))).toBe(false);
    const client = new pg.Client({ connectionString: held.url });
    await client.connect();
    const show = async (name: string) => (await client.query(`SHOW ${name}`)).rows[0][name];
    expect(await show('listen_addresses')).toBe('127.0.0.1');
    expect(await show('unix_socket_directories')).toBe('');
    await client.end();
    const { password } = new URL(held.url);
    expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toContain(password);
    const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
    expect(mode(clusterOf(service))).toBe('700');
    expect(mode(join(service.root, '.data', 'postgres', 'control'))).toBe('700');
    expect(mode(control(service, 'state.json'))).toBe('600');
    expect(mode(control(service, 'server.log'))).toBe('600');
    await held.release();
  });

  it('stops after its users were killed', async () => {
    const service = newService();
    const user = spawn(process.execPath, ['--import', 'tsx', 'tools/database/with-database.ts', '--', 'sleep', '60'], {
      cwd: service.root,
      env: environment({}),
      stdio: 'ignore',
      detached: true,
    });
    await eventually(async () => existsSync(control(service, 'state.json')), 60_000);
    const { keeper } = state(service);
    process.kill(-(user.pid ?? 0), 'SIGKILL');
    await eventually(async () => !isAlive(keeper));
  });

  it('goes on with its server after the keeper was killed', async () => {
    const service = newService();
    const held = await service.holdDatabase();
    const server = postmaster(service);
    process.kill(state(service).keeper, 'SIGKILL');
    const again = await service.holdDatabase();
    expect(again.url).toBe(held.url);
    expect(postmaster(service)).toBe(server);
    await held.release();
    await again.release();
    await eventually(async () => !isAlive(server));
  });

  it('comes back after everything was killed', async () => {
    const service = newService();
    const held = await service.holdDatabase();
    const server = postmaster(service);
    process.kill(state(service).keeper, 'SIGKILL');
    process.kill(server, 'SIGKILL');
    await eventually(async () => !isAlive(server));
    const again = await service.holdDatabase();
    expect(await answers(again.url)).toBe(true);
    await held.release();
    await again.release();
  });

  it('is not deceived by a stale pid file that names a process of somebody else', async () => {
    const service = newService();
    const held = await service.holdDatabase();
    const server = postmaster(service);
    await held.release();
    await eventually(async () => !isAlive(server) && !existsSync(join(clusterOf(service), 'postmaster.pid')));
    writeFileSync(join(clusterOf(service), 'postmaster.pid'), `${process.pid}\n${clusterOf(service)}\n0\n5432\n`);
    const again = await service.holdDatabase();
    expect(await answers(again.url)).toBe(true);
    await again.release();
  });

  it('stops when the folder is removed under it', async () => {
    const service = newService();
    const held = await service.holdDatabase();
    const { keeper } = state(service);
    const server = postmaster(service);
    service.remove();
    await eventually(async () => !isAlive(keeper) && !isAlive(server));
    await held.release();
  });

  it('gives way to DATABASE_URL', () => {
    const service = newService();
    const url = 'postgresql://somewhere/else';
    const { stdout, status } = service.tool('with-database', ['--', 'sh', '-c', 'echo $DATABASE_URL $APP_ENV'], {
      DATABASE_URL: url,
    });
    expect([status, stdout.trim()]).toEqual([0, `${url} prod`]);
    expect(existsSync(join(service.root, '.data', 'postgres'))).toBe(false);
  });
});

describe('a command with a database', { timeout: 60_000 }, () => {
  it('passes arguments on as they are, and the exit code back', () => {
    const service = newService();
    const env = { DATABASE_URL: 'postgresql://somewhere/else' };
    const odd = ['a b', '$(id)', ';', '"'];
    const script = 'console.log(JSON.stringify(process.argv.slice(1))); process.exit(7)';
    const { status, stdout } = service.tool('with-database', ['--', 'node', '-e', script, ...odd], env);
    expect([status, JSON.parse(stdout)]).toEqual([7, odd]);
    expect(service.tool('with-database', ['--', 'nonsense-command'], env)).toMatchObject({
      status: 1,
      stderr: 'There is no command "nonsense-command".\n',
    });
    expect(service.tool('with-database', [], env).stderr).toContain('Usage');
  });

  it('passes signals on', async () => {
    const service = newService();
    const script = "process.on('SIGTERM', () => process.exit(42)); setInterval(() => {}, 1000); console.log('up')";
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', 'tools/database/with-database.ts', '--', 'node', '-e', script],
      {
        cwd: service.root,
        env: environment({ DATABASE_URL: 'postgresql://somewhere/else' }),
      },
    );
    child.stdout.once('data', () => child.kill('SIGTERM'));
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(42);
  });
});

describe.runIf(isRoot)('as root', { timeout: 90_000 }, () => {
  it('works in a folder that only root can enter, and forgets the data with the folder', async () => {
    const parent = newParent('closed');
    expect(statSync(parent).mode & 0o077).toBe(0);
    const service = newService(parent);
    const held = await service.holdDatabase();
    expect(await answers(held.url)).toBe(true);
    const home = readFileSync(control(service, 'elsewhere'), 'utf8');
    expect(home).toMatch(/^\/var\/lib\/embedded-postgres\/service-/);
    const server = postmaster(service);
    await held.release();
    await eventually(async () => !isAlive(server));
    rmSync(parent, { recursive: true, force: true });
    const other = newService();
    await (await other.holdDatabase()).release();
    expect(existsSync(home)).toBe(false);
  });

  it('keeps the data in the folder where everyone can enter it', async () => {
    const parent = newParent('open');
    chmodSync(parent, 0o755);
    const service = newService(parent);
    chmodSync(service.root, 0o755);
    const held = await service.holdDatabase();
    expect(existsSync(join(service.root, '.data', 'postgres', 'cluster', 'PG_VERSION'))).toBe(true);
    expect(statSync(join(service.root, '.data', 'postgres', 'cluster')).uid).not.toBe(0);
    await held.release();
  });

  it('works as an ordinary user too', () => {
    const parent = newParent('ordinary');
    chmodSync(parent, 0o755);
    const service = newService(parent);
    execFileSync('chown', ['-R', 'nobody', parent]);
    const home = join(parent, 'home');
    mkdirSync(home);
    chmodSync(home, 0o777);
    const uid = Number(execFileSync('id', ['-u', 'nobody'], { encoding: 'utf8' }));
    const script =
      "import('pg').then(async ({ default: { Client } }) => { const c = new Client(process.env.DATABASE_URL); await c.connect(); console.log((await c.query('SELECT 1 AS x')).rows[0].x); await c.end(); })";
    const output = execFileSync(
      process.execPath,
      ['--import', 'tsx', 'tools/database/with-database.ts', '--', 'node', '-e', script],
      {
        cwd: service.root,
        uid,
        env: environment({ HOME: home, TMPDIR: home }),
        encoding: 'utf8',
      },
    );
    expect(output.trim()).toBe('1');
    expect(statSync(join(service.root, '.data', 'postgres', 'cluster')).uid).toBe(uid);
  });
});
