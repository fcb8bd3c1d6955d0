import type { AccessLog } from './access-log.js';
import { unavailable } from './problem.js';
import type { App } from './types.js';

const CHECK_EVERY = 1000;

/**
 * Answers for handlers that hang: after this many milliseconds their client gets a 503. A response that has begun may
 * take its time. One timer looks after all requests, where Fastify's `handlerTimeout` has one for each, at a sixth of
 * what the simplest request costs; routes that want `request.signal` aborted can still set it.
 */
export function enforceDeadline(app: App, { inFlight }: AccessLog, limit: number): void {
  const timer = setInterval(() => {
    for (const reply of inFlight) {
      if (reply.elapsedTime < limit) continue;
      if (!reply.sent && !reply.raw.headersSent) reply.send(unavailable('The service took too long to answer.'));
    }
  }, CHECK_EVERY).unref();
  app.addHook('onClose', async () => clearInterval(timer));
}
