import { randomUUID } from 'node:crypto';
import { driver } from '../../src/platform/migrations/driver.js';
import { messageOf } from '../../src/platform/migrations/failure.js';
import type { MigrationFile } from '../../src/platform/migrations/files.js';
import { hasMark } from '../../src/platform/migrations/marks.js';
import { migrate } from '../../src/platform/migrations/migrate.js';
import { rollback } from '../../src/platform/migrations/rollback.js';
import type { Session } from '../../src/platform/migrations/session.js';
import { provider } from './provider.js';
import { fillWithSamples, rowsOf } from './sample.js';

const MEND = 'Keep it, or begin the file that loses it with "-- migration: lossy" and say what goes.';

/**
 * Applies and undoes migrations on tables that have a row each: what neither direction says it loses must still be there.
 *
 * @param ids the migrations to look at
 */
export async function rehearseRows(
  url: string,
  migrations: readonly MigrationFile[],
  ids: readonly string[],
): Promise<string[]> {
  const problems: string[] = [];
  for (const [index, { id, sql, down }] of migrations.entries()) {
    if (index === 0 || !ids.includes(id) || down === undefined) continue;
    if (hasMark(sql, 'lossy') || hasMark(down, 'lossy')) continue;
    const problem = await rehearseOne(url, migrations.slice(0, index + 1));
    if (problem !== undefined) problems.push(`${id}: ${problem}`);
  }
  return problems;
}

async function rehearseOne(url: string, upTo: readonly MigrationFile[]): Promise<string | undefined> {
  const scratch = await provider.create(url, `rehearsal_${randomUUID()}`);
  const limits = { lockTimeout: 10_000, statementTimeout: 600_000, connectTimeout: 5_000 };
  const options = { url: scratch, wait: 10_000, report: () => undefined };
  try {
    const session = await driver.open(scratch, limits);
    try {
      await migrate(session, upTo.slice(0, -1), options);
      const tables = await fillWithSamples(session);
      const before = await snapshot(session, tables);
      await migrate(session, upTo, options);
      await rollback(session, upTo, { ...options, count: 1, dryRun: false, acceptDataLoss: false });
      const after = await snapshot(session, tables);
      const lost = before.filter((line) => !after.includes(line));
      return lost.length === 0
        ? undefined
        : `applied and undone, rows are not what they were. ${MEND}\n${lost.join('\n')}`;
    } catch (error) {
      return `with rows in the tables it fails: ${messageOf(error)}`;
    } finally {
      await session.close();
    }
  } finally {
    await provider.drop(scratch);
  }
}

/** A line for each value, so that a difference names the column. */
async function snapshot(session: Session, tables: readonly string[]): Promise<string[]> {
  const lines: string[] = [];
  for (const table of tables) {
    for (const row of await rowsOf(session, table)) {
      lines.push(...[...row].map(([column, value]) => `      ${table}.${column} was ${value}`));
    }
  }
  return lines;
}
