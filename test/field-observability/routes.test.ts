import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { AlertSeverity, ConfigType, Database, NodeServiceProject, Receiver } from '../../src';
import { mutate, root, run } from './tools';

/** A service that is silent, one that tells somebody in every way there is, and one that promises something about a route. */
const services = {
  silent: (outdir: string) => new NodeServiceProject({ name: 'orders', outdir }),
  told: (outdir: string) => {
    const service = new NodeServiceProject({
      name: 'orders',
      outdir,
      owner: 'team-shop',
      docsUrl: 'https://github.com/acme/orders/blob/main/docs',
      dashboardsUrl: 'https://grafana.acme.com',
    });
    const email = { to: 'shop@acme.com', from: 'alerts@acme.com', smarthost: 'smtp.acme.com:587' };
    service.observability!.notify(AlertSeverity.PAGE, Receiver.pagerDuty());
    service.observability!.notify(AlertSeverity.TICKET, Receiver.slack({ channel: '#orders-alerts' }));
    service.observability!.notify(AlertSeverity.TICKET, Receiver.email(email));
    service.observability!.sendHeartbeatTo(Receiver.webhook({ url: 'https://heartbeat.acme.com/orders' }));
    service.observability!.escalateTo(Receiver.webhook({ url: 'https://hooks.acme.com/x', tokenFile: '/run/token' }));
    return service;
  },
  promising: (outdir: string) => {
    const service = new NodeServiceProject({ name: 'orders', database: Database.NONE, example: false, outdir });
    // No developer's machine has it, and the app is built all the same.
    service.config.add('PAYMENTS_URL', {
      secret: true,
      type: ConfigType.url({ schemes: ['https'] }),
      description: 'Takes payments',
    });
    service.observability!.addObjective('greeting', { route: 'GET /hello', target: 99.5, description: 'Greets' });
    return service;
  },
};

const scratch = mkdtempSync(join(tmpdir(), 'routes-'));
const CONFIG = 'observability/alertmanager/alertmanager.yaml';

beforeAll(() => {
  process.env['PROJEN_DISABLE_POST'] = 'true';
  for (const [name, make] of Object.entries(services)) {
    const folder = join(scratch, name);
    mkdirSync(folder);
    make(folder).synth();
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    quicken(join(folder, 'observability/prometheus/tests'));
  }
});
afterAll(() => rmSync(scratch, { recursive: true }));

/** That each alert fires is tested beside this; here it is about routes. */
function quicken(tests: string): void {
  for (const file of readdirSync(tests)) {
    rmSync(join(tests, file));
    writeFileSync(join(tests, file), stringify({ rule_files: ['../rules/alerts.yaml'], tests: [] }));
  }
}

/** The verb, as the task runs it. */
function observeCheck(service: keyof typeof services, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync('npx', ['tsx', 'tools/observability/check.ts', ...args], {
    cwd: join(scratch, service),
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

describe('observe:check', () => {
  it('passes on day one, for what is not production', () => {
    expect(observeCheck('silent', 'staging')).toMatchObject({ status: 0 });
  });

  it('says what production lacks', () => {
    const { status, output } = observeCheck('silent', 'prod');
    expect(status).toBe(1);
    expect(
      output
        .split('✗')
        .slice(1)
        .map((line) => line.trim()),
    ).toMatchInlineSnapshot(`
      [
        "prod: Nobody is paged: observability.notify(AlertSeverity.PAGE, Receiver.pagerDuty()).",
        "prod: Nobody gets tickets: observability.notify(AlertSeverity.TICKET, Receiver.slack({ channel: '#alerts' })).",
        "prod: Nobody notices when alerting itself stops: observability.sendHeartbeatTo(Receiver.webhook({ url: 'https://…' })).",
        "prod: Nobody answers for the service: owner: 'team-shop'.",
        "prod: Alerts cannot link to their runbooks: docsUrl: 'https://github.com/acme/orders/blob/main/docs'.",
        "prod: Alerts cannot link to dashboards: dashboardsUrl: 'https://grafana.acme.com'.",
      ]
    `);
  });

  it('passes for production when somebody is told', () => {
    expect(observeCheck('told', 'prod')).toEqual({
      status: 0,
      output: 'Rules, tests, routes and objectives are in order, and prod has receivers.\n',
    });
  });

  it('knows its environments', () => {
    expect(observeCheck('told', 'production')).toEqual({
      status: 2,
      output: 'Usage: observe:check [dev | staging | prod]\n',
    });
  });

  it.each([
    ['a page that goes to the ticket receiver', 'receiver: page', 'receiver: ticket', 'reaches page: no'],
    ['a staging alert that pages', '- environment=~"dev|staging"', '- environment=~"dev"', 'reaches ticket: no'],
    ['a receiver that is not there', '- receiver: heartbeat', '- receiver: hearbeat', 'configuration is valid: no'],
  ])('finds %s', (_, healthy, broken, finding) => {
    const path = join(scratch, 'told', CONFIG);
    run(scratch, 'chmod', 'u+w', path);
    mutate(path, healthy, broken);
    try {
      expect(observeCheck('told')).toEqual({ status: 1, output: expect.stringContaining(finding) });
    } finally {
      mutate(path, broken, healthy);
    }
  });

  it('builds the app and finds the routes of its objectives', () => {
    expect(observeCheck('promising')).toEqual({
      status: 0,
      output: 'Rules, tests, routes and objectives are in order.\n',
    });
  });

  it.each([
    [
      'a route that the app does not have',
      "'/hello'",
      "'/helo'",
      /GET \/hello, which is no route of the app\. Did you mean GET \/helo\?/,
    ],
    [
      'an app that cannot be built',
      'export async function',
      'throw new Error("spoilt");\nexport async function',
      /not checked, because the app cannot be built\n(.|\n)*spoilt/,
    ],
  ])('finds %s', (_, healthy, broken, finding) => {
    const path = join(scratch, 'promising', 'src/routes/hello.ts');
    mutate(path, healthy, broken);
    try {
      expect(observeCheck('promising')).toEqual({ status: 1, output: expect.stringMatching(finding) });
    } finally {
      mutate(path, broken, healthy);
    }
  });

  it('does not pass where its tools are missing', () => {
    const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'tools/observability/check.ts'], {
      cwd: join(scratch, 'told'),
      env: { PATH: '/nonexistent' },
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr).toContain('not checked, because promtool does not run');
  });
});
