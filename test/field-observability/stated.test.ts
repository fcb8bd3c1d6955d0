import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  AlertSeverity,
  BackingService,
  ConfigType,
  Duration,
  ExternalMetrics,
  K8sIngress,
  NodeServiceProject,
  ReadinessCheck,
  Rotation,
  SecretsProvider,
  Service,
} from '../../src';
import { inFolder, synthInto } from '../support/synth';
import { golden, mutate, run } from './tools';

const TESTS = 'observability/prometheus/tests/alerts.test.yaml';
const RULES = 'observability/prometheus/rules/alerts.yaml';

/** A service whose team states alerts of its own, beside those that other capabilities state. */
function service(outdir: string): NodeServiceProject {
  const project = new NodeServiceProject({ name: 'orders', owner: 'team-shop', outdir });
  const { observability } = project;
  observability!.addCounter('mails_sent_total', { help: 'Mails that have left', labels: ['kind'] });
  const mail = { severity: AlertSeverity.TICKET, runbook: 'service-down' };
  observability!.addAlert('MailStuck', {
    ...mail,
    summary: 'No mail of kind {{ $labels.kind }} has left for ten minutes',
    expression: 'sum by (kind) (rate(mails_sent_total{job="orders"}[10m])) == 0',
    test: {
      series: {
        'mails_sent_total{job="orders", instance="10.0.0.1:9464", kind="receipt"}': '0+10x20 200x40 200+10x30',
      },
      quietAt: Duration.minutes(20),
      firesAt: Duration.minutes(45),
      resolvedAt: Duration.minutes(75),
      labels: { kind: 'receipt' },
    },
  });
  observability!.addAlert('MailFlood', {
    ...mail,
    summary: 'Mails leave faster than anybody orders',
    expression: 'sum(rate(mails_sent_total{job="orders"}[5m])) > 100',
  });
  observability!.addAlert('MailAbsent', {
    ...mail,
    summary: 'Nobody counts mails',
    expression: 'absent(mails_sent_total{job="orders"})',
  });
  return project;
}

/** A service around which everything is measured, and that has what golden services lack. */
function surrounded(outdir: string): NodeServiceProject {
  const project = new NodeServiceProject({
    name: 'orders',
    outdir,
    kubernetes: {
      ingress: K8sIngress.controller({ className: 'nginx', controllerNamespace: 'ingress', clusterIssuer: 'le' }),
      environments: { prod: { hosts: ['orders.acme.com'] } },
    },
    observability: { externalMetrics: Object.values(ExternalMetrics) },
  });
  project.config.add('REDIS_URL', {
    secret: true,
    type: ConfigType.url({ schemes: ['redis'] }),
    description: 'Where the cache is',
  });
  project.addBackingService(BackingService.redis());
  Service.of(project).state(new ReadinessCheck('cache', { description: 'The cache answers', backingService: 'redis' }));
  project.config.add('SESSION_KEYS', {
    secret: true,
    type: ConfigType.keys(),
    description: 'Signs sessions',
    rotation: Rotation.generatedKey(),
    rotateEvery: Duration.days(30),
  });
  project.secrets.use(SecretsProvider.awsSecretsManager({ region: 'eu-west-1' }), { environments: ['prod'] });
  return project;
}

const made = mkdtempSync(join(tmpdir(), 'stated-'));
beforeAll(() => {
  synthInto(made, service);
});
afterAll(() => rmSync(made, { recursive: true }));

/** Runs a test in a folder with the tests that are named so alone; all of them take a minute. */
function withTestsOf(pattern: RegExp, test: (folder: string) => void): void {
  inFolder((folder) => {
    cpSync(join(made, 'observability'), join(folder, 'observability'), { recursive: true });
    const file = parse(readFileSync(join(folder, TESTS), 'utf8')) as { tests: Array<{ name: string }> };
    const tests = file.tests.filter(({ name }) => pattern.test(name));
    expect(tests).not.toEqual([]);
    for (const path of [TESTS, RULES]) {
      chmodSync(join(folder, path), 0o644);
    }
    writeFileSync(join(folder, TESTS), JSON.stringify({ ...file, tests }));
    test(folder);
  });
}

const promtool = (folder: string) => run(folder, 'promtool', 'test', 'rules', TESTS);

describe('alerts that others state', () => {
  it.each([
    ['the team', /^Mail/, '[10m])) == 0', '[10m])) == 1'],
    ['backups: age', /^BackupStale/, /(backup_last_success_timestamp_seconds\{job="orders"\}) > \d+/, '$1 > 99999999'],
    ['backups: size', /^BackupShrinking/, '< 0.5 *', '< 0.3 *'],
    [
      'backups: drills',
      /^RestoreDrill/,
      'backup_drill_last_run_success{job="orders"} == 0',
      'backup_drill_last_run_success{job="orders"} == 2',
    ],
    ['backups: restores', /^RestoreSlow/, /(backup_drill_duration_seconds\{job="orders"\}) > \d+/, '$1 > 1'],
  ])('fire and resolve, and their test finds one that does not: %s', (_, tests, healthy, broken) => {
    withTestsOf(tests, (folder) => {
      expect(promtool(folder)).toMatchObject({ passed: true });
      mutate(join(folder, RULES), healthy, broken);
      expect(promtool(folder)).toMatchObject({ passed: false });
    });
  });

  it('and those of what no golden service has', () => {
    inFolder((folder) => {
      synthInto(folder, surrounded);
      const file = parse(readFileSync(join(folder, TESTS), 'utf8')) as { tests: Array<{ name: string }> };
      const elsewhere = readFileSync(join(golden, 'default', TESTS), 'utf8');
      const tests = file.tests.filter(({ name }) => !elsewhere.includes(`name: ${name}\n`));
      expect(tests.map(({ name }) => name.split(' ', 1)[0])).toMatchInlineSnapshot(`
        [
          "CacheConnectionFails",
          "HostDiskFillsUp",
          "HostNetworkErrors",
          "DatabaseConnectionsNearLimit",
          "CacheMemoryNearLimit",
          "CertificateNotRenewed",
          "SecretOverdue",
        ]
      `);
      chmodSync(join(folder, TESTS), 0o644);
      writeFileSync(join(folder, TESTS), JSON.stringify({ ...file, tests }));
      expect(promtool(folder)).toMatchObject({ passed: true });
      const rules = parse(readFileSync(join(folder, RULES), 'utf8')) as {
        groups: Array<{ rules: Array<{ alert: string }> }>;
      };
      const names = file.tests.map(({ name }) => name.split(' ', 1)[0]);
      const untested = rules.groups.flatMap((group) => group.rules).filter(({ alert }) => !names.includes(alert));
      expect(untested.filter(({ alert }) => !/Budget|LowTraffic/.test(alert))).toEqual([]);
    });
  });

  it.each([
    ['one process does not reach', '0x60', '1x60', { alertname: 'CacheConnectionFails', severity: 'ticket' }],
    ['no process reaches', '0x60', '0x60', { alertname: 'RequiredDependencyDown', severity: 'page' }],
  ])('are one about a cache that %s, of the severity it has', (_, one, other, alert) => {
    inFolder((folder) => {
      synthInto(folder, surrounded);
      const up = (instance: string) => `health_check_up{job="orders", instance="${instance}", check="cache"}`;
      const [name, severity] = Object.values(alert);
      const test = {
        interval: '1m',
        input_series: [
          { series: up('10.0.0.1:9464'), values: one },
          { series: up('10.0.0.2:9464'), values: other },
        ],
        promql_expr_test: [
          {
            expr: 'count by (alertname, severity) (ALERTS{alertstate="firing", alertname=~"Cache.*|.*DependencyDown"})',
            eval_time: '30m',
            exp_samples: [{ labels: `{alertname="${name}", severity="${severity}"}`, value: 1 }],
          },
        ],
      };
      chmodSync(join(folder, TESTS), 0o644);
      writeFileSync(join(folder, TESTS), JSON.stringify({ rule_files: ['../rules/alerts.yaml'], tests: [test] }));
      expect(promtool(folder)).toMatchObject({ passed: true });
    });
  });

  it('are silent without data, unless they may be about the lack of it', () => {
    withTestsOf(/^Without/, (folder) => {
      expect(promtool(folder)).toMatchObject({ passed: true });
      const text = readFileSync(join(folder, TESTS), 'utf8');
      expect(text).toContain('"MailFlood"');
      expect(text).not.toContain('"MailAbsent"');
      mutate(
        join(folder, RULES),
        'mails_sent_total{job="orders"}[5m])) > 100',
        'mails_sent_total{job="orders"}[5m])) or vector(101)) > 100',
      );
      mutate(join(folder, RULES), 'sum(rate(mails_sent_total', '(sum(rate(mails_sent_total');
      expect(promtool(folder)).toMatchObject({ passed: false });
    });
  });
});
