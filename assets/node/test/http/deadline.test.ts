import { setTimeout as sleep } from 'node:timers/promises';
import Fastify from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { expect, it, onTestFinished } from 'vitest';
import { AccessLog } from '../../src/platform/http/access-log.js';
import { enforceDeadline } from '../../src/platform/http/deadline.js';
import { problemOf, sendProblem } from '../../src/platform/http/errors.js';
import type { App } from '../../src/platform/http/types.js';
import { createLogging } from '../../src/platform/logging/logger.js';
import { Redactor } from '../../src/platform/logging/redact.js';
import type { Log } from '../../src/platform/logging/types.js';

async function start(limit: number) {
  const { log }: { log: Log } = await createLogging({
    service: 'orders',
    version: '1',
    environment: 'test',
    level: 'silent',
    redactor: new Redactor(),
  });
  const accessLog = new AccessLog(log);
  const app: App = Fastify({ loggerInstance: log, logController: accessLog }).withTypeProvider<ZodTypeProvider>();
  onTestFinished(() => app.close());
  app.setErrorHandler((error, request, reply) => sendProblem(reply, problemOf(error, request, [])));
  enforceDeadline(app, accessLog, limit);
  return { app, accessLog };
}

it('a handler that hangs is answered for', async () => {
  const { app, accessLog } = await start(100);
  app.get('/', () => new Promise(() => {}));
  const response = await app.inject('/');

  expect(response.statusCode).toBe(503);
  expect(response.headers['retry-after']).toBe('1');
  expect(response.json()).toMatchObject({ detail: 'The service took too long to answer.' });
  expect(accessLog.inFlight.size).toBe(0);
});

it('a handler that answers after that answers no one', async () => {
  const { app } = await start(100);
  app.get('/', async () => {
    await sleep(1300);
    return 'late';
  });
  const response = await app.inject('/');
  await sleep(400);

  expect(response.statusCode).toBe(503);
});

it('a response that has begun may take its time', async () => {
  const { app } = await start(100);
  app.get('/', async (_request, reply) => {
    reply.hijack();
    reply.raw.writeHead(200);
    reply.raw.write('a');
    await sleep(1300);
    reply.raw.end('b');
  });

  expect((await app.inject('/')).body).toBe('ab');
});
