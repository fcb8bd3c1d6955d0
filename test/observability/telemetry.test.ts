import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Project } from 'projen';
import { describe, expect, it } from 'vitest';
import { Database, Duration, MetricSource, NodeServiceProject, Observability, Service } from '../../src';
import { inFolder, synth } from '../support/synth';

const ROOT = join(__dirname, '..', '..');
const long = 'Orders '.repeat(20).trim();

type State = (observability: Observability, service: NodeServiceProject) => void;

function make(outdir: string, state: State, database: Database): NodeServiceProject {
  const service = new NodeServiceProject({ name: 'orders', database, outdir });
  state(service.observability!, service);
  return service;
}

const files = (state: State = () => undefined, database = Database.NONE) =>
  synth((outdir) => make(outdir, state, database));
/** Without the two lines that say who made it. */
const module = (state?: State, database?: Database) =>
  (files(state, database)['src/platform/metrics.ts'] ?? '').replace(/^.*\n.*\n\n/, '');
const problems = (state: State) =>
  inFolder((outdir) =>
    make(outdir, state, Database.NONE)
      .service.problems()
      .map(({ place, message }) => `${place}: ${message}`),
  );

describe('the printed metrics module', () => {
  it('has an instrument for each metric that the service declares', () => {
    expect(
      module((observability) => {
        observability.addCounter('orders_refunded_total', {
          help: 'Orders paid back',
          labels: ['reason'],
          labelValues: { reason: ['damaged', 'late'] },
        });
        observability.addGauge('queue_depth', { help: 'Orders that wait.', labelSetLimit: 10 });
        observability.addHistogram('basket_size', { help: 'Products', buckets: [1, 2, 5] });
      }),
    ).toMatchInlineSnapshot(`
      "import { counter, gauge, histogram, type MetricsOf, measure } from './telemetry/module.js';

      export const metrics = measure({
        /** Upper bounds of the durations of requests, in seconds; those of latency objectives are among them. */
        requestSeconds: [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10],
        instruments: {
          /** Products. */
          basketSize: histogram('basket_size', { help: 'Products', buckets: [1, 2, 5] }),
          /** Orders paid back. */
          ordersRefunded: counter('orders_refunded_total', {
            help: 'Orders paid back',
            labels: ['reason'],
            values: { reason: ['damaged', 'late'] },
          }),
          /** Orders that wait. */
          queueDepth: gauge('queue_depth', { help: 'Orders that wait.', limit: 10 }),
        },
      });

      declare module 'fastify' {
        interface FastifyInstance {
          /** What the service measures itself. */
          readonly metrics: MetricsOf<typeof metrics>;
        }
      }
      "
    `);
  });

  it('has those of the example', () => {
    const text = module(undefined, Database.POSTGRESQL);
    expect([...text.matchAll(/^ {4}(\w+): /gm)].map(([, name]) => name)).toEqual([
      'orderLines',
      'ordersPlaced',
      'ordersRepeated',
    ]);
  });

  it('lets the user declare a metric of the example otherwise', () => {
    const text = module(
      (observability) => observability.addCounter('orders_placed_total', { help: 'Mine', labels: ['channel'] }),
      Database.POSTGRESQL,
    );
    expect(text).toContain("counter('orders_placed_total', { help: 'Mine', labels: ['channel'] })");
  });

  it('has a bucket where an objective asks', () => {
    const text = module((observability) =>
      observability.addObjective('checkout', { description: 'Quick', target: 99, latency: Duration.millis(750) }),
    );
    expect(text).toContain('requestSeconds: [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 10],');
  });

  it('is what the formatter of the service would make of it', () => {
    const code = module((observability) => {
      observability.addCounter('a_total', { help: `it's ${long}`, labels: ['one', 'two'] });
      observability.addHistogram('b', {
        help: 'Ends the comment */ early',
        buckets: Array.from({ length: 40 }, (_, i) => i),
      });
      observability.addGauge('c', { help: 'Short' });
    });
    const formatted = inFolder((folder) => {
      const style = { indentStyle: 'space', indentWidth: 2, lineWidth: 120 };
      const config = { root: true, formatter: style, javascript: { formatter: { quoteStyle: 'single' } } };
      writeFileSync(join(folder, 'biome.json'), JSON.stringify(config));
      return execFileSync(join(ROOT, 'node_modules/.bin/biome'), ['check', '--write', '--stdin-file-path=metrics.ts'], {
        cwd: folder,
        input: code,
        encoding: 'utf8',
      });
    });
    expect(formatted).toBe(code);
  });
});

describe('metrics', () => {
  it('that code would know by one name are refused', () => {
    expect(
      problems((observability) => {
        observability.addCounter('orders_placed_total', { help: 'Orders' });
        observability.addGauge('orders_placed', { help: 'Orders' });
      }),
    ).toEqual([
      'metric orders_placed_total (stated by .projenrc.ts): is metrics.ordersPlaced in code, as is metric orders_placed (stated by .projenrc.ts)',
    ]);
  });

  it.each([0, 1.5, -1])('cannot keep %d label sets', (labelSetLimit) => {
    expect(problems((observability) => observability.addGauge('depth', { help: 'Orders', labelSetLimit }))).toEqual([
      'metric depth (stated by .projenrc.ts): keeps an impossible number of label sets',
    ]);
  });
});

describe('traces', () => {
  it('of statements need Prisma’s instrumentation, where there is Prisma', () => {
    const dependencies = (database: Database) =>
      Object.keys(JSON.parse(files(undefined, database)['package.json']!).dependencies);
    expect(dependencies(Database.SQLITE)).toContain('@prisma/instrumentation');
    expect(dependencies(Database.NONE)).not.toContain('@prisma/instrumentation');
  });

  it('are sampled by the ratio of the project', () => {
    const config = synth(
      (outdir) =>
        new NodeServiceProject({
          name: 'orders',
          observability: { traceSampleRatio: 0.2, accessLogSampleRatio: 0.5 },
          outdir,
        }),
    )['src/platform/config.ts'];
    expect(config).toMatch(/OTEL_TRACES_SAMPLER_ARG', type: types.number\({ min: 0, max: 1 }\), default: 0.2/);
    expect(config).toMatch(/ACCESS_LOG_SAMPLE_RATIO', type: types.number\({ min: 0, max: 1 }\), default: 0.5/);
  });
});

describe('a service without observability', () => {
  const off = synth((outdir) => new NodeServiceProject({ name: 'orders', observability: { enabled: false }, outdir }));

  it('has nothing of it left', () => {
    expect(Object.keys(off).filter((path) => path.includes('telemetry') || path.endsWith('/metrics.ts'))).toEqual([
      'src/platform/backup/metrics.ts',
      'src/platform/database/metrics.ts',
      'src/platform/metrics/metrics.ts',
    ]);
    expect(off['package.json']).not.toMatch(/opentelemetry|@prisma\/instrumentation/);
    expect(off['src/platform/config.ts']).not.toMatch(/OTEL|ACCESS_LOG/);
  });

  it('has an example that measures nothing', () => {
    expect(off['src/orders/measure.ts']).toContain('once observability is switched on');
  });
});

it('a project that is no Node service gets no code', () => {
  inFolder((outdir) => {
    const project = new Project({ name: 'orders', outdir });
    new Observability(project);
    expect(Service.of(project).metrics.filter(({ source }) => source !== MetricSource.EXTERNAL)).toEqual([]);
  });
});
