import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runBackups } from '../../src/platform/backup/main.js';
import { loadPart, part } from '../../src/platform/backup/part.js';
import { directory } from '../../src/platform/backup-stores/directory.js';
import { ConfigError } from '../../src/platform/config/errors.js';
import { type Provided, ProviderFailure, type SecretProvider } from '../../src/platform/config/provider.js';
import * as types from '../../src/platform/config/types.js';
import { inLane } from '../tools/lane.js';
import { PostgresServer } from './postgres-server.js';

const HOUR = 60 * 60 * 1000;
const environments = ['prod'];
const secret = { type: types.string(), secret: true } as const;
const needed = part(
  {
    databaseUrl: { name: 'DATABASE_URL', ...secret },
    backupIdentity: { name: 'BACKUP_IDENTITY', ...secret },
    backupRecipients: { name: 'BACKUP_RECIPIENTS', type: types.list() },
    backupLockTimeout: { name: 'BACKUP_LOCK_TIMEOUT', type: types.duration(), default: 1_000 },
  } as const,
  ['databaseUrl', 'backupIdentity', 'backupRecipients', 'backupLockTimeout'],
);

let folder: string;
let warnings: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'by-hand-'));
  warnings = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => warnings.push(String(text).trimEnd()) > 0);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

/** Names a file for a variable, as a person does. */
function give(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
  vi.stubEnv(`${name}_FILE`, join(folder, name));
}

function store(read: SecretProvider['read']) {
  const places = { DATABASE_URL: 'there', BACKUP_IDENTITY: 'there' };
  return { environments, providers: { prod: [{ name: 'a store', places, read: vi.fn(read) }] } };
}

const gone = () => store(() => Promise.reject(new Error('nobody answers')));

describe('what a person is given of the configuration', () => {
  it('is what a file has, which no store is asked for', async () => {
    give('BACKUP_IDENTITY', 'mine');
    const surroundings = store(async () => new Map([['DATABASE_URL', { text: 'stored' }]]));
    const config = await loadPart(needed, surroundings, undefined);
    expect([config.backupIdentity?.reveal(), config.databaseUrl?.reveal()]).toEqual(['mine', 'stored']);
    expect(surroundings.providers.prod[0]?.read).toHaveBeenCalledWith(['DATABASE_URL'], expect.anything());
    expect(warnings).toEqual([]);
  });

  it.each<[string, SecretProvider['read'], string]>([
    ['is gone', () => Promise.reject(new Error('nobody answers')), 'nobody answers'],
    ['says nothing', () => new Promise<never>(() => undefined), 'no answer within 5000 ms'],
    [
      'refuses',
      async (names) => new Map(names.map((name) => [name, new ProviderFailure('it is denied')] as const)),
      'it is denied',
    ],
  ])('lacks what a store has that %s, and says so', async (_, read, reason) => {
    give('BACKUP_IDENTITY', 'mine');
    const config = await loadPart(needed, store(read), undefined);
    expect([config.backupIdentity?.reveal(), config.databaseUrl]).toEqual(['mine', undefined]);
    expect(warnings).toEqual([
      `DATABASE_URL cannot be read from a store: ${reason}. What is needed of it can be given by a file, as DATABASE_URL_FILE.`,
    ]);
  });

  it('is no matter of processes, which fail where a store does', async () => {
    give('BACKUP_IDENTITY', 'mine');
    await expect(loadPart(needed, gone(), 'restore-drill')).rejects.toThrow(ConfigError);
    const answer: ReadonlyMap<string, Provided> = new Map([['BACKUP_IDENTITY', { text: 'stored' }]]);
    const config = await loadPart(
      needed,
      store(async () => answer),
      'restore-drill',
    );
    expect(config.backupIdentity?.reveal()).toBe('stored');
  });
});

describe.runIf(inLane('backup'))('a restore on PostgreSQL while the store of secrets is gone', () => {
  it('takes the key from a file', async () => {
    const server = await PostgresServer.start();
    try {
      const url = await server.create();
      await server.query(new URL(url).pathname.slice(1), "CREATE TABLE customer AS SELECT 'Ada' AS name");
      const identity = await generateIdentity();
      vi.stubEnv('BACKUP_RECIPIENTS', await identityToRecipient(identity));
      const answer: ReadonlyMap<string, Provided> = new Map([['DATABASE_URL', { text: url }]]);
      const plan = (surroundings: ReturnType<typeof store>) => ({
        service: 'orders',
        loadConfig: (process?: string) => loadPart(needed, surroundings, process),
        stores: () => ({ main: () => directory(join(folder, 'backups')) }),
        retention: { all: HOUR, days: 0, months: 0, least: 1 },
        recoveryTime: HOUR,
      });
      expect(await runBackups(['backup'], plan(store(async () => answer)))).toBe(0);

      const target = await server.create();
      expect(await runBackups(['restore', 'latest', '--to', target], plan(gone()))).toBe(1);
      give('BACKUP_IDENTITY', identity);
      expect(await runBackups(['restore', 'latest', '--to', target], plan(gone()))).toBe(0);
      expect(await server.query(new URL(target).pathname.slice(1), 'SELECT * FROM customer')).toEqual([
        { name: 'Ada' },
      ]);
    } finally {
      await server.stop();
    }
  }, 60_000);
});
