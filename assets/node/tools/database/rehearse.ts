import { randomUUID } from 'node:crypto';
import { driver } from '../../src/platform/migrations/driver.js';
import { messageOf } from '../../src/platform/migrations/failure.js';
import type { MigrationFile } from '../../src/platform/migrations/files.js';
import { migrate } from '../../src/platform/migrations/migrate.js';
import { rollback } from '../../src/platform/migrations/rollback.js';
import type { Session } from '../../src/platform/migrations/session.js';
import { provider } from './provider.js';

/** Applies, undoes and applies again each migration on a scratch database, and compares the schemas. */
export async function rehearse(url: string, migrations: readonly MigrationFile[]): Promise<string[]> {
  const scratch = await provider.create(url, `rehearsal_${randomUUID()}`);
  try {
    const session = await driver.open(scratch, {
      lockTimeout: 10_000,
      statementTimeout: 600_000,
      connectTimeout: 5_000,
    });
    try {
      return await rehearseAll(session, scratch, migrations);
    } finally {
      await session.close();
    }
  } finally {
    await provider.drop(scratch);
  }
}

async function rehearseAll(session: Session, url: string, migrations: readonly MigrationFile[]): Promise<string[]> {
  const options = { url, wait: 10_000, report: () => undefined };
  let before = await provider.describe(url);
  for (const [index, { id, down }] of migrations.entries()) {
    const upTo = migrations.slice(0, index + 1);
    try {
      await migrate(session, upTo, options);
      const after = await provider.describe(url);
      if (down === undefined) {
        // Only with a waiver does it get here without a way back.
        before = after;
        continue;
      }
      await rollback(session, upTo, { ...options, count: 1, dryRun: false, acceptDataLoss: true });
      const undone = difference(before, await provider.describe(url));
      if (undone !== '') return [`${id}: its way back does not lead back. Correct its down.sql:\n${undone}`];
      await migrate(session, upTo, options);
      const again = difference(after, await provider.describe(url));
      if (again !== '') return [`${id}: applied a second time it makes something else:\n${again}`];
      before = after;
    } catch (error) {
      return [`${id} cannot be rehearsed: ${messageOf(error)}`];
    }
  }
  return [];
}

/** Lines that one schema has and the other has not. */
export function difference(expected: readonly string[], actual: readonly string[]): string {
  const gone = expected.filter((line) => !actual.includes(line)).map((line) => `      missing: ${line}`);
  const extra = actual.filter((line) => !expected.includes(line)).map((line) => `      left over: ${line}`);
  return [...gone, ...extra].join('\n');
}
