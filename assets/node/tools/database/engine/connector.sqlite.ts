import { existsSync, rmSync } from 'node:fs';
import { PrismaLibSql } from '@prisma/adapter-libsql';
import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { Bookkeeping } from '../../../src/platform/migrations/bookkeeping.js';
import { driver } from '../../../src/platform/migrations/driver.js';
import { fileOf } from '../../../src/platform/sqlite-url/file.js';
import type { Connector, ConnectorOptions } from './connector-interface.js';

const OBJECTS = "SELECT type, name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'";

export function openConnector({ url }: ConnectorOptions): Connector {
  const file = fileOf(url);
  const inner = new PrismaLibSql({ url: `file:${file}` });
  const connect = () => inner.connect();
  const factory: SqlMigrationAwareDriverAdapterFactory = {
    provider: inner.provider,
    adapterName: inner.adapterName,
    connect,
    connectToShadowDb: async () => runWholeScripts(await inner.connectToShadowDb()),
  };
  return {
    factory,
    name: file,
    exists: async () => existsSync(file),
    create: async () => createHistory(url),
    drop: async () => {
      for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${file}${suffix}`, { force: true });
    },
    prepareHistory: () => createHistory(url),
    reset: async () => {
      await dropEverything(await connect());
      await createHistory(url);
    },
  };
}

/** The engine replays migrations as one argument-less statement, of which the driver would run only the first. */
function runWholeScripts(shadow: SqlDriverAdapter): SqlDriverAdapter {
  const executeRaw = shadow.executeRaw.bind(shadow);
  shadow.executeRaw = async (query) => {
    if (query.args.length > 0) return await executeRaw(query);
    await shadow.executeScript(query.sql);
    return 0;
  };
  return shadow;
}

/** The engine expects its table to be there. */
async function createHistory(url: string): Promise<void> {
  const session = await driver.open(url, { lockTimeout: 5_000, statementTimeout: 0, connectTimeout: 5_000 });
  try {
    await new Bookkeeping(session).prepare();
  } finally {
    await session.close();
  }
}

/** The engine's own reset only deletes rows. */
async function dropEverything(adapter: SqlDriverAdapter): Promise<void> {
  const { rows } = await adapter.queryRaw({ sql: OBJECTS, args: [], argTypes: [] });
  const drops = rows.map(([type, name]) => `DROP ${String(type)} IF EXISTS "${String(name).replaceAll('"', '""')}";`);
  await adapter.executeScript(`PRAGMA foreign_keys = OFF; ${drops.join(' ')} PRAGMA foreign_keys = ON;`);
  await adapter.dispose();
}
