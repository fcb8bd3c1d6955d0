import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { ConfigType, Duration, Environment, EnvironmentTier } from '../../src/service';
import { variable } from '../service/support';
import { nodeConfig, plainConfig } from './support';

const ANY = ConfigType.string({ minLength: 0 });

const NASTY = [
  '',
  ' ',
  ' leading and trailing ',
  '\ttab',
  'two words',
  '# comment',
  'a#b',
  'a # b',
  "it's",
  'say "hi"',
  'a `tick`',
  '\'"',
  '\'"x` ',
  "'`\\n",
  '`"',
  '"',
  "'",
  '`',
  'a=b',
  '=',
  '$HOME ${HOME} $(id)',
  'back\\slash',
  'trailing\\',
  'literal \\n stays',
  'line\nbreak',
  '\n',
  'line\n#not a comment\nB=injected',
  "'quoted'",
  '"quoted"',
  '{"json":"with \'both\'"}',
  'export A=1',
  'ünïcödé 😀 \u00a0',
  '*?[]{}|&;<>!~^()',
  'a\u2028b',
];

/** The same few hundred texts on each run, from the characters that quoting is about. */
function texts(count: number): string[] {
  const alphabet = ['a', 'Z', '0', ' ', '\n', '\t', "'", '"', '`', '#', '=', '\\', 'n', '$', ',', 'é'];
  let seed = 42;
  const next = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
  return Array.from({ length: count }, () =>
    Array.from({ length: next(12) }, () => alphabet[next(alphabet.length)]).join(''),
  );
}

const everyQuote = (text: string) =>
  text.includes("'") &&
  text.includes('`') &&
  (text.includes('"') || text.includes('\\n')) &&
  !/^[\w./:,@%+-]*$/.test(text);

describe('.env.dev and .env.test', () => {
  test('are read back by Node as they were declared, whatever the values are', () => {
    const values = [...NASTY, ...texts(400)].filter((text) => !everyQuote(text));
    expect(values.length).toBeGreaterThan(300);
    const facts = values.map((value, index) =>
      variable(`V${index}`, {
        type: ANY,
        values: { dev: value, test: value },
        description: `it's "number" \`${index}`,
      }),
    );
    const files = plainConfig(...facts);
    const expected = Object.fromEntries(values.map((value, index) => [`V${index}`, value]));
    expect(parseEnv(files['.env.dev'] ?? '')).toEqual(expected);
    expect(parseEnv(files['.env.test'] ?? '')).toEqual(expected);
  });

  test.each(['\'"`', "`'\\n", 'a\rb', 'a\r\nb'])('refuse %j, which no .env file can carry', (value) => {
    expect(() => plainConfig(variable('A', { type: ANY, values: { dev: value } }))).toThrow(
      'config variable A (stated by .projenrc.ts), dev: has a value that a .env file cannot carry',
    );
  });

  test('carry values of each type in the form the service reads', () => {
    const files = plainConfig(
      variable('LIST', { type: ConfigType.list(), values: { dev: ['a', 'b c'] } }),
      variable('NONE', { type: ConfigType.list(), values: { dev: [] } }),
      variable('WAIT', { type: ConfigType.duration(), values: { dev: Duration.seconds(90) } }),
      variable('ON', { type: ConfigType.boolean(), values: { dev: false } }),
      variable('DOC', { type: ConfigType.json(), values: { dev: { a: "it's" } } }),
    );
    expect(parseEnv(files['.env.dev'] ?? '')).toEqual({
      LIST: 'a,b c',
      NONE: '',
      WAIT: '90s',
      ON: 'false',
      DOC: '{"a":"it\'s"}',
    });
  });

  test('say what else the environment needs and where it comes from', () => {
    const files = plainConfig(
      variable('A_URL', { secret: true, providedBy: { dev: 'the embedded PostgreSQL' }, description: 'Where it is' }),
      variable('KEY', { secret: true, description: 'Charges cards' }),
      variable('LATER', { requiredIn: ['prod'] }),
      variable('PLAIN', { description: 'Has no value yet' }),
    );
    expect(files['.env.dev']?.split('\n').slice(2).join('\n')).toMatchInlineSnapshot(`
      "
      # APP_ENV=dev: what the service runs with on a developer’s machine. Variables of the shell win over this file.

      # Where it is: from the embedded PostgreSQL, unless it is set
      #A_URL=

      # KEY must be set in the shell: Charges cards

      # PLAIN must be set in the shell: Has no value yet
      "
    `);
  });

  test('say elsewhere what the platform must provide', () => {
    const files = plainConfig(
      variable('LEVEL', { values: { prod: 'quiet please' }, description: 'How loud' }),
      variable('KEY', { secret: true, description: 'Charges cards' }),
      variable('LATER', { requiredIn: ['prod'], description: 'Where it is' }),
      variable('SAME', { defaultValue: 'x' }),
    );
    expect(files['.env.prod']?.split('\n').slice(2).join('\n')).toMatchInlineSnapshot(`
      "
      # APP_ENV=prod: what the platform must provide. The running service does not read this file.
      # Values are set in the environment of its processes; what is left out has the default of .env.example.

      # Charges cards
      # KEY: secret, from a file that KEY_FILE names

      # Where it is
      # LATER: not configured yet, and prod cannot do without it

      # How loud
      LEVEL='quiet please'
      "
    `);
  });

  test('are written for every environment', () => {
    const files = plainConfig();
    expect(Object.keys(files).filter((path) => path.startsWith('.env'))).toEqual([
      '.env.dev',
      '.env.example',
      '.env.prod',
      '.env.staging',
      '.env.test',
    ]);
  });

  test('do not get in the way of the error about an environment that is named test', () => {
    const environment = new Environment('test', { tier: EnvironmentTier.DEVELOPMENT });
    expect(() => plainConfig(environment)).toThrow('name the environment otherwise');
  });
});

describe('.env.example', () => {
  test('documents every variable and sets none', () => {
    const file =
      plainConfig(
        variable('PAGE_SIZE', { type: ConfigType.integer(), defaultValue: 20, description: 'Rows on a page' }),
        variable('KEY', { secret: true, example: 'sk_test_123', description: 'Charges cards', requiredIn: ['prod'] }),
        variable('TEXT', { defaultValue: 'a\nB=injected', example: 'x' }),
        variable('ODD', { defaultValue: '\'"` ' }),
      )['.env.example'] ?? '';
    expect(parseEnv(file)).toEqual({});
    expect(file.split('\n').every((line) => line === '' || line.startsWith('#'))).toBe(true);
    expect(file).toContain(
      '# Charges cards\n# secret text; referenced in prod; absent in dev, staging, test\n#KEY=sk_test_123',
    );
    expect(file).toContain('# integer\n#PAGE_SIZE=20');
  });
});

describe('no generated file', () => {
  test('holds a secret value, nor does the error that refuses one', () => {
    const canary = 'c4n4ry-value';
    for (const config of [plainConfig, nodeConfig]) {
      expect(() => config(variable('KEY', { secret: true, values: { dev: canary } }))).toThrow('KEY');
      expect(() => config(variable('KEY', { secret: true, values: { dev: canary } }))).not.toThrow(canary);
    }
  });
});
