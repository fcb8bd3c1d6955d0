import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HeldDatabase, holdDatabase } from '../../scripts/live/database';
import { RunningService } from '../../scripts/live/server';
import { Wire } from '../../scripts/live/wire';
import { AlertSeverity, Receiver } from '../../src';
import { goldenServices } from '../support/golden-services';
import { synthInto } from '../support/synth';
import { Alertmanager, Receivers } from './alertmanager';
import { Backend, Collector } from './collector';
import { hasten } from './hastened';
import { until } from './process';
import { Prometheus } from './prometheus';

const ROOT = join(__dirname, '..', '..');

/** Beside the example: what fails, what calls others, what measures nonsense, and what says too much. */
const APP = `import type { App } from './platform/index.js';
import { inSpan } from './platform/telemetry/span.js';
import { customerRoutes } from './routes/customers.js';
import { orderRoutes } from './routes/orders.js';
import { productRoutes } from './routes/products.js';

export async function app(app: App): Promise<void> {
  await app.register(customerRoutes);
  await app.register(productRoutes);
  await app.register(orderRoutes);
  app.get('/fail', async () => {
    throw new Error('injected');
  });
  app.get('/call', async ({ query }) => ({ status: (await fetch((query as { url: string }).url)).status }));
  app.get('/handled', async () => ({ products: await inSpan('count products', () => app.prisma.product.count()) }));
  app.get('/nonsense', async () => {
    app.metrics.orderLines.observe(Number.NaN);
    // More values than a process keeps apart.
    for (let i = 0; i < 510; i++) app.metrics.ordersPlaced.inc({ currency: 'C' + i });
    return {};
  });
  app.get('/leak', async ({ query }) => inSpan('leak', async () => ({}), query as Record<string, string>));
}
`;

/**
 * The order service with everything that watches it: its own database, Prometheus and Alertmanager with its rules and routes, a
 * collector with its configuration, and whoever is told.
 */
export class Stack {
  public static async start(): Promise<Stack> {
    const stack = new Stack();
    try {
      await stack.begin();
    } catch (error) {
      await stack.stop();
      throw error;
    }
    return stack;
  }

  public readonly folder = mkdtempSync(join(tmpdir(), 'riso-observed-'));
  public service!: RunningService;
  public prometheus!: Prometheus;
  public alertmanager!: Alertmanager;
  public receivers!: Receivers;
  public collector!: Collector;
  public backend!: Backend;

  private database: HeldDatabase | undefined;
  /** The service reaches its database through this, because a server that is started again has another port. */
  private wire!: Wire;

  private constructor() {}

  /** Stops PostgreSQL itself. */
  public async stopDatabase(): Promise<void> {
    await this.database?.release();
    this.database = undefined;
  }

  public async startDatabase(): Promise<void> {
    this.database = await holdDatabase(this.folder);
    this.wire.leadTo(portOf(this.database.url));
  }

  public async stop(): Promise<void> {
    for (const server of [this.prometheus, this.alertmanager, this.collector, this.backend, this.receivers]) {
      server?.stop();
    }
    await this.service?.stop('SIGKILL');
    await this.wire?.cut();
    await this.database?.release();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  private async begin(): Promise<void> {
    this.receivers = await Receivers.start();
    this.synthesize();
    this.database = await holdDatabase(this.folder);
    this.wire = await Wire.to(portOf(this.database.url));
    const url = new URL(this.database.url);
    url.port = `${this.wire.port}`;
    const env = { ...process.env, APP_ENV: 'dev', DATABASE_URL: this.database.url };
    for (const verb of ['generate', 'migrate']) {
      execFileSync(process.execPath, ['--import', 'tsx', 'tools/database/cli.ts', verb], { cwd: this.folder, env });
    }
    const data = (name: string) => join(this.folder, '.data', name);
    const file = (path: string) => join(this.folder, 'observability', path);
    this.backend = await Backend.start(data('backend'));
    this.collector = await Collector.start(data('collector'), file('collector/collector.yaml'), this.backend);
    this.alertmanager = await Alertmanager.start(data('alertmanager'), file('alertmanager/alertmanager.yaml'));
    this.service = await RunningService.start(this.folder, ['node', '--import', 'tsx', 'src/main.ts'], {
      // There it writes lines of JSON, and has what a developer's machine has.
      APP_ENV: 'test',
      LOG_LEVEL: 'info',
      DATABASE_URL: url.href,
      RATE_LIMIT_MAX: '1000000',
      SECRET_REFRESH_INTERVAL: '1s',
      OTEL_EXPORTER_OTLP_ENDPOINT: this.collector.endpoint,
      OTEL_TRACES_SAMPLER_ARG: '1',
    });
    this.prometheus = await Prometheus.start({
      folder: data('prometheus'),
      // The jobs of the local stack.
      targets: {
        orders: new URL(this.service.managementUrl).host,
        'otel-collector': this.collector.ownMetrics,
        'service-graph': this.collector.serviceGraph,
        alertmanager: this.alertmanager.address,
      },
      rules: file('prometheus/rules/*.yaml'),
      alertmanager: this.alertmanager.address,
    });
    await until('everything is scraped', async () => (await this.prometheus.query('up == 1')).length === 5);
  }

  private synthesize(): void {
    synthInto(this.folder, (outdir) => {
      const service = goldenServices['default']!(outdir);
      const told = (receiver: string) => Receiver.webhook({ url: this.receivers.urlOf(receiver) });
      service.observability!.notify(AlertSeverity.PAGE, told('page'));
      service.observability!.notify(AlertSeverity.TICKET, told('ticket'));
      service.observability!.sendHeartbeatTo(told('heartbeat'));
      service.observability!.escalateTo(told('escalation'));
      return service;
    });
    writeFileSync(join(this.folder, 'src/app.ts'), APP);
    symlinkSync(join(ROOT, 'node_modules'), join(this.folder, 'node_modules'));
    for (const path of ['prometheus/rules/alerts.yaml', 'alertmanager/alertmanager.yaml']) {
      hasten(join(this.folder, 'observability', path));
    }
  }
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
