import { z } from 'zod';
import { createPlatform } from '../../src/platform/app/platform.js';
import { Secret } from '../../src/platform/config/secret.js';
import { database } from '../../src/platform/database/module.js';
import { measure } from '../../src/platform/telemetry/module.js';
import type { Notes } from './notes.js';
import { answerQuestions } from './questions.js';

/** A generated service as it runs in production, with the signals it is told: log line, request id, headers, rate limit, schema. */
const [metrics, traces, ratio] = process.argv.slice(2);
const measured = measure({
  requestSeconds: [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10],
  instruments: {},
});

const { buildApp } = createPlatform({
  service: 'bench',
  modules: metrics ? ([database, measured] as const) : ([database] as const),
  loadConfig: () => ({
    environment: 'prod',
    host: '127.0.0.1',
    port: 0,
    managementPort: 9464,
    logLevel: 'info' as const,
    corsOrigins: [],
    trustedProxies: [],
    // Counted as in production, but never reached.
    rateLimitMax: Number.MAX_SAFE_INTEGER,
    rateLimitWindow: 60_000,
    bodyLimit: 1_048_576,
    requestTimeout: 30_000,
    keepAliveTimeout: 72_000,
    shutdownDelay: 0,
    shutdownGrace: 1000,
    apiDocs: false,
    databaseUrl: new Secret(process.env['DATABASE_URL'] ?? ''),
    databasePoolSize: 10,
    databaseConnectTimeout: 5000,
    databaseStatementTimeout: 15_000,
    otelExporterOtlpEndpoint: traces ? process.env['COLLECTOR'] : undefined,
    otelTracesSamplerArg: Number(ratio),
  }),
});

const hello = z.object({ hello: z.string() });
const note = z.object({ id: z.number(), text: z.string() });
const params = z.object({ id: z.coerce.number().int() });

const app = await buildApp(async (app) => {
  app.get('/hello', { schema: { response: { 200: hello } } }, async () => ({ hello: 'world' }));
  const { note: notes } = app.getDecorator<Notes>('prisma');
  app.get('/notes/:id', { schema: { params, response: { 200: note } } }, async ({ params: { id } }) =>
    notes.findUniqueOrThrow({ where: { id } }),
  );
});
await app.listen({ port: 0, host: '127.0.0.1' });
answerQuestions(app.server);
