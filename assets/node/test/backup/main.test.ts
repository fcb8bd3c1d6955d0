import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { readCatalogue } from '../../src/platform/backup/catalogue.js';
import { type BackupPlan, runBackups } from '../../src/platform/backup/main.js';
import type { BackupConfig } from '../../src/platform/backup/settings.js';
import type { BackupStore } from '../../src/platform/backup/store.js';
import { directory } from '../../src/platform/backup-stores/directory.js';
import { storeAt } from '../../src/platform/backup-stores/store-at.js';
import { Secret } from '../../src/platform/config/secret.js';
import { inLane } from '../tools/lane.js';
import { PostgresServer } from './postgres-server.js';

const HOUR = 60 * 60 * 1000;

describe('a command that cannot be meant', () => {
  const plan = { loadConfig: () => Promise.reject(new Error('not reached')) } as unknown as BackupPlan<BackupConfig>;

  it.each([
    [['restor', 'latest'], 'There is no verb "restor"'],
    [['restore', 'latest'], '"restore" takes a backup and --to'],
    [['restore', 'latest', '--too', 'x'], "Unknown option '--too'"],
    [['backup', 'now'], '"backup" does not take "now"'],
    [['backup', '--overwrite'], '"backup" does not take --overwrite'],
    [['drill', 'one', 'two'], '"drill" does not take "two"'],
  ])('%j is refused with the way to say it', async (argv, message) => {
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      expect(await runBackups(argv, plan)).toBe(2);
      expect(written.mock.calls.join('')).toContain(message);
      expect(written.mock.calls.join('')).toContain('Usage: <verb>');
    } finally {
      written.mockRestore();
    }
  });
});

describe.runIf(inLane('backup'))('the verbs on PostgreSQL', () => {
  let server: PostgresServer;
  let folder: string;
  let identity: string;
  let config: BackupConfig;
  let gateway: Server;
  let pushed: string[];
  let copy: (() => BackupStore) | undefined;

  beforeAll(async () => {
    server = await PostgresServer.start();
    identity = await generateIdentity();
    gateway = createServer((request, response) => {
      let body = '';
      request.on('data', (text) => {
        body += text;
      });
      request.on('end', () => {
        pushed.push(`${request.method} ${request.url}\n${body}`);
        response.end();
      });
    }).listen(0, '127.0.0.1');
  }, 60_000);
  afterAll(async () => {
    gateway.close();
    await server.stop();
  });

  beforeEach(async () => {
    pushed = [];
    copy = undefined;
    folder = mkdtempSync(join(tmpdir(), 'backups-'));
    const url = await server.create();
    await server.query(new URL(url).pathname.slice(1), "CREATE TABLE customer AS SELECT 'Ada' AS name");
    config = {
      environment: 'prod',
      databaseUrl: new Secret(url),
      backupDrillDatabaseUrl: new Secret(await server.create(`${Math.random().toString(36).slice(2)}_drill`)),
      backupRecipients: [await identityToRecipient(identity)],
      backupIdentity: new Secret(identity),
      backupLockTimeout: 1_000,
      backupPushgatewayUrl: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`,
    };
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const run = (...argv: string[]) => runWith({}, ...argv);
  const runWith = (changes: Partial<BackupPlan<BackupConfig>>, ...argv: string[]) =>
    runBackups(argv, {
      service: 'orders',
      loadConfig: async () => config,
      stores: () => ({ main: () => directory(folder), ...(copy ? { copy } : {}) }),
      retention: { all: HOUR, days: 0, months: 0, least: 1 },
      recoveryTime: HOUR,
      ...changes,
    });

  it('back up, list, drill and restore, and say so in metrics', async () => {
    expect(await run('backup')).toBe(0);
    expect(pushed.join('')).toContain('POST /metrics/job/orders/environment/prod');
    expect(pushed.join('')).toMatch(/^backup_last_success_timestamp_seconds \d+/m);
    expect(pushed.join('')).toMatch(/^backup_size_bytes \d+$/m);
    expect(pushed.join('')).toContain('backup_last_run_success 1');
    expect(await run('drill')).toBe(0);
    expect(pushed.join('')).toMatch(/^backup_drill_duration_seconds \d/m);
    const target = await server.create();
    writeFileSync(join(folder, 'target'), target);
    expect(await run('restore', 'latest', '--to', `@${join(folder, 'target')}`)).toBe(0);
    expect(await server.query(new URL(target).pathname.slice(1), 'SELECT * FROM customer')).toEqual([{ name: 'Ada' }]);
    const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    expect(await run('list')).toBe(0);
    expect(written.mock.calls.join('')).toMatch(/\d{8}T\d{6}Z-[0-9a-f]{8} {2}\d+ bytes {2}at no migration/);
    written.mockRestore();
  });

  it('drill, list and restore where nobody says where the copies are, as their processes and a person in an emergency do', async () => {
    expect(await run('backup')).toBe(0);
    const place = { config, service: 'orders', variable: 'BACKUP_COPY_URL', example: 's3://acme' };
    copy = () => storeAt(undefined, { ...place, open: () => directory(folder) });
    expect(await run('drill')).toBe(0);
    const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    expect(await run('list')).toBe(0);
    expect(written.mock.calls.join('')).toContain(folder);
    written.mockRestore();
    expect(await run('restore', 'latest', '--to', await server.create())).toBe(0);
    expect(await run('restore', 'latest', '--to', await server.create(), '--from-copy')).toBe(1);
    expect(await run('backup')).toBe(1);
  });

  it('never remove the backup that was restored last, however many come after it', async () => {
    expect(await run('backup')).toBe(0);
    expect(await run('drill')).toBe(0);
    const [proved] = (await readCatalogue(directory(folder))).good;
    config = { ...config, backupRecipients: [await identityToRecipient(await generateIdentity())] };
    const short = { retention: { all: 0, days: 0, months: 0, least: 1 } };
    for (let i = 0; i < 3; i++) expect(await runWith(short, 'backup')).toBe(0);
    const { good } = await readCatalogue(directory(folder));
    expect(good.map(({ id }) => id)).toEqual([expect.any(String), proved?.id]);
    expect(await run('drill')).toBe(1);
    expect(await run('drill', `${proved?.id}`)).toBe(0);
  });

  it('fail a drill whose backup nothing would keep, because the store cannot be written', async () => {
    expect(await run('backup')).toBe(0);
    const readOnly = { ...directory(folder), write: () => Promise.reject(new Error('AccessDenied')) };
    expect(await runWith({ stores: () => ({ main: () => readOnly }) }, 'drill')).toBe(1);
    expect(pushed.join('')).toContain('backup_drill_last_run_success 0');
  });

  it('fail with a code and a metric that leaves the time of the last success as it was', async () => {
    config = { ...config, databaseUrl: new Secret(server.urlOf('gone')) };
    expect(await run('backup')).toBe(1);
    expect(pushed.join('')).toContain('backup_last_run_success 0');
    expect(pushed.join('')).not.toContain('backup_last_success_timestamp_seconds');
    expect(await run('drill')).toBe(1);
    expect(pushed.join('')).toContain('backup_drill_last_run_success 0');
    expect(await run('restore', '20260101T000000Z-00000000', '--to', server.urlOf('gone'))).toBe(1);
  });

  it('make a good backup where nobody takes the metrics', async () => {
    config = { ...config, backupPushgatewayUrl: 'http://127.0.0.1:1' };
    expect(await run('backup')).toBe(0);
  });
});
