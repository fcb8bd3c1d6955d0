import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Declarations, Providers } from '../../src/platform/config/load.js';
import * as types from '../../src/platform/config/types.js';
import { checkConfig } from '../../tools/secrets/check-config.js';
import type { Facts, State } from '../../tools/secrets/facts.js';

const declarations = {
  port: { name: 'PORT', type: types.integer({ min: 0, max: 65535 }), default: 3000 },
  origins: { name: 'ORIGINS', type: types.list(), default: ['a', 'b'] },
  databaseUrl: { name: 'DATABASE_URL', type: types.url({ schemes: ['postgresql'] }), secret: true },
  stripe: { apiKey: { name: 'STRIPE_API_KEY', type: types.string(), secret: true, requiredIn: ['staging', 'prod'] } },
  region: { name: 'REGION', type: types.string() },
} as const satisfies Declarations;

const everywhere = (state: State) => ({ dev: state, staging: state, prod: state, test: state });

const facts: Facts = {
  service: 'orders',
  environments: ['dev', 'staging', 'prod'],
  variables: [
    {
      name: 'DATABASE_URL',
      secret: true,
      states: everywhere('referenced'),
      providedBy: { dev: 'the embedded PostgreSQL', test: 'the embedded PostgreSQL' },
    },
    { name: 'ORIGINS', secret: false, states: everywhere('defaulted') },
    { name: 'PORT', secret: false, states: everywhere('defaulted') },
    { name: 'REGION', secret: false, states: { dev: 'set', staging: 'set', prod: 'missing', test: 'set' } },
    {
      name: 'STRIPE_API_KEY',
      secret: true,
      states: { dev: 'absent', staging: 'referenced', prod: 'referenced', test: 'absent' },
      keptIn: { prod: 'AWS Secrets Manager in eu-west-1, orders/prod/STRIPE_API_KEY' },
    },
  ],
};

let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'check-config-'));
  write('.env.dev', 'REGION=local\n');
  write('.env.test', 'REGION=local\n');
  write('.env.staging', 'REGION=eu\n');
  write('.env.prod', '');
});
afterEach(() => rmSync(cwd, { recursive: true }));

const write = (name: string, text: string) => writeFileSync(join(cwd, name), text);

async function check(args: string[], env: NodeJS.ProcessEnv = {}, providers: Providers = {}) {
  const printed: string[] = [];
  const options = { args, facts, declarations, providers, cwd, env, print: (text: string) => printed.push(text) };
  const code = await checkConfig(options);
  return { code, output: printed.join('\n') };
}

describe('config:check', () => {
  it('finds a new clone in order, on which the embedded database is not up yet', async () => {
    expect(await check([])).toEqual({
      code: 0,
      output: 'The configuration for dev is in order: 5 variables, 2 of them secret.',
    });
    expect((await check(['test'])).code).toBe(0);
  });

  it('takes the environment from APP_ENV, where none is named', async () => {
    expect((await check([], { APP_ENV: 'staging' })).output).toContain('for staging');
    expect((await check(['dev'], { APP_ENV: 'staging' })).output).toContain('for dev');
  });

  it('lists everything that is wrong in dev at once', async () => {
    write('.env.dev', 'REGIN=local\nPORT=70000\nSOMETHING=1\n');
    const { code, output } = await check([], { DATABASE_URL: 'mysql://root:hunter2@localhost/x' });

    expect(code).toBe(1);
    expect(output).toMatchInlineSnapshot(`
      "5 problems in the configuration for dev:
        - REGIN in .env.dev is not declared; did you mean REGION?
        - SOMETHING in .env.dev is not declared. Declare it, or remove it.
        - PORT is "70000" (from .env.dev), but must be an integer from 0 to 65535.
        - DATABASE_URL holds something else (from the process environment), but must be a URL that starts with postgresql://.
        - REGION is not set, and dev cannot do without it. Set REGION to a text."
    `);
    expect(output).not.toContain('hunter2');
  });

  it('names what is not configured yet for another environment', async () => {
    expect(await check(['prod'])).toEqual({
      code: 1,
      output: `1 problem in the configuration for prod:
  - REGION is not configured for prod, which cannot do without it. Give it a value in .projenrc.ts, or say there who provides it.`,
    });
    expect((await check(['staging'])).code).toBe(0);
  });

  it('holds the file of another environment against the declarations', async () => {
    write('.env.staging', 'REGION=eu\nPROT=1\nPORT=http\nORIGINS=a,b\nSTRIPE_API_KEY=sk_live_hunter2\n');
    const { code, output } = await check(['staging']);

    expect(code).toBe(1);
    expect(output).toMatchInlineSnapshot(`
      "3 problems in the configuration for staging:
        - PROT in .env.staging is not declared; did you mean PORT?
        - PORT in .env.staging is "http", but must be an integer from 0 to 65535.
        - STRIPE_API_KEY in .env.staging is a secret, and files of the repository hold none. Remove it, and replace it."
    `);
    rmSync(join(cwd, '.env.staging'));
    expect((await check(['staging'])).output).toContain('.env.staging is missing. Run "npx projen"');
  });

  it('suggests the environment that was meant', async () => {
    await expect(check(['production'])).rejects.toThrow(
      'orders has no environment "production". There are dev, staging, prod, test.',
    );
    await expect(check(['stagign'])).rejects.toThrow('did you mean staging?');
    await expect(check(['--explian'])).rejects.toThrow('--explian');
  });

  it('explains where each value comes from, and shows no secret', async () => {
    write('db', 'postgresql://u:hunter2@h/d\n');
    const { output } = await check(['--explain'], { PORT: '4000', DATABASE_URL_FILE: 'db' });

    expect(output.replace(/version \S+/, 'version <when>').replaceAll(cwd, '<cwd>')).toMatchInlineSnapshot(`
      "variable        value     from
      PORT            4000      the process environment
      ORIGINS         a,b       its default
      DATABASE_URL    [secret]  the file <cwd>/db, version <when>
      STRIPE_API_KEY            nowhere
      REGION          local     .env.dev

      The configuration for dev is in order: 5 variables, 2 of them secret."
    `);
    expect((await check(['--explain'])).output).toMatch(/DATABASE_URL +the embedded PostgreSQL/);
  });

  it('explains an environment that is not here from what is declared', async () => {
    const { output } = await check(['prod', '--explain']);

    expect(output.split('\n\n')[0]).toMatchInlineSnapshot(`
      "variable        value     from
      DATABASE_URL    [secret]  a file that DATABASE_URL_FILE names
      ORIGINS         a,b       its default
      PORT            3000      its default
      REGION                    nowhere: not configured yet
      STRIPE_API_KEY  [secret]  AWS Secrets Manager in eu-west-1, orders/prod/STRIPE_API_KEY"
    `);
  });

  it('shows how each variable stands in each environment', async () => {
    expect((await check(['--matrix'])).output.split('\n\n')[0]).toMatchInlineSnapshot(`
      "variable        dev         staging     prod        test
      DATABASE_URL    referenced  referenced  referenced  referenced
      ORIGINS         defaulted   defaulted   defaulted   defaulted
      PORT            defaulted   defaulted   defaulted   defaulted
      REGION          set         set         missing     set
      STRIPE_API_KEY  absent      referenced  referenced  absent"
    `);
  });

  it('reads as a process of the environment would, where it is told to', async () => {
    const store = {
      name: 'a store',
      places: { STRIPE_API_KEY: 'orders/prod/STRIPE_API_KEY' },
      read: async () => {
        throw new Error('connect ECONNREFUSED');
      },
    };
    const { code, output } = await check(['prod', '--live'], { REGION: 'eu', DATABASE_URL: 'x' }, { prod: [store] });

    expect(code).toBe(1);
    expect(output).toMatchInlineSnapshot(`
      "2 problems in the configuration for prod:
        - DATABASE_URL is a secret, and in prod secrets are no environment variables. Set DATABASE_URL_FILE to the path of a file that holds a URL that starts with postgresql://.
        - STRIPE_API_KEY cannot be read from a store, orders/prod/STRIPE_API_KEY: connect ECONNREFUSED."
    `);
  });
});
