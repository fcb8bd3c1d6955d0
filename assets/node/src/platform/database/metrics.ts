import type { SqlDriverAdapter, SqlDriverAdapterFactory, SqlQueryable } from '@prisma/driver-adapter-utils';
import { Gauge } from 'prom-client';
import { Distribution } from '../distribution/distribution.js';
import type { Metrics } from '../metrics/metrics.js';
import type { SchemaState } from './schema.js';
import type { PoolState } from './types.js';

/** The database itself, or its copy that is only read. */
export type Role = 'primary' | 'replica';

/** From what an index answers to what the statement timeout cuts off. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15];

/** Milliseconds for which scrapes share one look at the bookkeeping of migrations. */
const SCHEMA_FRESH_FOR = 60_000;

const pools = new WeakMap<Metrics, Map<Role, () => PoolState>>();

/** Connections by what they do, and what waits for one. Asked at each scrape: the pool counts anyway. */
export function measurePool(metrics: Metrics, role: Role, state: () => PoolState): void {
  const known = pools.get(metrics);
  if (known) {
    known.set(role, state);
    return;
  }
  const measured = new Map([[role, state]]);
  pools.set(metrics, measured);
  const each = (set: (role: Role, state: PoolState) => void): void => {
    for (const [name, ask] of measured) set(name, ask());
  };
  const registers = [metrics];
  new Gauge({
    name: 'database_pool_connections',
    help: 'Connections that are open, by what they do',
    labelNames: ['role', 'state'],
    registers,
    collect() {
      each((name, { active, idle }) => {
        this.set({ role: name, state: 'active' }, active);
        this.set({ role: name, state: 'idle' }, idle);
      });
    },
  });
  new Gauge({
    name: 'database_pool_connections_limit',
    help: 'Most connections this process opens',
    labelNames: ['role'],
    registers,
    collect() {
      each((name, { limit }) => this.set({ role: name }, limit));
    },
  });
  new Gauge({
    name: 'database_pool_waiting',
    help: 'Queries that wait for a connection',
    labelNames: ['role'],
    registers,
    collect() {
      each((name, { waiting }) => this.set({ role: name }, waiting));
    },
  });
}

/** Where the schema stands against this version; what cannot be asked keeps its last answer. */
export function measureSchema(metrics: Metrics, ask: () => Promise<SchemaState>): void {
  let askedAt = Number.NEGATIVE_INFINITY;
  new Gauge({
    name: 'database_migrations',
    help: 'Migrations by state: applied, pending, or newer than this version',
    labelNames: ['state'],
    registers: [metrics],
    async collect() {
      if (performance.now() - askedAt < SCHEMA_FRESH_FOR) return;
      askedAt = performance.now();
      const state = await ask().catch(() => undefined);
      if (state === undefined) return;
      this.set({ state: 'applied' }, state.applied);
      this.set({ state: 'pending' }, state.pending.length);
      this.set({ state: 'newer' }, state.newer.length);
    },
  });
}

/** The same adapter, with the time of each statement measured, those within transactions too. */
export function measureQueries(
  metrics: Metrics,
  role: Role,
  factory: SqlDriverAdapterFactory,
): SqlDriverAdapterFactory {
  const duration = durations(metrics);
  const ok = duration.series({ role, outcome: 'ok' });
  const error = duration.series({ role, outcome: 'error' });
  const timed =
    <Q, T>(run: (query: Q) => Promise<T>) =>
    (query: Q): Promise<T> => {
      const begun = performance.now();
      return run(query).then(
        (result) => {
          ok.observe((performance.now() - begun) / 1000);
          return result;
        },
        (reason: unknown) => {
          error.observe((performance.now() - begun) / 1000);
          throw reason;
        },
      );
    };
  const measured = <T extends SqlQueryable>(queryable: T): T =>
    Object.assign(queryable, {
      queryRaw: timed(queryable.queryRaw.bind(queryable)),
      executeRaw: timed(queryable.executeRaw.bind(queryable)),
    });
  const connect = async (): Promise<SqlDriverAdapter> => {
    const adapter = measured(await factory.connect());
    const start = adapter.startTransaction.bind(adapter);
    return Object.assign(adapter, {
      startTransaction: async (...args: Parameters<typeof start>) => measured(await start(...args)),
    });
  };
  return { provider: factory.provider, adapterName: factory.adapterName, connect };
}

function durations(metrics: Metrics): Distribution<'role' | 'outcome'> {
  const name = 'database_query_duration_seconds';
  const known = metrics.getSingleMetric(name);
  return known instanceof Distribution
    ? known
    : new Distribution({
        name,
        help: 'Time that statements took, by outcome',
        labelNames: ['role', 'outcome'],
        buckets: SECONDS,
        registers: [metrics],
      });
}
