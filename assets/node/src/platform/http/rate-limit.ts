import rateLimit from '@fastify/rate-limit';
import { tooManyRequests } from './problem.js';
import type { App, HttpConfig } from './types.js';

/** Counts requests by client: the peer, or behind trusted proxies whom they name; an IPv6 network of /64 is one client. */
export async function limitRate(app: App, config: HttpConfig): Promise<void> {
  await app.register(rateLimit, {
    max: config.rateLimitMax,
    timeWindow: config.rateLimitWindow,
    cache: 10_000,
    enableDraftSpec: true,
    errorResponseBuilder: (_request, { after }) => tooManyRequests(`Too many requests: try again in ${after}.`),
  });
}
