import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PlatformModule } from '../../src/platform/app/module.js';
import type { createPlatform } from '../../src/platform/app/platform.js';
import type { App, PlatformConfig } from '../../src/platform/app/types.js';
import { Secret } from '../../src/platform/config/secret.js';
import type { DatabaseConfig } from '../../src/platform/database/types.js';
import type { measure, TelemetryConfig } from '../../src/platform/telemetry/module.js';
import type { inSpan } from '../../src/platform/telemetry/span.js';
import { type ReceivedSpan, startCollector } from '../support/collector.js';
import { CONFIG } from '../support/server.js';
import { ScratchService } from '../tools/scratch-service.js';

interface Client {
  note: { create(args: { data: { id: number } }): Promise<unknown>; count(): Promise<number> };
}

interface TracingHelper {
  isEnabled(): boolean;
}

type Config = PlatformConfig & DatabaseConfig & TelemetryConfig;

interface Code {
  readonly createPlatform: typeof createPlatform;
  readonly database: PlatformModule<'prisma', Client, DatabaseConfig>;
  readonly measure: typeof measure;
  readonly inSpan: typeof inSpan;
}

const service = new ScratchService('postgresql');
let held: { url: string; release(): Promise<void> };
let code: Code;

beforeAll(async () => {
  service.model('model Note {\n  id Int @id\n}\n');
  service.migration('20260101000000_init', 'CREATE TABLE "Note" (id INT PRIMARY KEY);');
  held = await service.holdDatabase();
  expect(service.tool('cli', ['migrate']).status).toBe(0);
  expect(service.tool('cli', ['generate']).stderr).not.toMatch(/Error/);
  const load = (path: string) => import(pathToFileURL(join(service.root, 'src/platform', path)).href);
  const loaded = [
    load('app/platform.ts'),
    load('database/module.ts'),
    load('telemetry/module.ts'),
    load('telemetry/span.ts'),
  ];
  code = Object.assign({}, ...(await Promise.all(loaded)));
}, 60_000);
afterAll(async () => {
  await held.release();
  service.remove();
});

async function build(collector: string, ratio: number, routes: (app: App, client: Client) => void) {
  const config: Config = {
    ...CONFIG,
    logLevel: 'silent',
    databaseUrl: new Secret(held.url),
    databasePoolSize: 2,
    databaseConnectTimeout: 1000,
    databaseStatementTimeout: 1000,
    otelExporterOtlpEndpoint: collector,
    otelTracesSamplerArg: ratio,
  };
  const modules = [code.database, code.measure({ requestSeconds: [1], instruments: {} })] as const;
  const { buildApp } = code.createPlatform<Config, typeof modules>({
    service: 'notes',
    modules,
    loadConfig: () => config,
  });
  return buildApp(async (app) => routes(app, app.getDecorator<Client>('prisma')));
}

it('a statement is below the work, which is below the request', async () => {
  const collector = await startCollector();
  const app = await build(collector.url, 1, (app, { note }) => {
    app.post('/notes', async () =>
      code.inSpan('take a note', async () => {
        await note.create({ data: { id: 1 } });
        return { notes: await note.count() };
      }),
    );
  });
  const response = await app.inject({ method: 'POST', url: '/notes', payload: { text: 'x'.repeat(300) } });
  await app.close();

  expect(response.json()).toEqual({ notes: 1 });
  const statements = collector.spans.filter(({ name }) => name === 'prisma:client:db_query');
  expect(statements.map((span) => String(span.attributes['db.query.text']).split(' ')[0])).toContain('INSERT');
  for (const span of statements) {
    const names = ancestors(collector.spans, span);
    expect(names.slice(-2)).toEqual(['take a note', 'POST /notes']);
    expect(names).toContain('prisma:client:operation');
  }
});

it('a query of a request that is not recorded is none to the client of Prisma either', async () => {
  const collector = await startCollector();
  const isTraced = () => {
    const { V7_PRISMA_INSTRUMENTATION: found } = globalThis as {
      V7_PRISMA_INSTRUMENTATION?: { helper: TracingHelper };
    };
    return found?.helper.isEnabled();
  };
  const app = await build(collector.url, 0.5, (app, { note }) => {
    app.get('/notes', async () => ({ traced: isTraced(), notes: await note.count() }));
  });
  const ask = async (flags: string) => {
    const traceparent = `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-${flags}`;
    return (await app.inject({ url: '/notes', headers: { traceparent } })).json();
  };
  expect(await ask('00')).toMatchObject({ traced: false });
  expect(await ask('01')).toMatchObject({ traced: true });
  await app.close();

  expect(collector.spans.filter(({ name }) => name === 'prisma:client:db_query')).toHaveLength(1);
  expect(collector.spans.map(({ name }) => name).sort()).toEqual([
    'GET /notes',
    'prisma:client:db_query',
    'prisma:client:operation',
  ]);
  expect(isTraced()).toBeUndefined();
});

/** The names of the spans around a span, the innermost first. */
function ancestors(spans: readonly ReceivedSpan[], { traceId, parentSpanId }: ReceivedSpan): string[] {
  const parent = spans.find((span) => span.traceId === traceId && span.spanId === parentSpanId);
  return parent === undefined ? [] : [parent.name, ...ancestors(spans, parent)];
}
