import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { BackingService, Cron, Database, NodeServiceProject } from '../../src';
import { synth } from '../support/synth';

const root = join(__dirname, '..', '..');
const golden = join(root, 'test', 'golden');
const services = readdirSync(golden)
  .map((service) => join(golden, service))
  .filter((folder) => existsSync(join(folder, 'Dockerfile')));

const scratch = mkdtempSync(join(tmpdir(), 'containers-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** A service with every kind of process and of backing service. */
const full = synth((outdir) => {
  const service = new NodeServiceProject({ name: 'full', database: Database.MYSQL, outdir });
  service.config.add('REDIS_URL', { secret: true, description: 'Where the cache is' });
  service.config.add('BILLING_URL', {
    description: 'Where billing is',
    values: { dev: 'https://billing.example.com' },
  });
  service.config.add('STRIPE_API_KEY', { secret: true, description: 'Charges cards' });
  service.addBackingService(BackingService.redis({ required: false }));
  service.addBackingService(BackingService.http({ name: 'billing' }));
  service.addWorker('mailer', { command: ['node', 'dist/mailer.js'], description: 'Sends mail', uses: ['redis'] });
  service.addWorker('idler', { command: ['node', 'dist/idler.js'], description: 'Idles', uses: [] });
  service.addJob('warm-up', { command: ['node', 'dist/warm-up.js'], description: 'Warms up' });
  service.addScheduledJob('cleanup', {
    schedule: Cron.daily(),
    command: ['node', 'dist/cleanup.js'],
    description: 'Tidies',
  });
  return service;
});

it('finds the golden services that have an image', () => {
  expect(services.map((folder) => relative(golden, folder))).toEqual(
    expect.arrayContaining(['default', 'sqlite-minimal']),
  );
});

describe('compose', () => {
  it.each(services.map((folder) => [relative(root, folder), folder]))('accepts the stack of %s', (_, folder) => {
    expect(compose(readFileSync(join(folder, 'compose.yaml'), 'utf8'))).toMatchObject({ passed: true });
  });

  it('accepts a stack with every kind of process and backing service, and finds all of them', () => {
    const { passed, output } = compose(full['compose.yaml']!);
    expect({ passed, services: output.trim().split('\n').sort() }).toEqual({
      passed: true,
      services: expect.arrayContaining(['cleanup', 'idler', 'mailer', 'migrate', 'mysql', 'redis', 'warm-up', 'web']),
    });
  });

  it.each([
    [
      'a dependency on nobody',
      /^ {6}migrate:\n {8}condition: \S+\n/m,
      '      migrator:\n        condition: service_healthy\n',
      'migrator',
    ],
    ['a network that is not declared', /^ {2}front: \{\}\n/m, '', 'front'],
    ['a secret that is not declared', /^ {2}DATABASE_URL:\n {4}file: .*\n/m, '', 'DATABASE_URL'],
    ['a volume that is not declared', /^ {2}postgresql-data:/m, '  other-data:', 'postgresql-data'],
    ['an unknown condition', /service_healthy/, 'service_ready', 'condition'],
    ['an unknown member', /^ {4}read_only: true$/m, '    readonly: true', 'readonly'],
    ['a port that is none', /:3000$/m, ':web', 'containerPort'],
    ['a length of time that is none', /interval: 10s/, 'interval: often', 'interval'],
    ['a limit that is none', /mem_limit: 512m/, 'mem_limit: some', 'mem_limit'],
  ])('refuses %s', (_, healthy, broken, reason) => {
    const text = readFileSync(join(golden, 'default', 'compose.yaml'), 'utf8');
    const mutant = text.replace(healthy, broken);
    expect(mutant).not.toBe(text);
    expect(compose(mutant)).toEqual({ passed: false, output: expect.stringMatching(new RegExp(reason)) });
  });
});

describe('hadolint', () => {
  const dockerfiles: Array<[string, string]> = [
    ...services.map((folder): [string, string] => [
      relative(root, folder),
      readFileSync(join(folder, 'Dockerfile'), 'utf8'),
    ]),
    ['a service with every kind of process', full['Dockerfile']!],
  ];

  it.each(dockerfiles)('accepts the Dockerfile of %s', (_, text) => {
    expect(hadolint(text)).toEqual({ passed: true, output: '' });
  });

  it.each([
    ['an image without a tag', /^FROM gcr\S+/m, 'FROM gcr.io/distroless/nodejs24-debian13', 'DL3006'],
    ['a user that is root at last', /^USER .*/m, 'USER root', 'DL3002'],
    ['a command in shell form', /^CMD .*/m, 'CMD node dist/main.js', 'DL3025'],
    ['a relative working folder', /^WORKDIR \/app/m, 'WORKDIR app', 'DL3000'],
    ['a copy from a stage that is not there', /--from=production/, '--from=produktion', 'DL3022'],
    ['two commands that start it', /^CMD .*/m, '$&\n$&', 'DL4003'],
  ])('refuses %s', (_, healthy, broken, rule) => {
    const text = readFileSync(join(golden, 'default', 'Dockerfile'), 'utf8');
    const mutant = text.replace(healthy, broken);
    expect(mutant).not.toBe(text);
    expect(hadolint(mutant)).toEqual({ passed: false, output: expect.stringContaining(rule) });
  });
});

function compose(text: string): { passed: boolean; output: string } {
  const path = join(scratch, 'compose.yaml');
  writeFileSync(path, text);
  return verdict('compose-check', [path]);
}

function hadolint(text: string): { passed: boolean; output: string } {
  const path = join(scratch, 'Dockerfile');
  writeFileSync(path, text);
  return verdict('hadolint', ['--no-color', '--failure-threshold', 'style', path]);
}

function verdict(command: string, args: string[]): { passed: boolean; output: string } {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
  });
  if (error !== undefined) {
    throw error;
  }
  return { passed: status === 0, output: `${stdout}${stderr}` };
}
