import { format, inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/platform/config/errors.js';
import { type Declarations, load } from '../../src/platform/config/load.js';
import { Secret, secretValues } from '../../src/platform/config/secret.js';
import * as types from '../../src/platform/config/types.js';

const CANARY = 'canary-7f3a';
const secret = new Secret({ key: CANARY });

describe('a secret', () => {
  it.each<[string, () => unknown]>([
    ['a template', () => `${secret}`],
    ['concatenation', () => ['', secret].join('')],
    ['String()', () => String(secret)],
    ['JSON', () => JSON.stringify({ secret })],
    ['inspect', () => inspect({ deep: { secret } }, { depth: 9, showHidden: true })],
    ['console.log', () => format('%s %o %j', secret, secret, secret)],
    ['its keys', () => JSON.stringify(Object.entries(Object.getOwnPropertyDescriptors(secret)))],
    ['a copy', () => JSON.stringify({ ...secret })],
    [
      'inspect without its own way',
      () => inspect({ deep: { secret } }, { depth: 9, showHidden: true, customInspect: false }),
    ],
    ['a clone', () => inspect(structuredClone(secret), { depth: 9 })],
    ['an error', () => inspect(new Error(`could not use ${secret}`, { cause: secret }))],
  ])('does not print by %s', (_way, print) => {
    expect(print()).not.toContain(CANARY);
  });

  it('is revealed on purpose only', () => {
    expect(secret.reveal().key).toBe(CANARY);
  });
});

describe('a configuration with secrets', () => {
  const declarations = {
    url: { name: 'URL', type: types.url(), secret: true },
    keys: { name: 'KEYS', type: types.list(), secret: true },
    rates: { name: 'RATES', type: types.json(), secret: true },
    pin: { name: 'PIN', type: types.integer({ max: 10 }), secret: true, optional: true },
  } as const satisfies Declarations;

  it('prints none of them', async () => {
    const config = await load(declarations, {
      env: { APP_ENV: 'dev', URL: `https://u:${CANARY}@h`, KEYS: CANARY, RATES: `{"k":"${CANARY}"}` },
    });

    expect(inspect(config, { depth: 9 }) + JSON.stringify(config)).not.toContain(CANARY);
  });

  it('prints none of them when something is wrong with each', async () => {
    const env = { APP_ENV: 'dev', URL: CANARY, KEYS_FILE: '/nowhere', RATES: `{"k":"${CANARY}"`, PIN: '77777' };
    let caught: unknown;
    try {
      await load(declarations, { env });
    } catch (error) {
      caught = error;
    }

    expect(caught).toBeInstanceOf(ConfigError);
    expect((caught as ConfigError).problems).toHaveLength(4);
    expect(inspect(caught, { depth: 9 }) + JSON.stringify(caught)).not.toMatch(`${CANARY}|77777`);
  });
});

it('the values of secrets are found for redaction, passwords within URLs too', () => {
  const config = {
    port: 3000,
    url: new Secret('postgresql://u:p%40ss@h/d'),
    keys: new Secret(['one', 'two']),
    pin: new Secret(12345),
  };

  expect(secretValues(config)).toEqual(['postgresql://u:p%40ss@h/d', 'p%40ss', 'p@ss', 'one', 'two', '12345']);
  // No escape, and no reason not to start.
  const odd = { url: new Secret('https://u:50%off@h/x') };
  expect(secretValues(odd)).toEqual(['https://u:50%off@h/x', '50%off']);
  const web = {
    url: new Secret('https://hooks.example/T0/B0/s3cr3t?channel=orders'),
    store: new Secret('libsql://h/d?authToken=t0k%2Fn'),
  };
  const parts = secretValues(web);
  expect(parts).toEqual(expect.arrayContaining(['/T0/B0/s3cr3t', '/T0/B0/s3cr3t?channel=orders', 't0k/n']));
  // Harmless words would turn up everywhere.
  for (const word of ['orders', '/d', 'h']) expect(parts).not.toContain(word);
});
