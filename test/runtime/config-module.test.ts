import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { ConfigType, type ConfigVariable, Duration } from '../../src/service';
import { nodeConfig } from '../secrets/support';
import { variable } from '../service/support';
import { inFolder } from '../support/synth';

const ROOT = join(__dirname, '..', '..');
const BIN = join(ROOT, 'node_modules', '.bin');
const PATH = 'src/platform/config.ts';
const long = 'a'.repeat(50);

const module = (...facts: ConfigVariable[]) => nodeConfig(...facts)[PATH] ?? '';
const body = (...facts: ConfigVariable[]) =>
  /export const declarations = [\s\S]*?satisfies Declarations;/.exec(module(...facts))?.[0];

function formatted(code: string): string {
  return inFolder((folder) => {
    writeFileSync(
      join(folder, 'biome.json'),
      JSON.stringify({
        root: true,
        formatter: { indentStyle: 'space', indentWidth: 2, lineWidth: 120 },
        javascript: { formatter: { quoteStyle: 'single' } },
      }),
    );
    return execFileSync(join(BIN, 'biome'), ['format', '--stdin-file-path=config.ts'], {
      cwd: folder,
      input: code,
      encoding: 'utf8',
    });
  });
}

/** Every type, every kind of requirement, every way a line becomes too long. */
const everything = [
  variable('TEXT', { defaultValue: "it's", description: 'Ends the comment */ early' }),
  variable('QUOTES', { defaultValue: `it's "quoted" 'twice'` }),
  variable('DOUBLE', { defaultValue: 'say "hi" \\ \n é \u0001' }),
  variable('PATTERN', { type: ConfigType.string({ pattern: '[a-z]+/x|y', minLength: 0 }), optional: true }),
  variable('SIZED', { type: ConfigType.string({ minLength: 2, maxLength: 5 }), requiredIn: ['staging', 'prod'] }),
  variable('PORT', { type: ConfigType.integer({ min: 0, max: 65_535 }), defaultValue: 3000 }),
  variable('RATIO', { type: ConfigType.number({ min: -1, max: 1e21 }), defaultValue: -0.5 }),
  variable('ON', { type: ConfigType.boolean(), defaultValue: false }),
  variable('WAIT', {
    type: ConfigType.duration({ min: Duration.seconds(1) }),
    defaultValue: Duration.seconds(90),
    description: 'Is it described? Yes!',
  }),
  variable('WAIT_TEXT', { type: ConfigType.duration(), defaultValue: '1.5s' }),
  variable('URL', { type: ConfigType.url({ schemes: ['postgresql', 'postgres'] }), secret: true }),
  variable('ANY_URL', { type: ConfigType.url(), secret: true, optional: true }),
  variable('LEVEL', { type: ConfigType.enumeration(['info', 'warn']), defaultValue: 'info' }),
  variable('LEVELS_MANY', { type: ConfigType.enumeration([1, 2, 3, 4].map((i) => `${long}${i}`)), secret: true }),
  variable('LIST', { type: ConfigType.list(), defaultValue: [] }),
  variable('LIST_LONG', { type: ConfigType.list(), defaultValue: [1, 2, 3].map((i) => `${long}${i}`) }),
  variable('STRING_LONG', { defaultValue: `${long} ${long} ${long}` }),
  variable('SCHEMES_LONG', { type: ConfigType.url({ schemes: [`${long}1`, `${long}2`, `${long}3`] }), optional: true }),
  variable('CONSTRAINTS_LONG', {
    type: ConfigType.string({ pattern: `(x|${long}|${long})`, maxLength: 9 }),
    secret: true,
  }),
  variable('JSON_NULL', { type: ConfigType.json(), defaultValue: null }),
  variable('JSON', {
    type: ConfigType.json(),
    defaultValue: { a: [1, 2.5, -3], 'b-c': { d: null, e: [] }, f: {}, g: 'x', h: true, big: 1e21, small: 1e-7 },
  }),
  variable('JSON_RECORDS', {
    type: ConfigType.json(),
    defaultValue: [
      { a: 1, b: 2 },
      { a: 3, b: 4 },
    ],
  }),
  variable('JSON_RECORD', {
    type: ConfigType.json(),
    defaultValue: {
      one: [
        [1, 2],
        [3, 4],
      ],
      two: [{ a: 1 }, { a: 2 }],
    },
  }),
  variable('JSON_NUMBERS', { type: ConfigType.json(), defaultValue: Array.from({ length: 60 }, (_, i) => i * 1001) }),
  variable('JSON_DEEP', {
    type: ConfigType.json(),
    defaultValue: { [long]: { [`${long}x`]: [long, long], short: long }, k: `${long} ${long} ${long}` },
  }),
  ...Array.from({ length: 14 }, (_, i) =>
    variable(`EDGE_${'X'.repeat(i + 1)}`, { defaultValue: 'b'.repeat(60), requiredIn: undefined }),
  ),
];

describe('the printed config module', () => {
  test('declares each variable under the name code reads it by', () => {
    expect(
      body(
        variable('STRIPE_API_KEY', { secret: true, description: 'Charges cards', requiredIn: ['staging', 'prod'] }),
        variable('PORT', { type: ConfigType.integer({ min: 0 }), defaultValue: 3000, description: 'Public port.' }),
      ),
    ).toMatchInlineSnapshot(`
      "export const declarations = {
        /** Public port. */
        port: { name: 'PORT', type: types.integer({ min: 0 }), default: 3000 },
        /** How often secrets are read again from mounted files and stores, so that a rotation needs no restart. */
        secretRefreshInterval: { name: 'SECRET_REFRESH_INTERVAL', type: types.duration({ min: 100 }), default: 60000 },
        /** Charges cards. */
        stripeApiKey: { name: 'STRIPE_API_KEY', type: types.string(), secret: true, requiredIn: ['staging', 'prod'] },
      } as const satisfies Declarations;"
    `);
  });

  test('matches the whole text of a pattern, as synthesis does', () => {
    expect(body(variable('A', { type: ConfigType.string({ pattern: 'a|b/c' }) }))).toContain(
      'types.string({ pattern: /^(?:a|b\\/c)$/ })',
    );
  });

  test('is what the formatter of the service would make of it', () => {
    for (const code of [module(), module(...everything)]) {
      expect(formatted(code)).toBe(code);
    }
  });

  test('compiles against the loader and gives each variable its type and default', async () => {
    await inFolder(async (folder) => {
      const platform = join(folder, 'src/platform');
      mkdirSync(platform, { recursive: true });
      cpSync(join(ROOT, 'assets/node/src/platform/config'), join(platform, 'config'), { recursive: true });
      symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
      writeFileSync(join(platform, 'config.ts'), module(...everything));
      writeFileSync(join(platform, 'use.ts'), USE);
      const options = { ...COMPILER, rootDir: folder, outDir: join(folder, 'dist') };
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['src'] }));
      execFileSync(join(BIN, 'tsc'), ['--project', folder], { encoding: 'utf8' });

      const compiled = await import(pathToFileURL(join(folder, 'dist/src/platform/config.js')).href);
      const secrets = { URL: 'postgres://x', LEVELS_MANY: `${long}1`, CONSTRAINTS_LONG: 'x' };
      const mounted = Object.entries(secrets).map(([name, text]) => {
        writeFileSync(join(folder, name), text);
        return [`${name}_FILE`, name];
      });
      const env = { APP_ENV: 'staging', SIZED: 'ab', ...Object.fromEntries(mounted) };
      const load = (more: object) => compiled.loadConfig({ env: { ...env, ...more }, cwd: folder });
      await expect(load({ PATTERN: 'a/x2' })).rejects.toThrow('PATTERN');
      const config = await load({ PATTERN: 'a/x' });
      expect(config.quotes).toBe(`it's "quoted" 'twice'`);
      expect(config.double).toBe('say "hi" \\ \n é \u0001');
      expect([config.wait, config.waitText]).toEqual([90_000, 1500]);
      expect(config.json).toEqual(everything.find(({ name }) => name === 'JSON')?.defaultValue);
      expect(config.jsonNull).toBeNull();
      expect(`${config.url}`).toBe('[secret]');
    });
  }, 60_000);
});

const COMPILER = {
  target: 'es2023',
  lib: ['es2023'],
  module: 'nodenext',
  types: ['node'],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noPropertyAccessFromIndexSignature: true,
  verbatimModuleSyntax: true,
  erasableSyntaxOnly: true,
  skipLibCheck: true,
};

const USE = `import { type Config, loadConfig } from './config.js';
import type { Secret } from './config/secret.js';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const port: Same<Config['port'], number> = true;
const sized: Same<Config['sized'], string | undefined> = true;
const pattern: Same<Config['pattern'], string | undefined> = true;
const wait: Same<Config['wait'], number> = true;
const url: Same<Config['url'], Secret<string>> = true;
const anyUrl: Same<Config['anyUrl'], Secret<string> | undefined> = true;
const level: Same<Config['level'], 'info' | 'warn'> = true;
const list: Same<Config['list'], readonly string[]> = true;
const environment: Same<Config['environment'], string> = true;
export const all = [port, sized, pattern, wait, url, anyUrl, level, list, environment, loadConfig];
`;
