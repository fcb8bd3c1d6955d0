import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Project } from 'projen';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ExternalMetrics, Guides, K8sIngress, K8sManifests, Observability } from '../../src';
import { Cron, Metric, ReadinessCheck, Service, ServiceProcess, Waiver } from '../../src/service';
import { inFolder, synthInto } from '../support/synth';
import { observed } from './support';

const namesOf = (service: Service) => service.alerts.map(({ name }) => name);

describe('alerts', () => {
  it('are about what is measured, and nothing else', () => {
    const { service } = observed({ externalMetrics: [] });
    expect(namesOf(service)).toEqual([
      'AvailabilityBudgetBurnsFast',
      'AvailabilityBudgetBurnsSlowly',
      'AvailabilityFailsAtLowTraffic',
      'CollectorLosesTelemetry',
      'CollectorQueueFull',
      'HttpErrorRatioHigh',
      'HttpLatencyHigh',
      'InstanceDown',
      'LatencyBudgetBurnsFast',
      'LatencyBudgetBurnsSlowly',
      'LatencyFailsAtLowTraffic',
      'NotificationsFail',
      'ProcessRestarts',
      'ScrapeNearLimit',
      'ServiceAbsent',
      'ServiceDown',
      'Watchdog',
    ]);
  });

  it.each([
    ['database_pool_waiting', ['role'], 'DatabasePoolExhausted'],
    ['database_migrations', ['state'], 'MigrationsPending'],
    ['nodejs_eventloop_lag_p99_seconds', [], 'EventLoopBlocked'],
    ['backup_last_success_timestamp_seconds', [], 'BackupStale'],
  ])('about %s are there as soon as it is measured', (metric, labels, alert) => {
    const { service } = observed();
    expect(namesOf(service)).not.toContain(alert);
    service.state(Metric.gauge(metric, { help: 'Measured', labels }));
    expect(namesOf(service)).toContain(alert);
  });

  it.each([
    [ExternalMetrics.KUBERNETES, 'MemoryNearLimit'],
    [ExternalMetrics.BLACKBOX, 'CertificateExpiresNow'],
    [ExternalMetrics.NODE, 'HostDiskFillsUp'],
    [ExternalMetrics.POSTGRESQL, 'DatabaseConnectionsNearLimit'],
    [ExternalMetrics.REDIS, 'CacheMemoryNearLimit'],
  ])('about what others measure are there with their metrics: %s', (external, alert) => {
    const { service } = observed({ externalMetrics: [external] });
    expect(namesOf(service)).toContain(alert);
    expect(service.problems()).toEqual([]);
  });

  it('are not about the certificate of a service that only pods call', () => {
    const aboutCertificates = (ingress?: K8sIngress) => {
      const { service } = observed({ externalMetrics: [ExternalMetrics.BLACKBOX] });
      new K8sManifests(service.project, ingress === undefined ? {} : { ingress });
      return namesOf(service).filter((name) => name.startsWith('Certificate'));
    };
    const all = ['CertificateExpiresNow', 'CertificateExpiresSoon', 'CertificateUnwatched'];
    expect(aboutCertificates()).toEqual(all);
    expect(aboutCertificates(K8sIngress.gateway({ gateway: 'public', namespace: 'gateway' }))).toEqual(all);
    expect(aboutCertificates(K8sIngress.internal([{ namespace: 'shop', podLabels: { app: 'cart' } }]))).toEqual([]);
  });

  it('page for what the service cannot do without, and not for the rest', () => {
    const { service } = observed();
    service.state(Metric.gauge('health_check_up', { help: 'Whether it passes', labels: ['check'] }));
    service.state(Metric.gauge('health_check_duration_seconds', { help: 'How long it takes', labels: ['check'] }));
    service.state(new ReadinessCheck('disk', { description: 'There is room' }));
    service.state(new ReadinessCheck('mail', { description: 'Mail goes out', required: false }));
    const found = service.alerts.filter(({ name }) => name.endsWith('DependencyDown'));
    expect(found.map(({ name, severity, expression }) => [name, severity, expression])).toEqual([
      ['OptionalDependencyDown', 'ticket', 'max by (check) (health_check_up{job="orders", check=~"mail"}) == 0'],
      ['RequiredDependencyDown', 'page', 'max by (check) (health_check_up{job="orders", check=~"disk"}) == 0'],
    ]);
    expect(service.problems()).toEqual([]);
  });

  it('tell of what runs on a schedule, each by its own patience', () => {
    const { service } = observed();
    expect(namesOf(service).filter((name) => name.includes('Job'))).toEqual([]);
    const job = (name: string, schedule: Cron) =>
      ServiceProcess.scheduledJob(name, { command: ['node', 'job.js'], description: 'Works', schedule });
    service.state(job('cleanup', Cron.daily()));
    service.state(job('report', Cron.parse('0 6 * * 1-5')));
    const { expression } = service.alerts.find(({ name }) => name === 'ScheduledJobStale')!;
    // Two turns, the second of which may take ten minutes: two days, and twice a weekend.
    expect([...expression.matchAll(/cronjob=~"([^"]+)"}\) > (\d+)/g)].map(([, ...found]) => found)).toEqual([
      ['orders-cleanup', `${2 * 86_400 + 600}`],
      ['orders-report', `${2 * 3 * 86_400 + 600}`],
    ]);
    expect(service.alerts.find(({ name }) => name === 'ScheduledJobFailed')?.expression).toContain(
      'job_name=~"orders-(cleanup|report)-[0-9]+"',
    );
    expect(service.problems()).toEqual([]);
  });

  it('about a job of a release are about no run of a schedule, whatever the names begin with', () => {
    const { service } = observed();
    const command = ['node', 'job.js'];
    service.state(ServiceProcess.job('migrate', { command, description: 'Migrates' }));
    service.state(
      ServiceProcess.scheduledJob('migrate-archive', { command, description: 'Moves', schedule: Cron.daily() }),
    );
    const { expression } = service.alerts.find(({ name }) => name === 'JobFailed')!;
    const runs = new RegExp(`^${/job_name=~"([^"]+)"/.exec(expression)![1]}$`);
    expect(['orders-migrate-3f0c52d9ab', 'orders-migrate'].every((run) => runs.test(run))).toBe(true);
    expect(['orders-migrate-archive-29381040', 'orders-migrate-archive'].some((run) => runs.test(run))).toBe(false);
    expect(service.problems()).toEqual([]);
  });

  it('say whom they ask, what follows and where to read on', () => {
    const { service } = observed();
    const alert = service.alerts.find(({ name }) => name === 'ServiceDown')!;
    expect(alert.labelsOn(service)).toEqual({ severity: 'page', service: 'orders', owner: 'team-shop' });
    expect(Object.keys(alert.annotationsOn(service))).toEqual([
      'summary',
      'description',
      'runbook_url',
      'dashboard_url',
    ]);
  });

  it('link to the pages and dashboards of the team', () => {
    const service = new Service(new Project({ name: 'orders', outdir: '/nonexistent/orders' }), {
      docsUrl: 'https://github.com/acme/orders/blob/main/docs/',
      dashboardsUrl: 'https://grafana.acme.com',
    });
    new Observability(service.project);
    expect(service.alerts.find(({ name }) => name === 'Watchdog')?.annotationsOn(service)).toMatchObject({
      runbook_url: 'https://github.com/acme/orders/blob/main/docs/runbooks/watchdog.md',
      dashboard_url: 'https://grafana.acme.com/d/orders-telemetry',
    });
    expect(service.problems()).toEqual([]);
  });

  it('about what services share are one alert, whatever service states them', () => {
    const externalMetrics = [ExternalMetrics.NODE, ExternalMetrics.POSTGRESQL, ExternalMetrics.REDIS];
    const labelsOf = (name: string, owner: string) => {
      const service = new Service(new Project({ name, outdir: '/tmp/never-written' }), { owner });
      new Observability(service.project, { externalMetrics });
      return new Map(service.alerts.map((alert) => [alert.name, alert.labelsOn(service)]));
    };
    const [orders, billing] = [labelsOf('orders', 'team-shop'), labelsOf('billing', 'team-billing')];
    const same = [...orders].filter(([name, labels]) => isDeepStrictEqual(labels, billing.get(name)));
    expect(same.map(([name]) => name)).toEqual([
      'CacheMemoryNearLimit',
      'CollectorLosesTelemetry',
      'CollectorQueueFull',
      'DatabaseConnectionsNearLimit',
      'HostDiskFillsUp',
      'HostNetworkErrors',
      'NotificationsFail',
    ]);
    expect(orders.get('HostDiskFillsUp')).toEqual({ severity: 'ticket', service: 'platform', owner: 'platform' });
  });

  it('can be waived one by one, with a reason', () => {
    const { service } = observed();
    service.state(new Waiver('alert', { subject: 'HttpLatencyHigh', reason: 'reports take long' }));
    expect(namesOf(service)).not.toContain('HttpLatencyHigh');
    expect(service.guides.map(({ name }) => name)).not.toContain('http-latency');
    expect(service.problems()).toEqual([]);
  });
});

describe('the runbook of an alert', () => {
  it('says what it means, whom it affects, what to look at and what to do', () => {
    const { service } = observed();
    const page = service.guides.find(({ name }) => name === 'service-down')!.text.render(service);
    expect(page.match(/^## .*/gm)).toEqual([
      '## Impact',
      '## Diagnosis',
      '## Mitigation',
      '## Notes of the team',
      '## Alerts that lead here',
    ]);
    expect(page).toContain('up{job="orders"}');
  });

  it.each([
    ['scheduled-job-failed', 'kubectl create job --from=cronjob/<cronjob> <cronjob>-$(date +%s)'],
    ['telemetry-pipeline', "new Waiver('alert', { subject: 'CollectorAbsent'"],
  ])('%s has a way that works each time it is gone', (name, step) => {
    const { service } = observed();
    service.state(
      ServiceProcess.scheduledJob('cleanup', { command: ['node'], description: 'Cleans', schedule: Cron.daily() }),
    );
    expect(service.guides.find((guide) => guide.name === name)!.text.render(service)).toContain(step);
  });

  it('shows what the team wrote about it, after each synthesis', () => {
    inFolder((outdir) => {
      mkdirSync(join(outdir, 'docs/runbooks/notes'), { recursive: true });
      writeFileSync(join(outdir, 'docs/runbooks/notes/watchdog.md'), 'The heartbeat is at example.com.\n');
      const files = synthInto(outdir, () => {
        const project = new Project({ name: 'orders', outdir });
        new Observability(project);
        new Guides(project);
        return project;
      });
      expect(files['docs/runbooks/watchdog.md']).toContain(
        '## Notes of the team\n\nThe heartbeat is at example.com.\n',
      );
      expect(files['docs/runbooks/notes/watchdog.md']).toBe('The heartbeat is at example.com.\n');
    });
  });
});

describe('what Prometheus reads', () => {
  const files = inFolder((outdir) =>
    synthInto(outdir, () => {
      const project = new Project({ name: 'orders', outdir });
      new Observability(project);
      return project;
    }),
  );

  it('has a rule for each alert, and a test that makes each fire', () => {
    const rules = parse(files['observability/prometheus/rules/alerts.yaml']!).groups[0].rules as Array<{
      alert: string;
    }>;
    const tests = parse(files['observability/prometheus/tests/alerts.test.yaml']!).tests as Array<{ name: string }>;
    expect(tests.map(({ name }) => name.split(' ')[0])).toEqual(
      expect.arrayContaining(rules.map(({ alert }) => alert)),
    );
  });
});
