import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeyRing } from '../../src/platform/config/key-ring.js';
import type { Declarations } from '../../src/platform/config/load.js';
import * as types from '../../src/platform/config/types.js';
import { checkRotation } from '../../tools/secrets/check-rotation.js';
import type { Facts, RotationFacts, VariableFacts } from '../../tools/secrets/facts.js';
import { rotate } from '../../tools/secrets/rotate.js';
import type { DatabaseLogins } from '../../tools/secrets/rotation.js';
import type { SecretStore } from '../../tools/secrets/store.js';
import { type Logins, type Renewal, rotateLogin } from '../../tools/secrets-logins/rotate-login.js';
import { MemoryStore } from './memory-store.js';

const OLD = 'o'.repeat(40);
const HOUR = 3_600_000;

const declarations = {
  stripe: { name: 'STRIPE_API_KEY', type: types.string({ pattern: /^sk_/ }), secret: true },
  keys: { name: 'SESSION_KEYS', type: types.keys(), secret: true },
  url: { name: 'DATABASE_URL', type: types.url({ schemes: ['postgresql'] }), secret: true },
  replica: { name: 'REPLICA_URL', type: types.url({ schemes: ['postgresql'] }), secret: true },
  backup: { name: 'BACKUP_URL', type: types.url({ schemes: ['postgresql'] }), secret: true },
  owner: { name: 'OWNER_URL', type: types.url({ schemes: ['postgresql'] }), secret: true },
} as const satisfies Declarations;

function secret(name: string, rotation: Partial<RotationFacts>): VariableFacts {
  const states = { dev: 'referenced', prod: 'referenced', test: 'referenced' } as const;
  return { name, secret: true, states, rotation: { method: 'manual', days: 90, overlap: false, ...rotation } };
}

const facts: Facts = {
  service: 'orders',
  environments: ['dev', 'prod'],
  variables: [
    secret('STRIPE_API_KEY', { owner: 'team-orders' }),
    secret('SESSION_KEYS', { method: 'generated key', days: 30 }),
    secret('DATABASE_URL', { method: 'database login', settledSeconds: { prod: 540 } }),
    secret('REPLICA_URL', { method: 'database login' }),
    secret('OWNER_URL', { method: 'database login' }),
    secret('BACKUP_URL', { owner: 'team-orders' }),
    secret('PARTNER_PASSWORD', { waived: 'the partner cannot change it' }),
  ],
};

/** Stands for a database and its replica, which is one server to those who log in; `other` is another server. */
class Server implements Logins {
  readonly passwords = new Map([['app', 'stale']]);

  async renew({ url, password, isNew, confirm, prove, commit }: Renewal): Promise<void> {
    await confirm();
    const next = new URL(url).username === 'app' ? 'app_alt' : 'app';
    if (isNew) this.passwords.set(next, password);
    await prove();
    await commit();
  }

  async refusalOf(url: string): Promise<string | undefined> {
    const { hostname, username, password } = new URL(url);
    const isRight = hostname !== 'other' && this.passwords.get(username) === password;
    return isRight ? undefined : 'password authentication failed';
  }
}
const loginsBy = (made: Logins): DatabaseLogins[] => [
  { schemes: ['postgresql'], rotate: (rotation) => rotateLogin(rotation, made) },
];

let server: Server;
let store: MemoryStore;
let cwd: string;
const printed: string[] = [];

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'rotate-'));
  printed.length = 0;
  server = new Server();
  store = new MemoryStore({
    STRIPE_API_KEY: 'sk_old',
    SESSION_KEYS: `${OLD},older-${OLD}`,
    DATABASE_URL: 'postgresql://app:stale@db/orders',
    REPLICA_URL: 'postgresql://app:stale@replica/orders?x=1',
    OWNER_URL: 'postgresql://owner:own@db/orders',
    BACKUP_URL: undefined,
  });
});
afterEach(() => rmSync(cwd, { recursive: true }));

function run(args: string[], given: SecretStore = store, now = store.now + HOUR, made: Logins = server) {
  const env = { ADMIN_DATABASE_URL: 'postgresql://admin@db/orders' };
  const print = (text: string) => void printed.push(text);
  const stores = { prod: [given] };
  return rotate({ args, facts, declarations, stores, databaseLogins: loginsBy(made), env, print, now: () => now });
}

const textOf = async (name: string) => (await store.read(name)) ?? '';

describe('secrets:rotate of a generated key', () => {
  it('lets the new key verify before it signs, and the old one verify after', async () => {
    const before = new KeyRing([OLD]);
    const signed = before.sign('a session');
    await run(['SESSION_KEYS', 'prod', '--wait', '0']);
    const [first, second] = store.written.map(({ text }) => new KeyRing(text.split(',') as [string, ...string[]]));
    if (!first || !second) throw new Error('not written twice');

    expect(first.current).toBe(OLD);
    expect(second.current).toBe(first.all[1]);
    expect(second.current.length).toBeGreaterThanOrEqual(43);
    // At no moment does a process sign what another one, a step behind or ahead, does not verify.
    expect(first.verify('a session', second.sign('a session'))).toBe(true);
    expect(second.verify('a session', signed)).toBe(true);
    expect(second.all).toHaveLength(2);
  });

  it('makes the first key where there is none', async () => {
    const empty = new MemoryStore({ SESSION_KEYS: undefined });
    await run(['SESSION_KEYS', 'prod'], empty);

    expect(empty.written).toHaveLength(1);
    expect(printed.join()).toContain('has its first key in a store, orders/prod/SESSION_KEYS');
  });

  it('waits as long as processes take to read it, unless told otherwise', async () => {
    const waiting = run(['SESSION_KEYS', 'prod', '--wait', '0.3']);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(store.written).toHaveLength(1);
    await waiting;
    expect(store.written).toHaveLength(2);
    await expect(run(['SESSION_KEYS', 'prod', '--wait', 'long'])).rejects.toThrow('--wait "long" is no number');
  });

  it('does not write over what somebody else wrote in the meantime', async () => {
    const waiting = run(['SESSION_KEYS', 'prod', '--wait', '0.2']);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await store.write('SESSION_KEYS', 'theirs'.repeat(10));

    await expect(waiting).rejects.toThrow('changed by somebody else');
    expect(await textOf('SESSION_KEYS')).toBe('theirs'.repeat(10));
  });

  it('prints no key', async () => {
    await run(['SESSION_KEYS', 'prod', '--wait', '0']);
    const keys = store.written.flatMap(({ text }) => text.split(','));
    for (const key of keys) expect(printed.join('\n')).not.toContain(key);
  });
});

describe('secrets:rotate of a database login', () => {
  it('takes every secret of the environment along that logs in as the same user', async () => {
    await run(['DATABASE_URL', 'prod']);

    const password = server.passwords.get('app_alt') ?? '';
    expect(await textOf('DATABASE_URL')).toBe(`postgresql://app_alt:${password}@db/orders`);
    expect(await textOf('REPLICA_URL')).toBe(`postgresql://app_alt:${password}@replica/orders?x=1`);
    expect(await textOf('OWNER_URL')).toBe('postgresql://owner:own@db/orders');
    expect(printed.join()).not.toContain('stale');
    expect(printed.join()).not.toContain(password);
  });

  it('is refused while some process may still log in as the user whose turn it is', async () => {
    await expect(run(['DATABASE_URL', 'prod'], store, store.now + 30_000)).rejects.toThrow(
      'DATABASE_URL was replaced 30 s ago, so some process may still log in as the user whose turn it is. Wait 510 s, or add --soon.',
    );
    const waiting = (seconds: string) => run(['DATABASE_URL', 'prod', '--wait', seconds], store, store.now + 30_000);
    await expect(waiting('3600')).rejects.toThrow('Wait 3570 s');
    await expect(waiting('0')).rejects.toThrow('Wait 510 s');
    expect(store.written).toEqual([]);
    await run(['DATABASE_URL', 'prod', '--soon'], store, store.now + 30_000);
    expect(store.written).toHaveLength(2);
  });

  it('stops where somebody else replaced it before it had the lock', async () => {
    const late: Logins = {
      refusalOf: (url) => server.refusalOf(url),
      renew: async (renewal) => {
        await store.write('DATABASE_URL', 'postgresql://app_alt:theirs@db/orders');
        await server.renew(renewal);
      },
    };

    await expect(run(['DATABASE_URL', 'prod'], store, store.now + HOUR, late)).rejects.toThrow(
      'DATABASE_URL was changed by somebody else in the meantime.',
    );
    expect(store.written).toHaveLength(1);
  });

  describe('that failed half-way', () => {
    beforeEach(async () => {
      const { name, places } = store;
      const failing: SecretStore = {
        name,
        places,
        describe: (variable) => store.describe(variable),
        read: (variable) => store.read(variable),
        write: async (variable, text) => {
          if (variable === 'DATABASE_URL') throw new Error('the store does not answer');
          return await store.write(variable, text);
        },
      };
      store.now += HOUR;
      await expect(run(['DATABASE_URL', 'prod'], failing)).rejects.toThrow('the store does not answer');
    });

    it('is finished by running it again, with the password that some processes have read', async () => {
      const password = server.passwords.get('app_alt');
      expect(await textOf('REPLICA_URL')).toBe(`postgresql://app_alt:${password}@replica/orders?x=1`);
      await run(['DATABASE_URL', 'prod'], store, store.now + 1000);

      expect(server.passwords.get('app_alt')).toBe(password);
      expect(await textOf('DATABASE_URL')).toBe(`postgresql://app_alt:${password}@db/orders`);
      expect(store.written.map(({ variable }) => variable)).toEqual(['REPLICA_URL', 'DATABASE_URL']);
    });

    it('gets another password where that one works no more, but not while processes may use it', async () => {
      server.passwords.set('app_alt', 'somebody elses');
      await expect(run(['DATABASE_URL', 'prod'], store, store.now + 1000)).rejects.toThrow(
        'REPLICA_URL was replaced 1 s ago',
      );
      await run(['DATABASE_URL', 'prod']);

      const password = server.passwords.get('app_alt');
      expect(password).not.toBe('somebody elses');
      expect(await textOf('DATABASE_URL')).toBe(`postgresql://app_alt:${password}@db/orders`);
      expect(await textOf('REPLICA_URL')).toBe(`postgresql://app_alt:${password}@replica/orders?x=1`);
    });
  });

  it('writes nothing where a secret would lead to a server that does not know the login', {
    timeout: 20_000,
  }, async () => {
    await store.write('OWNER_URL', 'postgresql://app:theirs@other/billing');
    store.written.length = 0;
    await expect(run(['DATABASE_URL', 'prod'])).rejects.toThrow(
      'OWNER_URL follows, but app_alt cannot log in where it leads: password authentication failed. Nothing is changed in the stores.',
    );
    expect(store.written).toEqual([]);
    await run(['DATABASE_URL', 'prod', '--without', 'OWNER_URL']);
    expect(store.written.map(({ variable }) => variable)).toEqual(['REPLICA_URL', 'DATABASE_URL']);
    expect(await textOf('OWNER_URL')).toBe('postgresql://app:theirs@other/billing');
    await expect(run(['DATABASE_URL', 'prod', '--without', 'OWNER_URI'])).rejects.toThrow('did you mean OWNER_URL?');
  });

  it('names a secret that logs in as the same user and does not follow, before it would be shut out', async () => {
    await store.write('BACKUP_URL', 'postgresql://app:stale@db/orders');
    await run(['DATABASE_URL', 'prod']);
    expect(printed.join('\n')).toContain(
      'BACKUP_URL logs in as app too, and does not follow: the next rotation would take its password.',
    );
    store.written.length = 0;
    await expect(run(['DATABASE_URL', 'prod'])).rejects.toThrow(
      /^BACKUP_URL logs in as app, which would get another password now, and does not follow\./,
    );
    expect(store.written).toEqual([]);
    expect(server.passwords.get('app')).toBe('stale');
    await run(['DATABASE_URL', 'prod', '--without', 'BACKUP_URL']);
    expect(server.passwords.get('app')).not.toBe('stale');
  });

  it('changes nothing where the database refuses', async () => {
    const refused = rotate({
      args: ['DATABASE_URL', 'prod'],
      facts,
      declarations,
      stores: { prod: [store] },
      databaseLogins: loginsBy({
        renew: () => Promise.reject(new Error('no right to do so')),
        refusalOf: (url) => server.refusalOf(url),
      }),
      env: { ADMIN_DATABASE_URL: 'postgresql://admin@db/orders' },
      print: () => undefined,
    });

    await expect(refused).rejects.toThrow('no right');
    expect(store.written).toEqual([]);
  });
});

describe('secrets:rotate of what a person replaces', () => {
  it('takes the new value from a file, never from an argument', async () => {
    writeFileSync(join(cwd, 'new'), 'sk_new\n');
    await expect(run(['STRIPE_API_KEY', 'prod'])).rejects.toThrow('is replaced by a person');
    await run(['STRIPE_API_KEY', 'prod', '--from-file', join(cwd, 'new')]);

    expect(await textOf('STRIPE_API_KEY')).toBe('sk_new');
    expect(printed.join()).not.toContain('sk_new');
  });

  it('refuses what the service would refuse, without showing it', async () => {
    writeFileSync(join(cwd, 'new'), 'hunter2');
    const refused = run(['STRIPE_API_KEY', 'prod', '--from-file', join(cwd, 'new')]);

    await expect(refused).rejects.toThrow(/^The new value of STRIPE_API_KEY is not a text matching/);
    await expect(refused).rejects.not.toThrow('hunter2');
    await expect(run(['STRIPE_API_KEY', 'prod', '--from-file', join(cwd, 'none')])).rejects.toThrow(
      'cannot be read (ENOENT)',
    );
    expect(store.written).toEqual([]);
  });
});

describe('secrets:rotate', () => {
  it.each([
    [['STRIPE_API_KYE', 'prod'], 'orders has no secret STRIPE_API_KYE; did you mean STRIPE_API_KEY?'],
    [['STRIPE_API_KEY', 'prd'], 'did you mean prod?'],
    [['STRIPE_API_KEY'], 'secrets:rotate <VARIABLE> <environment>'],
    [['PARTNER_PASSWORD', 'prod'], 'PARTNER_PASSWORD is never rotated: the partner cannot change it.'],
    [['STRIPE_API_KEY', 'dev'], 'No store that can be written to keeps STRIPE_API_KEY in dev.'],
  ])('says what is wrong with %j', async (args, message) => {
    await expect(run(args)).rejects.toThrow(message);
  });
});

describe('secrets:check', () => {
  const DAY = 24 * HOUR;

  async function check(days: number, args: string[] = ['prod']) {
    const lines: string[] = [];
    const print = (text: string) => void lines.push(text);
    const now = () => store.now + days * DAY + HOUR;
    const code = await checkRotation({ args, facts, stores: { prod: [store] }, print, now });
    return { code, output: lines.join('\n') };
  }

  it('passes while every secret is younger than it may get', async () => {
    expect(await check(30)).toMatchObject({ code: 0, output: expect.stringContaining('No secret is overdue.') });
  });

  it('fails when one is overdue, with who has to do what', async () => {
    const { code, output } = await check(33);

    expect(code).toBe(1);
    expect(output).toMatchInlineSnapshot(`
      "secret            environment  replaced every  by            state
      STRIPE_API_KEY    prod         90 days         team-orders   33 days old
      SESSION_KEYS      prod         30 days         nobody named  33 days old, 3 overdue
      DATABASE_URL      prod         90 days         nobody named  33 days old
      REPLICA_URL       prod         90 days         nobody named  33 days old
      OWNER_URL         prod         90 days         nobody named  33 days old
      BACKUP_URL        prod         90 days         team-orders   not there yet
      PARTNER_PASSWORD  prod         -               nobody named  never rotated: the partner cannot change it

      1 secret is overdue. docs/runbooks/rotate-a-secret.md says how to replace each:
        npx projen secrets:rotate SESSION_KEYS prod"
    `);
  });

  it('says of which secrets nobody knows the age', async () => {
    const { code, output } = await check(33, ['dev']);

    expect(code).toBe(0);
    expect(output).toMatch(/STRIPE_API_KEY +dev .*age unknown: the platform mounts it/);
    expect((await check(33, [])).output).not.toContain(' dev ');
  });

  it('asks every store, although one of them says nothing', async () => {
    const { places } = store;
    const silent: SecretStore = {
      name: 'another store',
      places: { STRIPE_API_KEY: places['STRIPE_API_KEY'] ?? '' },
      describe: async () => {
        throw new Error('it does not answer (ECONNREFUSED)');
      },
      write: async () => undefined,
    };
    const lines: string[] = [];
    const print = (text: string) => void lines.push(text);
    const now = () => store.now + 33 * DAY;
    const code = await checkRotation({ args: ['prod'], facts, stores: { prod: [store, silent] }, print, now });

    expect(code).toBe(1);
    expect(lines.join('\n')).toMatch(/STRIPE_API_KEY .* cannot be asked: it does not answer \(ECONNREFUSED\)/);
    expect(lines.join('\n')).toContain('Of 1 secret the age cannot be asked.\n1 secret is overdue.');
  });

  it('reads no secret to learn its age', async () => {
    const { name, places, describe, write } = store;
    const blind: SecretStore = { name, places, describe: describe.bind(store), write: write.bind(store) };
    expect(
      await checkRotation({ args: [], facts, stores: { prod: [blind] }, print: () => undefined, now: () => store.now }),
    ).toBe(0);
  });
});
