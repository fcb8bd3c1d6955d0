import { z } from 'zod';
import { createPlatform } from '../../src/platform/app/platform.js';
import { answerQuestions } from './questions.js';

/** The simplest route of a generated service as it runs in production: log line, request id, headers, rate limit, schema. */
const { buildApp } = createPlatform({
  service: 'bench',
  modules: [],
  loadConfig: () => ({
    environment: 'prod',
    host: '127.0.0.1',
    port: 0,
    managementPort: 9464,
    logLevel: 'info',
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
  }),
});

const app = await buildApp(async (app) => {
  app.get('/hello', { schema: { response: { 200: z.object({ hello: z.string() }) } } }, async () => ({
    hello: 'world',
  }));
});
await app.listen({ port: 0, host: '127.0.0.1' });
answerQuestions(app.server);
