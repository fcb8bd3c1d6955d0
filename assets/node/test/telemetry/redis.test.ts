import { setImmediate } from 'node:timers/promises';
import { context, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ScopeContextManager } from '../../src/platform/telemetry/tracing/context-manager.js';
import { traceRedis } from '../../src/platform/telemetry/tracing/redis.js';
import { startRedis } from '../support/redis.js';

interface Client {
  get(key: string): Promise<unknown>;
  increment(key: string): Promise<unknown>;
  close(): Promise<unknown>;
}

const CLIENTS: Readonly<Record<string, (port: number) => Promise<Client>>> = {
  ioredis: async (port) => {
    const redis = new Redis(port, '127.0.0.1', { lazyConnect: true });
    redis.on('error', () => undefined);
    return { get: (key) => redis.get(key), increment: (key) => redis.incr(key), close: async () => redis.disconnect() };
  },
  'node-redis': async (port) => {
    const redis = createClient({ socket: { host: '127.0.0.1', port } });
    redis.on('error', () => undefined);
    await redis.connect();
    return { get: (key) => redis.get(key), increment: (key) => redis.incr(key), close: async () => redis.destroy() };
  },
};

describe.each(Object.entries(CLIENTS))('a command of %s', (_, connect) => {
  let exporter: InMemorySpanExporter;
  let provider: TracerProvider;
  let forget: () => void;
  let client: Client;

  beforeEach(async () => {
    exporter = new InMemorySpanExporter();
    provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
    context.setGlobalContextManager(new ScopeContextManager());
    forget = traceRedis(provider.getTracer('test'));
    const { port } = await startRedis();
    client = await connect(port);
  });
  afterEach(async () => {
    forget();
    context.disable();
    await client.close();
  });

  async function within(work: () => Promise<unknown>): Promise<ReadableSpan[]> {
    const request = provider.getTracer('test').startSpan('request');
    await context.with(trace.setSpan(context.active(), request), work);
    request.end();
    // Whoever asked hears of the answer a moment before the channel does.
    await setImmediate();
    return exporter.getFinishedSpans().filter(({ name }) => name !== 'request');
  }

  it('is a span below that of its request, which names the command and neither keys nor values', async () => {
    const spans = await within(() => client.get('customer:ada'));

    expect(spans.map(({ name }) => name)).toContain('GET');
    const span = spans.find(({ name }) => name === 'GET');
    expect(span?.attributes).toMatchObject({ 'db.system.name': 'redis', 'db.operation.name': 'GET' });
    expect(span?.parentSpanContext?.spanId).toMatch(/^[0-9a-f]{16}$/);
    expect(JSON.stringify(spans.map(({ attributes }) => attributes))).not.toContain('ada');
  });

  it('that fails is a span that failed', async () => {
    const spans = await within(() => client.increment('visits').catch(() => undefined));

    expect(spans.find(({ name }) => name === 'INCR')).toMatchObject({ status: { code: 2 } });
  });

  it('that nobody traces is no span, as of a connection that waits for work', async () => {
    await client.get('customer:ada');

    expect(exporter.getFinishedSpans()).toEqual([]);
  });
});
