import { PrismaClient } from '../../generated/prisma/client.js';
import type { PlatformModule } from '../app/module.js';
import { openDriver } from './driver.js';
import { measurePool, measureQueries, measureSchema } from './metrics.js';
import { migrateOnStart } from './migrate-on-start.js';
import { databaseProblem } from './problems.js';
import { Schema, schemaCheck } from './schema.js';
import { type DatabaseConfig, READINESS_TIMEOUT } from './types.js';

declare module 'fastify' {
  interface FastifyInstance {
    readonly prisma: PrismaClient;
  }
}

/**
 * The database. Nothing connects before it is needed, so the service starts while the database is down, answers 503,
 * and goes on by itself when it is back.
 */
export const database: PlatformModule<'prisma', PrismaClient, DatabaseConfig> = {
  name: 'prisma',
  problems: databaseProblem,
  open: async ({ config, log, metrics }) => {
    const driver = openDriver(config, (error) => log.warn({ error }, 'a database connection was lost'));
    const schema = new Schema(driver, log);
    if (driver.pool) measurePool(metrics, 'primary', driver.pool);
    measureSchema(metrics, () => schema.state());
    const prisma = new PrismaClient({
      adapter: measureQueries(metrics, 'primary', driver.adapter),
      // The other formats read source files for each error, also for those of a database that is down.
      errorFormat: 'minimal',
      transactionOptions: { maxWait: config.databaseConnectTimeout, timeout: config.databaseStatementTimeout },
    });
    const migration = config.migrateOnStart ? migrateOnStart(config, log) : undefined;
    return {
      resource: prisma,
      checks: [
        { name: 'database', required: true, timeout: READINESS_TIMEOUT, check: () => driver.ping() },
        schemaCheck(schema, READINESS_TIMEOUT),
      ],
      close: async () => {
        await migration?.stop();
        await prisma.$disconnect();
        await driver.close();
      },
    };
  },
};
