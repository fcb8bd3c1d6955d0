import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import { tooManyRequests } from './problem.js';
import type { App, HttpConfig } from './types.js';

/** Clients that are counted apart; those that were heard of longest ago begin anew. */
const MOST_CLIENTS = 10_000;

/** Counts requests by client: the peer, or behind trusted proxies whom they name; an IPv6 network of /64 is one client. */
export async function limitRate(app: App, config: HttpConfig): Promise<void> {
  const clientOf = rememberClients();
  await app.register(rateLimit, {
    max: config.rateLimitMax,
    timeWindow: config.rateLimitWindow,
    cache: MOST_CLIENTS,
    keyGenerator: ({ ip }) => clientOf(ip),
    enableDraftSpec: true,
    errorResponseBuilder: (_request, { after }) => tooManyRequests(`Too many requests: try again in ${after}.`),
  });
}

/** Which client an address is. To find the network of an IPv6 address takes longer than everything else about the limit. */
function rememberClients(): (address: string) => string {
  const clients = new Map<string, string>();
  return (address) => {
    if (!address.includes(':')) return address;
    const known = clients.get(address);
    if (known !== undefined) return known;
    if (clients.size >= MOST_CLIENTS) clients.clear();
    const client = normalizeIP(address);
    clients.set(address, client);
    return client;
  };
}
