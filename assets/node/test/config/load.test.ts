import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, expectTypeOf, it, vi } from 'vitest';
import { ConfigError } from '../../src/platform/config/errors.js';
import { type ConfigSource, type Declarations, load } from '../../src/platform/config/load.js';
import { Secret } from '../../src/platform/config/secret.js';
import * as types from '../../src/platform/config/types.js';

const declarations = {
  port: { name: 'PORT', type: types.integer({ min: 0, max: 65535 }), default: 3000 },
  origins: { name: 'ORIGINS', type: types.list(), default: [] },
  databaseUrl: { name: 'DATABASE_URL', type: types.url({ schemes: ['postgresql'] }), secret: true },
  stripeKey: { name: 'STRIPE_KEY', type: types.string(), secret: true, requiredIn: ['prod'] },
  banner: { name: 'BANNER', type: types.string(), optional: true },
} as const satisfies Declarations;

const URL = 'postgresql://orders:hunter2@localhost/orders';
let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'config-'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

function loadFrom(env: NodeJS.ProcessEnv, source: ConfigSource = {}) {
  return load(declarations, { env: { APP_ENV: 'staging', ...env }, cwd, ...source });
}

async function problemsOf(env: NodeJS.ProcessEnv): Promise<readonly string[]> {
  try {
    await loadFrom(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

/** As a platform mounts it. */
function mounted(name: string, text: string): NodeJS.ProcessEnv {
  return { [`${name}_FILE`]: file(name, text) };
}

function file(name: string, text: string): string {
  writeFileSync(join(cwd, name), text);
  return name;
}

describe('layers', () => {
  it('starts from the default', async () => {
    expect((await loadFrom(mounted('DATABASE_URL', URL))).port).toBe(3000);
  });

  it('reads the environment file in dev and test', async () => {
    file('.env.dev', `PORT=4000\nDATABASE_URL=${URL}`);
    file('.env.test', `PORT=5000\nDATABASE_URL=${URL}`);

    expect((await loadFrom({ APP_ENV: 'dev' })).port).toBe(4000);
    expect((await loadFrom({ APP_ENV: 'test' })).port).toBe(5000);
  });

  it.each(['staging', 'prod'])('reads no environment file in %s', async (environment) => {
    file(`.env.${environment}`, 'PORT=4000');

    expect(
      (await loadFrom({ APP_ENV: environment, ...mounted('DATABASE_URL', URL), ...mounted('STRIPE_KEY', 'sk') })).port,
    ).toBe(3000);
  });

  it('puts the process environment over the file, and a mounted file over both', async () => {
    file('.env.dev', `PORT=4000\nDATABASE_URL=${URL}`);
    const port = file('port', '6000\n');

    expect((await loadFrom({ APP_ENV: 'dev', PORT: '5000' })).port).toBe(5000);
    expect((await loadFrom({ APP_ENV: 'dev', PORT: '5000', PORT_FILE: port })).port).toBe(6000);
  });

  it('takes no mounted file for a variable whose own name ends in _FILE', async () => {
    const names = {
      log: { name: 'LOG', type: types.string(), default: 'none' },
      logFile: { name: 'LOG_FILE', type: types.string(), default: 'none' },
    } as const satisfies Declarations;

    expect(await load(names, { env: { LOG_FILE: '/var/log/x' }, cwd })).toMatchObject({
      log: 'none',
      logFile: '/var/log/x',
    });
  });

  it('leaves the process environment as it is', async () => {
    file('.env.dev', `PORT=4000\nDATABASE_URL=${URL}`);
    const before = { ...process.env };
    await load(declarations, { cwd, environment: 'dev' });

    expect(process.env).toEqual(before);
  });
});

describe('environment', () => {
  it('is prod when nothing says otherwise', async () => {
    expect((await load({}, { env: {}, cwd })).environment).toBe('prod');
  });

  it('comes from APP_ENV, or from the source', async () => {
    expect((await load({}, { env: { APP_ENV: 'staging' }, cwd })).environment).toBe('staging');
    expect((await load({}, { env: { APP_ENV: 'staging' }, cwd, environment: 'test' })).environment).toBe('test');
  });

  it('must be a name', async () => {
    await expect(load({}, { env: { APP_ENV: '../prod' }, cwd })).rejects.toThrow('"../prod" names no environment');
  });

  it.each([
    ['production', 'prod'],
    ['prd', 'prod'],
    ['Staging', 'staging'],
    ['testing', 'test'],
  ])('that nobody declared is refused: %s for %s', async (environment, meant) => {
    const known = { environments: ['dev', 'test', 'staging', 'prod'], cwd };
    const read = vi.fn(async () => new Map());
    const store = { name: 'a store', places: { DATABASE_URL: 'there' }, read };
    const refused = load(declarations, { ...known, env: { APP_ENV: environment } }, { [environment]: [store] });
    await expect(refused).rejects.toMatchObject({
      problems: [`APP_ENV: "${environment}" names no environment of this service; did you mean ${meant}?`],
      isTransient: false,
    });
    expect(read).not.toHaveBeenCalled();
  });

  it('that resembles none is refused with those there are', async () => {
    const environments = ['dev', 'test', 'prod'];
    await expect(load({}, { env: { APP_ENV: 'elsewhere' }, environments, cwd })).rejects.toThrow(
      'APP_ENV: "elsewhere" names no environment of this service. Set it to dev, test or prod.',
    );
    await expect(load({}, { env: { APP_ENV: '' }, environments, cwd })).rejects.toThrow('Set it to dev, test or prod.');
    expect(await load({}, { env: {}, environments, cwd })).toEqual({ environment: 'prod' });
  });
});

describe('problems', () => {
  it('come all at once, each with the name, the place, the value and the way to mend it', async () => {
    const missing = join(cwd, 'missing');

    expect(await problemsOf({ APP_ENV: 'prod', PORT: 'abc', DATABASE_URL_FILE: 'missing', BANNER: '' })).toEqual([
      'PORT is "abc" (from the process environment), but must be an integer from 0 to 65535.',
      `DATABASE_URL_FILE names ${missing}, which cannot be read (ENOENT). Mount the file there, or name another.`,
      'STRIPE_KEY is not set, and prod cannot do without it. Set STRIPE_KEY_FILE to the path of a file that holds a text.',
      'BANNER is empty (from the process environment). Set BANNER to a text.',
    ]);
  });

  it('say where a value was found', async () => {
    file('.env.dev', `PORT=http\nDATABASE_URL=${URL}`);

    await expect(loadFrom({ APP_ENV: 'dev' })).rejects.toThrow('PORT is "http" (from .env.dev)');
  });

  it('say that a secret is no environment variable where no developer is', async () => {
    expect(await problemsOf({ DATABASE_URL: URL })).toEqual([
      'DATABASE_URL is a secret, and in staging secrets are no environment variables. Set DATABASE_URL_FILE to the path of a file that holds a URL that starts with postgresql://.',
    ]);
    expect(await problemsOf({ APP_ENV: 'dev', DATABASE_URL: URL })).toEqual([]);
    const exposed = { key: { name: 'KEY', type: types.string(), secret: true, exposed: 'no files there' } } as const;
    const config = await load(exposed, { env: { KEY: 'sk' }, cwd });
    expect(config.key.reveal()).toBe('sk');
  });

  it('name a secret file that is none', async () => {
    expect(await problemsOf({ DATABASE_URL_FILE: '.' })).toEqual([
      `DATABASE_URL_FILE names ${cwd}, which cannot be read (EISDIR). Mount the file there, or name another.`,
    ]);
  });

  it('suggest the nearest name for one that nobody declared', async () => {
    file('.env.dev', `PROT=4000\nSOMETHING_ELSE=1\nAPP_ENV=dev\nDATABASE_URL=${URL}`);

    expect(await problemsOf({ APP_ENV: 'dev' })).toEqual([
      'PROT in .env.dev is not declared; did you mean PORT?',
      'SOMETHING_ELSE in .env.dev is not declared. Declare it, or remove it.',
    ]);
  });

  it('never show a secret', async () => {
    const [problem] = await problemsOf(mounted('DATABASE_URL', 'mysql://orders:hunter2@localhost'));

    expect(problem).toBe(
      `DATABASE_URL holds something else (from the file ${join(cwd, 'DATABASE_URL')}), but must be a URL that starts with postgresql://.`,
    );
  });

  it('of secrets of every type say what is expected, and nothing of what is there', async () => {
    const kinds = {
      text: types.string({ minLength: 20 }),
      word: types.string({ pattern: /^[a-z]+$/ }),
      integer: types.integer({ min: 1, max: 100 }),
      range: types.number({ max: 9 }),
      flag: types.boolean(),
      pause: types.duration({ max: 1000 }),
      url: types.url({ schemes: ['https'] }),
      choice: types.enumeration(['red', 'blue']),
      keys: types.keys(),
      json: types.json(),
      empty: types.string(),
    };
    const bad: Record<string, string> = { range: '4711', pause: '9h', json: '{"hunter2', empty: '' };
    const secrets = Object.fromEntries(
      Object.entries(kinds).map(([kind, type]) => [kind, { name: kind.toUpperCase(), type, secret: true } as const]),
    );
    const env = Object.assign(
      {},
      ...Object.keys(kinds).map((kind) => mounted(kind.toUpperCase(), bad[kind] ?? 'HUNTER2!')),
    );
    const error = await load(secrets, { env, cwd, environment: 'prod' }).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(ConfigError);
    const { problems } = error as ConfigError;
    expect(
      problems.map((problem) => problem.replaceAll(cwd, '<cwd>').replace(/ \(from the file <cwd>\/\w+\)/, '')),
    ).toMatchInlineSnapshot(`
      [
        "TEXT holds something else, but must be a text of at least 20 characters.",
        "WORD holds something else, but must be a text matching /^[a-z]+$/.",
        "INTEGER holds something else, but must be an integer from 1 to 100.",
        "RANGE holds something else, but must be a number of at most 9.",
        "FLAG holds something else, but must be true or false.",
        "PAUSE holds something else, but must be a duration with its unit, as 250ms, 10s, 5m, 1h or 2d of at most 1000 ms.",
        "URL holds something else, but must be a URL that starts with https://.",
        "CHOICE holds something else, but must be one of red, blue.",
        "KEYS holds something else, but must be keys of at least 32 characters, separated by commas, the current one first.",
        "JSON holds something else, but must be JSON.",
        "EMPTY is empty. Set EMPTY_FILE to the path of a file that holds a text.",
      ]
    `);
    expect(problems.join()).not.toMatch(/hunter2|4711|9h/i);
  });

  it('requires a variable only where it is required', async () => {
    expect((await loadFrom(mounted('DATABASE_URL', URL))).stripeKey).toBeUndefined();
    expect(await problemsOf({ APP_ENV: 'prod', ...mounted('DATABASE_URL', URL) })).toHaveLength(1);
  });
});

describe('a process', () => {
  const shared = {
    databaseUrl: { ...declarations.databaseUrl, only: ['web'] },
    stripe: { key: { name: 'STRIPE_KEY', type: types.string(), secret: true, only: ['web'] } },
    backupUrl: { name: 'BACKUP_URL', type: types.string(), secret: true, optional: true, only: ['backup'] },
  } as const satisfies Declarations;
  const loadAs = (process: string | undefined, env: NodeJS.ProcessEnv = {}) =>
    load(shared, { env: { APP_ENV: 'prod', ...env }, cwd, ...(process === undefined ? {} : { process }) });

  it('starts without what it does not get, and hears so when it reads it', async () => {
    const config = await loadAs('backup', mounted('BACKUP_URL', 'x'));
    expect(config.backupUrl?.reveal()).toBe('x');
    expect(() => config.databaseUrl).toThrow(
      'The process backup does not get DATABASE_URL: name it in its sharedSecrets or ownVariables, in .projenrc.ts.',
    );
    expect(() => config.stripe.key).toThrow('does not get STRIPE_KEY');
    expect(JSON.stringify(config)).not.toContain('databaseUrl');
  });

  it('does not get it where it is deployed, at hand or not', async () => {
    const env = { ...mounted('DATABASE_URL', URL), ...mounted('STRIPE_KEY', 'x') };
    const config = await loadAs('backup', env);
    expect(() => config.databaseUrl).toThrow('does not get DATABASE_URL');
    await expect(loadAs('backup', { DATABASE_URL: URL })).rejects.toThrow('secrets are no environment variables');
  });

  it('has everything that is at hand on a developer’s machine, and needs nothing of it', async () => {
    expect((await loadAs('backup', { APP_ENV: 'dev', DATABASE_URL: URL })).databaseUrl.reveal()).toBe(URL);
    const config = await loadAs('backup', { APP_ENV: 'dev' });
    expect(() => config.databaseUrl).toThrow('does not get DATABASE_URL');
  });

  it('needs what it gets; who names no process needs everything', async () => {
    await expect(loadAs('web')).rejects.toThrow(/DATABASE_URL is not set[\s\S]*STRIPE_KEY is not set/);
    await expect(loadAs(undefined)).rejects.toThrow('DATABASE_URL is not set');
    expect((await loadAs('web', { ...mounted('DATABASE_URL', URL), ...mounted('STRIPE_KEY', 'x') })).backupUrl).toBe(
      undefined,
    );
  });
});

describe('values', () => {
  it('are typed', async () => {
    const config = await loadFrom(mounted('DATABASE_URL', URL));

    expectTypeOf(config.port).toEqualTypeOf<number>();
    expectTypeOf(config.origins).toEqualTypeOf<readonly string[]>();
    expectTypeOf(config.databaseUrl).toEqualTypeOf<Secret<string>>();
    expectTypeOf(config.stripeKey).toEqualTypeOf<Secret<string> | undefined>();
    expectTypeOf(config.banner).toEqualTypeOf<string | undefined>();
    expectTypeOf(config.environment).toEqualTypeOf<string>();
  });

  it('are frozen, all the way down', async () => {
    const nested = {
      rates: { name: 'RATES', type: types.json<{ eu: { vat: number } }>() },
    } as const satisfies Declarations;
    const config = await load(nested, { env: { RATES: '{"eu":{"vat":20}}' }, cwd });

    expect(() => Object.assign(config, { rates: 1 })).toThrow(TypeError);
    expect(() => Object.assign(config.rates.eu, { vat: 0 })).toThrow(TypeError);
  });

  it('wrap secrets, from wherever they come', async () => {
    const config = await loadFrom(mounted('DATABASE_URL', `${URL}\n`));

    expect(config.databaseUrl).toBeInstanceOf(Secret);
    expect(config.databaseUrl.reveal()).toBe(URL);
  });
});
