import type { RouteOptions } from 'fastify';

/** A route with one of its methods, as it is registered. */
export interface ServedRoute {
  readonly method: string;
  /** Its template. */
  readonly route: string;
  /** What its requests may end with: what it answers when all is well, and how it fails. */
  readonly statuses: readonly number[];
}

/** What any route may end with: an error that nobody foresaw, and something that is away or too slow. */
const FAILURES = [500, 503];

/** What Fastify answers where a route says nothing else. */
const SUCCESS = 200;

/** Fastify adds HEAD to each GET and CORS answers OPTIONS anywhere: nobody asked for them, and few promises are about them. */
const IMPLIED = new Set(['HEAD', 'OPTIONS']);

/** A route by its methods, without those that were not asked for by name. */
export function servedRoutes({ method, url, schema }: RouteOptions): ServedRoute[] {
  const declared = Object.keys((schema?.response as object | undefined) ?? {}).map(Number);
  const successes = declared.filter((status) => status >= 200 && status < 400);
  const statuses = [...(successes.length > 0 ? successes : [SUCCESS]), ...FAILURES];
  return [method]
    .flat()
    .filter((one) => !IMPLIED.has(one))
    .map((one) => ({ method: one, route: url, statuses }));
}
