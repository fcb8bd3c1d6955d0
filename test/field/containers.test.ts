import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
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

const dockerfiles: Array<[string, string]> = [
  ...services.map((folder): [string, string] => [
    relative(root, folder),
    readFileSync(join(folder, 'Dockerfile'), 'utf8'),
  ]),
  ['a service with every kind of process', full['Dockerfile']!],
];

const ACCEPTED = { passed: true, output: '' };

/** A stack to break. */
const stack = join(scratch, 'stack');
cpSync(join(golden, 'default', 'observability'), join(stack, 'observability'), { recursive: true });

it('finds the golden services that have an image', () => {
  expect(services.map((folder) => relative(golden, folder))).toEqual(
    expect.arrayContaining(['default', 'sqlite-minimal']),
  );
});

describe('docker compose', () => {
  it.each(services.map((folder) => [relative(root, folder), folder]))('accepts the stack of %s', (_, folder) => {
    expect(compose(join(folder, 'compose.yaml'), '--profile', '*', 'config', '--quiet')).toEqual(ACCEPTED);
    expect(servicesOf(folder, '--profile', '*')).toEqual(expect.arrayContaining(servicesOf(folder)));
  });

  it('accepts a stack with every kind of process and backing service, and finds all of them', () => {
    const folder = written(full);
    expect(servicesOf(folder)).toEqual(['idler', 'mailer', 'migrate', 'mysql', 'redis', 'warm-up', 'web']);
    expect(servicesOf(folder, '--profile', 'jobs')).toEqual(expect.arrayContaining(['backup', 'cleanup', 'web']));
  });

  it('switches on what looks at the service by a profile, where it meets the processes and nothing else', () => {
    const folder = join(golden, 'default');
    const watching = ['alertmanager', 'grafana', 'loki', 'otel-collector', 'prometheus', 'tempo'];
    expect(servicesOf(folder)).toEqual(['migrate', 'postgresql', 'web']);
    expect(servicesOf(folder, '--profile', 'observability')).toEqual([...watching, ...servicesOf(folder)].sort());

    const { output } = compose(
      join(folder, 'compose.yaml'),
      '--profile',
      'observability',
      'config',
      '--format',
      'json',
    );
    const stack = JSON.parse(output);
    const on = (network: string) =>
      Object.keys(stack.services).filter((name) => network in (stack.services[name].networks ?? {}));
    expect([stack.name, on('observability').sort()]).toEqual(['orders', ['otel-collector', 'prometheus', 'web']]);
    expect(on('default').sort()).toEqual(watching);
    // Without a value in the shell, compose leaves it out of the container.
    expect(stack.services.web.environment.OTEL_EXPORTER_OTLP_ENDPOINT).toBeNull();
    expect(stack.services.prometheus.command).toContain('--config.file=/etc/prometheus/stack.yaml');
  });

  it('accepts what looks at a service that runs outside', () => {
    const path = join(golden, 'default', 'observability', 'compose.yaml');
    expect(compose(path, 'config', '--quiet')).toEqual(ACCEPTED);
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
    ['a file to include that is not there', /compose\.stack\.yaml/, 'compose.stick.yaml', 'stick'],
    ['a network of what is included that is not there', /^ {2}- path:\n(.*\n){2}/m, '', 'include|observability'],
    ['a length of time that is none', /interval: 10s/, 'interval: often', 'interval'],
    ['a limit that is none', /mem_limit: 512m/, 'mem_limit: some', 'mem_limit'],
  ])('refuses %s', (_, healthy, broken, reason) => {
    const text = readFileSync(join(golden, 'default', 'compose.yaml'), 'utf8');
    const mutant = text.replace(healthy, broken);
    expect(mutant).not.toBe(text);
    const path = join(stack, 'compose.yaml');
    writeFileSync(path, mutant);
    expect(compose(path, '--profile', '*', 'config', '--quiet')).toEqual({
      passed: false,
      output: expect.stringMatching(new RegExp(reason)),
    });
  });
});

describe('BuildKit', () => {
  it.each(dockerfiles)(
    'can build the Dockerfile of %s for both platforms, and its own rules object to nothing',
    (_, text) => {
      expect(buildKit(text)).toEqual(ACCEPTED);
    },
  );

  it.each([
    ['no directive, so that an old engine would not know cache mounts', /^# syntax.*\n/, '', 'syntax='],
    ['an unknown kind of mount', /--mount=type=cache/, '--mount=type=cash', 'unsupported mount type'],
    ['an unknown member of a mount', /target=\/root\/\.npm /, 'tarrget=/root/.npm ', 'did you mean target'],
    ['an unknown flag', /^FROM --platform/m, 'FROM --plattform', 'did you mean platform'],
    ['a stage that nobody can name', / AS build$/m, ' AS Build', 'StageNameCasing'],
    ['a secret in the environment', /^ENV /m, 'ENV NPM_TOKEN=x ', 'SecretsUsedInArgOrEnv'],
    ['a variable that is never set', /^ARG VERSION=unknown\n/m, '', 'UndefinedVar'],
    ['a command in shell form', /^CMD .*/m, 'CMD node dist/main.js', 'JSONArgsRecommended'],
    ['two health checks', /^HEALTHCHECK (.*\n)(.*)$/m, '$&\n$&', 'MultipleInstructionsDisallowed'],
  ])('refuses %s', (_, healthy, broken, rule) => {
    const text = readFileSync(join(golden, 'default', 'Dockerfile'), 'utf8');
    const mutant = text.replace(healthy, broken);
    expect(mutant).not.toBe(text);
    expect(buildKit(mutant)).toEqual({ passed: false, output: expect.stringContaining(rule) });
  });
});

describe('hadolint', () => {
  it.each(dockerfiles)('accepts the Dockerfile of %s', (_, text) => {
    expect(hadolint(text)).toEqual(ACCEPTED);
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

/** All files of a service, in a folder. */
function written(files: Record<string, string>): string {
  const folder = mkdtempSync(join(scratch, 'service-'));
  for (const path of Object.keys(files).filter((name) => /^(compose\.yaml|observability\/.*)$/.test(name))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), files[path]!);
  }
  return folder;
}

function servicesOf(folder: string, ...profile: string[]): string[] {
  const { output } = compose(join(folder, 'compose.yaml'), ...profile, 'config', '--services');
  return output.trim().split('\n').sort();
}

function compose(path: string, ...args: string[]): { passed: boolean; output: string } {
  return verdict('docker-compose', ['--file', path, ...args]);
}

function buildKit(text: string): { passed: boolean; output: string } {
  const path = join(scratch, 'Dockerfile');
  writeFileSync(path, text);
  return verdict('dockerfile-check', [path]);
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
