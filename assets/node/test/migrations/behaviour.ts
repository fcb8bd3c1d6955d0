import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checksumOf, type MigrationFile } from '../../src/platform/migrations/files.js';
import { migrate } from '../../src/platform/migrations/migrate.js';
import { rollback } from '../../src/platform/migrations/rollback.js';
import type { Driver, Session } from '../../src/platform/migrations/session.js';
import { describe as describePlan, isUpToDate, readPlan } from '../../src/platform/migrations/status.js';

export function file(id: string, sql: string, down?: string): MigrationFile {
  return { id, sql, down, checksum: checksumOf(sql) };
}

export const SETTINGS = { lockTimeout: 2_000, statementTimeout: 20_000, connectTimeout: 2_000 };

const FIRST = file('1_first', 'CREATE TABLE first (id INT PRIMARY KEY);', '-- migration: lossy\nDROP TABLE first;');
const SECOND = file('2_second', 'CREATE INDEX second_i ON first (id);', 'DROP INDEX second_i;');

/** What the runner does on every database. */
export function describeRunner(driver: Driver, url: () => Promise<string>, dropIndex = SECOND.down): void {
  const second = file(SECOND.id, SECOND.sql, dropIndex);
  const both = [FIRST, second];
  let session: Session;
  let lines: string[];
  let place: string;
  const options = () => ({ url: place, wait: 2_000, report: (line: string) => void lines.push(line) });
  const undo = { count: 1, dryRun: false, acceptDataLoss: false };

  beforeEach(async () => {
    lines = [];
    place = await url();
    session = await driver.open(place, SETTINGS);
  });

  afterEach(() => session.close());

  describe('applies', () => {
    it('what is pending, in order, once', async () => {
      expect(await migrate(session, both, options())).toEqual(['1_first', '2_second']);
      expect(await migrate(session, both, options())).toEqual([]);
      expect(isUpToDate(await readPlan(session, both))).toBe(true);
    });

    it('nothing when one was edited after it was applied, or is gone', async () => {
      await migrate(session, both, options());
      const edited = [file('1_first', 'CREATE TABLE other (id INT);'), file('3_third', 'SELECT 1;')];
      await expect(migrate(session, edited, options())).rejects.toThrow(
        /1_first was changed after it was applied.*\n.*2_second is applied and not in the folder/,
      );
    });

    it('nothing, and says so, when the database is ahead of this version', async () => {
      await migrate(session, both, options());
      expect(await migrate(session, [FIRST], options())).toEqual([]);
      expect(lines.at(-1)).toContain('The database is ahead of this version: 2_second');
    });

    it('what failed before, after it was mended', async () => {
      const broken = file('2_second', 'CREATE INDEX second_i ON nothing (id);');
      await expect(migrate(session, [FIRST, broken], options())).rejects.toThrow(/2_second failed/);
      const plan = await readPlan(session, [FIRST, broken]);
      expect(isUpToDate(plan)).toBe(false);
      expect(describePlan(plan, [FIRST, broken]).join('\n')).toMatch(/(FAILED|STOPPED) +2_second/);
      if (!session.transactionalDdl) await rollback(session, [FIRST, second], { ...options(), ...undo });
      expect(await migrate(session, both, options())).toEqual(['2_second']);
    });
  });

  describe('undoes', () => {
    beforeEach(async () => {
      await migrate(session, both, options());
    });

    it('the newest, and applies it again', async () => {
      expect(await rollback(session, both, { ...options(), ...undo })).toEqual(['2_second']);
      expect(await migrate(session, both, options())).toEqual(['2_second']);
    });

    it('what a newer version applied, with the way back stored in the database', async () => {
      expect(await rollback(session, [FIRST], { ...options(), ...undo })).toEqual(['2_second']);
      expect((await readPlan(session, [FIRST])).applied.map(({ id }) => id)).toEqual(['1_first']);
    });

    it('nothing that loses data unless told to, and then not even the part before it', async () => {
      await expect(rollback(session, both, { ...options(), ...undo, count: 2 })).rejects.toThrow(
        /Nothing was undone.*\n.*1_first: its way back loses data/,
      );
      expect((await readPlan(session, both)).applied).toHaveLength(2);
      const accepted = { ...options(), ...undo, count: 2, acceptDataLoss: true };
      expect(await rollback(session, both, accepted)).toEqual(['2_second', '1_first']);
      expect(await session.tableExists('first')).toBe(false);
    });

    it('nothing without a way back', async () => {
      await migrate(session, [...both, file('3_third', 'CREATE TABLE third (id INT);')], options());
      await expect(rollback(session, both, { ...options(), ...undo })).rejects.toThrow(/3_third has no way back/);
    });

    it('nothing when asked for more than there is', async () => {
      await expect(rollback(session, both, { ...options(), ...undo, count: 3 })).rejects.toThrow(
        'Cannot undo 3: 2 are applied.',
      );
    });

    it('nothing on a dry run, which prints the SQL', async () => {
      lines = [];
      expect(await rollback(session, both, { ...options(), ...undo, count: 2, dryRun: true })).toEqual([]);
      expect(lines.join('\n')).toMatch(
        /-- 2_second\nDROP INDEX second_i[\s\S]*-- 1_first\n-- migration: lossy\nDROP TABLE first;/,
      );
      expect((await readPlan(session, both)).applied).toHaveLength(2);
    });

    it('with a corrected way back, after one failed', async () => {
      const bad = file('3_third', 'CREATE TABLE third (id INT);', 'DROP TABLE thrid;');
      await migrate(session, [...both, bad], options());
      await expect(rollback(session, [...both, bad], { ...options(), ...undo })).rejects.toThrow(
        /The way back of 3_third failed[\s\S]*Correct prisma\/migrations\/3_third\/down.sql/,
      );
      const good = { ...bad, down: 'DROP TABLE third;' };
      expect(await rollback(session, [...both, good], { ...options(), ...undo })).toEqual(['3_third']);
      expect(await session.tableExists('third')).toBe(false);
    });
  });
}
