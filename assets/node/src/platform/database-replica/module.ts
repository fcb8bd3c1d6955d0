import { PrismaClient } from '../../generated/prisma/client.js';
import type { PlatformModule } from '../app/module.js';
import { openDriver } from '../database/driver.js';
import { measurePool, measureQueries } from '../database/metrics.js';
import { type DatabaseConfig, READINESS_TIMEOUT } from '../database/types.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** Only for reading what may be a moment old. */
    readonly replica: PrismaClient;
  }
}

/**
 * A copy of the database that is only read. What was just written may not be there yet, so it is asked only by who asks
 * for it. The service is ready without it: what can be read from the copy can be read from the database.
 */
export const databaseReplica: PlatformModule<'replica', PrismaClient, DatabaseConfig> = {
  name: 'replica',
  open: async ({ config, log, metrics }) => {
    const driver = openDriver({ ...config, databaseUrl: config.databaseReplicaUrl ?? config.databaseUrl }, (error) =>
      log.warn({ error }, 'a connection to the replica was lost'),
    );
    if (driver.pool) measurePool(metrics, 'replica', driver.pool);
    const replica = new PrismaClient({
      adapter: measureQueries(metrics, 'replica', driver.adapter),
      errorFormat: 'minimal',
      transactionOptions: { maxWait: config.databaseConnectTimeout, timeout: config.databaseStatementTimeout },
    });
    return {
      resource: replica,
      checks: [{ name: 'replica', required: false, timeout: READINESS_TIMEOUT, check: () => driver.ping() }],
      close: async () => {
        await replica.$disconnect();
        await driver.close();
      },
    };
  },
};
