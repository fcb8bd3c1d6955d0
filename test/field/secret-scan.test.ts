import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const root = join(__dirname, '..', '..');
const golden = join(root, 'test', 'golden');
const services = readdirSync(golden);
const scratch = mkdtempSync(join(tmpdir(), 'secret-scan-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** Random to the scanner, the same in every run, and nowhere in this file as a whole. */
const random = (length: number) =>
  Array.from({ length }, (_, index) => 'q7Kz2Xw9Rb4Tn8Vc3Ym6Pd5Hs1Jf'.charAt((index * 11 + length) % 28)).join('');

/** A copy of a golden service, as somebody works in it. */
function workIn(service: string): string {
  const folder = mkdtempSync(join(scratch, `${service}-`));
  cpSync(join(golden, service), folder, { recursive: true });
  return folder;
}

/** What `npx projen secrets:scan` runs. */
function scan(folder: string): { status: number | null; output: string } {
  const tsx = join(root, 'node_modules', '.bin', 'tsx');
  const { status, stdout, stderr } = spawnSync(tsx, ['tools/secrets/cli.ts', 'secrets:scan'], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

function git(folder: string, ...args: string[]): void {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.org', '-c', 'core.hooksPath=/dev/null'];
  const { status, stderr } = spawnSync('git', [...identity, ...args], { cwd: folder, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, expect.anything()]);
}

it.each(services)('the golden service %s is clean', (service) => {
  expect(scan(workIn(service))).toEqual({ status: 0, output: 'No secret is in the files.\n' });
});

/** Every secret that golden services declare, with a value such as it has. */
const declared = services.flatMap((service) => {
  const facts = JSON.parse(readFileSync(join(golden, service, 'tools/secrets/facts.json'), 'utf8'));
  const secrets: { name: string; secret: boolean }[] = facts.variables.filter(
    ({ secret }: { secret: boolean }) => secret,
  );
  return secrets.map(({ name }) => ({ service, name, value: valueFor(name) }));
});

function valueFor(name: string): string {
  if (name.endsWith('_URL')) {
    return `postgresql://orders:${random(20)}@db.example.net:5432/orders`;
  }
  if (name.endsWith('_DSN')) {
    return `https://${random(32)}@errors.example.net/42`;
  }
  if (name.endsWith('_WEBHOOK')) {
    return `https://hooks.example.net/services/${random(24)}`;
  }
  return random(name.endsWith('_KEYS') ? 43 : 16);
}

describe('a declared secret that is planted', () => {
  it('is one of several kinds', () => {
    expect(declared.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['DATABASE_URL', 'SESSION_KEYS', 'STRIPE_API_KEY']),
    );
  });

  it.each(declared)('is found by the rule of its own: $name in $service', ({ service, name, value }) => {
    const rule = `config-${name.toLowerCase().replaceAll('_', '-')}`;
    const lines = [`${name}=${value}`, `  ${name}: "${value}"`, `process.env.${name} = '${value}';`];
    const folder = workIn(service);
    for (const [index, line] of lines.entries()) {
      writeFileSync(join(folder, `planted-${index}.txt`), `${line}\n`);
    }
    const { status, output } = scan(folder);
    expect(status).toBe(1);
    expect(output.split(rule)).toHaveLength(1 + lines.length * 2);
    for (const index of lines.keys()) {
      expect(output).toContain(`planted-${index}.txt`);
    }
    expect(output).not.toContain(value);
  });
});

describe('a secret that nobody declared', () => {
  it.each([
    ['github-pat', `ghp_${random(36)}`],
    [
      'private-key',
      ['-----BEGIN PRIVATE ', `KEY-----\n${random(28)}${random(27)}\n-----END PRIVATE `, 'KEY-----'].join(''),
    ],
    ['slack-bot-token', ['xoxb', '123456789012', '123456789012', random(24)].join('-')],
    ['generic-api-key', `api_key = "${random(30)}"`],
  ])('is found by the rule %s of gitleaks', (rule, text) => {
    const folder = workIn('bare');
    writeFileSync(join(folder, 'src/routes/planted.ts'), `const planted = \`${text}\`;\n${text}\n`);
    const { status, output } = scan(folder);
    expect([status, output]).toEqual([1, expect.stringContaining(rule)]);
  });
});

it('a secret that was removed again is found in the history', () => {
  const folder = workIn('aws');
  git(folder, 'init', '--quiet');
  writeFileSync(join(folder, 'planted.txt'), `STRIPE_API_KEY=${random(16)}\n`);
  git(folder, 'add', '.');
  git(folder, 'commit', '--quiet', '--message', 'one');
  git(folder, 'rm', '--quiet', 'planted.txt');
  git(folder, 'commit', '--quiet', '--message', 'two');
  expect(scan(folder)).toEqual({ status: 1, output: expect.stringContaining('config-stripe-api-key') });
});

it('what only says where a secret is, or what it is for, is none', () => {
  const folder = workIn('aws');
  const lines = [
    'existing: { PARTNER_PASSWORD: "shared/partners#billing" }',
    'STRIPE_API_KEY: ${{ secrets.STRIPE_API_KEY }}',
    'const STRIPE_API_KEY = process.env.STRIPE_API_KEY;',
    'STRIPE_API_KEY="$STRIPE_API_KEY"',
    '- `STRIPE_API_KEY`: authenticates every charge',
    'STRIPE_API_KEY_FILE=/run/secrets/STRIPE_API_KEY',
    'STRIPE_API_KEY=',
  ];
  writeFileSync(join(folder, 'planted.txt'), lines.join('\n'));
  expect(scan(folder)).toMatchObject({ status: 0 });
});

it('without gitleaks and without Go, it says what to install', () => {
  const tsx = join(root, 'node_modules', '.bin', 'tsx');
  const bin = mkdtempSync(join(scratch, 'bin-'));
  const { status, stderr } = spawnSync(process.execPath, [tsx, 'tools/secrets/cli.ts', 'secrets:scan'], {
    cwd: workIn('bare'),
    encoding: 'utf8',
    env: { PATH: bin },
  });
  expect([status, stderr]).toEqual([1, expect.stringContaining('gitleaks is not installed. Install version 8.30.1')]);
});
