import { Project } from 'projen';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { NodeServiceProject, Observability } from '../../src';
import { baseImage } from '../../src/files';
import { synth } from '../support/synth';
import { observed } from './support';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig: { readonly defaults: { readonly unit: string } };
  readonly datasource: object;
  readonly targets: ReadonlyArray<{ readonly expr: string; readonly exemplar?: boolean; readonly datasource: object }>;
}

const files = synth((outdir) => {
  const service = new NodeServiceProject({ name: 'orders', outdir });
  service.observability!.addPanel('Do mails go out?', {
    dashboard: 'Mail',
    row: 'Queue',
    queries: { '{{currency}}': 'sum by (currency) (rate(orders_placed_total[$__rate_interval]))' },
  });
  return service;
});
const dashboards = Object.entries(files)
  .filter(([path]) => path.startsWith('observability/grafana/dashboards/'))
  .map(([path, text]) => [path.replace(/.*\//, ''), JSON.parse(text)] as const);
const panelsOf = (dashboard: { panels: Panel[] }) => dashboard.panels.filter(({ type }) => type !== 'row');

it('there is one for each question a person comes with', () => {
  expect(dashboards.map(([name, { uid, title }]) => [name, uid, title])).toEqual([
    ['business.json', 'orders-business', 'orders: Business'],
    ['database.json', 'orders-database', 'orders: Database'],
    ['mail.json', 'orders-mail', 'orders: Mail'],
    ['overview.json', 'orders-overview', 'orders: Overview'],
    ['runtime.json', 'orders-runtime', 'orders: Runtime'],
    ['telemetry.json', 'orders-telemetry', 'orders: Telemetry'],
  ]);
});

it('the overview begins with what is promised', () => {
  const overview = dashboards.find(([name]) => name === 'overview.json')![1];
  expect(overview.panels.filter(({ type }: Panel) => type === 'row').map(({ title }: Panel) => title)).toEqual([
    'Objectives',
    'Requests',
    'Saturation',
    'Dependencies',
  ]);
  expect(overview.annotations.list[0].expr).toContain('build_info');
});

describe.each(dashboards)('%s', (_, dashboard) => {
  it('shows whichever Prometheus is chosen', () => {
    expect(dashboard.templating.list).toEqual([expect.objectContaining({ name: 'datasource', type: 'datasource' })]);
    for (const { datasource, targets } of panelsOf(dashboard)) {
      expect([datasource, ...targets.map((target) => target.datasource)]).toEqual(
        Array(targets.length + 1).fill({ type: 'prometheus', uid: '${datasource}' }),
      );
    }
  });

  it('has panels with a unit and, if they are ours, a description', () => {
    for (const panel of panelsOf(dashboard)) {
      expect(panel.fieldConfig.defaults.unit).toBeTruthy();
      if (dashboard.uid !== 'orders-mail') {
        expect(panel.description, panel.title).toBeTruthy();
      }
    }
  });

  it('takes rates over a range that follows the zoom', () => {
    const rates = panelsOf(dashboard).flatMap(({ targets }) => targets.filter(({ expr }) => /\brate\(/.test(expr)));
    expect(rates.filter(({ expr }) => !expr.includes('[$__rate_interval]'))).toEqual([]);
  });

  it('has panels that do not overlap', () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }: Panel) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(dashboard.panels.every(({ gridPos }: Panel) => gridPos.x + gridPos.w <= 24)).toBe(true);
    expect(new Set(dashboard.panels.map(({ id }: Panel) => id)).size).toBe(dashboard.panels.length);
  });
});

it('dots of durations lead to traces', () => {
  const overview = dashboards.find(([name]) => name === 'overview.json')![1];
  const latency = panelsOf(overview).find(({ title }) => title === 'How long do requests take?')!;
  expect(latency.targets.every(({ exemplar }) => exemplar)).toBe(true);
  const sources = parse(files['observability/grafana/provisioning/datasources/datasources.yaml']!).datasources;
  expect(sources[0].jsonData.exemplarTraceIdDestinations).toEqual([{ name: 'trace_id', datasourceUid: 'tempo' }]);
});

it('what the service counts is drawn without anybody asking', () => {
  const { service, observability } = observed();
  observability.addCounter('orders_placed_total', { help: 'Orders accepted', labels: ['channel'] });
  expect(service.panels.find(({ dashboard }) => dashboard === 'Business')?.queries).toEqual({
    '{{channel}}': 'sum by (channel) (rate(orders_placed_total{job="orders"}[$__rate_interval]))',
  });
});

describe('the local stack', () => {
  const local = synth((outdir) => {
    const project = new Project({ name: 'orders', outdir });
    new Observability(project);
    return project;
  });

  it('listens on the loopback only, with every image pinned to its bytes', () => {
    const { services } = parse(local['observability/compose.yaml']!) as {
      services: Record<string, { image: string; ports?: string[] }>;
    };
    for (const { image, ports = [], ...container } of Object.values(services)) {
      expect(image).toMatch(/^docker\.io\/[a-z-]+\/[a-z-]+:v?\d+\.\d+\.\d+@sha256:[0-9a-f]{64}$/);
      expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
      expect(container).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        pids_limit: 512,
      });
    }
  });

  it('asks every container whether it is healthy, by what its image has, but the one that has nothing to ask with', () => {
    const text = local['observability/compose.yaml']!;
    const { services } = parse(text) as { services: Record<string, { healthcheck?: { test: string[] } }> };
    const programs = Object.entries(services).map(([name, { healthcheck }]) => [name, healthcheck?.test[1]]);
    expect(Object.fromEntries(programs)).toEqual({
      alertmanager: 'wget',
      grafana: 'wget',
      loki: '/busybox/wget',
      'otel-collector': undefined,
      prometheus: 'wget',
      tempo: '/busybox/wget',
    });
    expect(text).toMatch(
      /otel-collector:\n +# No health check: the image holds one program, which cannot ask another\n/,
    );
  });

  // From Loki 3.6 and Tempo 2.9 on, the images have no BusyBox: ask them by `loki -health` (3.6.5) and `tempo --health` (3.0).
  it.each([
    ['loki', /^3\.5\./],
    ['tempo', /^2\.8\./],
  ])('has the %s whose image brings BusyBox', (image, tag) => {
    expect(baseImage(image).tag).toMatch(tag);
  });

  it('has a collector that limits its memory before anything else', () => {
    const { processors, service } = parse(local['observability/collector/collector.yaml']!);
    for (const { processors: chain } of Object.values(service.pipelines) as Array<{ processors: string[] }>) {
      expect(chain[0]).toBe('memory_limiter');
    }
    const secrets = processors.redaction.blocked_values.map(
      (pattern: string) => new RegExp(pattern.replace('(?i)', ''), 'i'),
    );
    const leaks = (text: string) => secrets.some((pattern: RegExp) => pattern.test(text));
    expect(
      ['Bearer abc.def', 'postgresql://user:pass@db/orders', '4111 1111 1111 1111', 'jane@example.com'].every(leaks),
    ).toBe(true);
    expect(['GET /orders/:id', 'select 1', '2026-11-26T16:00:00Z', '10.0.0.1:9464'].some(leaks)).toBe(false);
  });
});
