import { describe, expect, it } from 'vitest';
import { kindOf } from '../../src/platform/migrations/kind.js';

describe('how a script is run', () => {
  it('is one transaction by default', () => {
    expect(kindOf('1_a', 'SELECT 1; SELECT 2;')).toMatchObject({ transaction: true });
  });

  it('is outside of one when marked, and then a single statement', () => {
    expect(kindOf('1_a', '-- migration: no-transaction\nVACUUM;')).toMatchObject({ transaction: false });
    expect(() => kindOf('1_a', '-- migration: no-transaction\nVACUUM; VACUUM;')).toThrowErrorMatchingInlineSnapshot(
      `[Failure: 1_a is marked "no-transaction" and has 2 statements. It must have exactly one, so that it can be repeated: give each a migration of its own.]`,
    );
  });

  it('recognizes a lone CONCURRENTLY, since the mark cannot be added to what is applied', () => {
    expect(kindOf('1_a', 'CREATE UNIQUE INDEX CONCURRENTLY i ON a(b);')).toMatchObject({ transaction: false });
    expect(kindOf('1_a', 'DROP INDEX CONCURRENTLY i')).toMatchObject({ transaction: false });
  });

  it("takes Prisma's BEGIN and COMMIT around an enum out, which would end the transaction early", () => {
    const kind = kindOf('1_a', 'SELECT 1; BEGIN; SELECT 2; COMMIT; SELECT 3;');
    expect(kind).toEqual({ transaction: true, sql: 'SELECT 1;\nSELECT 2;\nSELECT 3;', controls: true });
  });

  it('leaves a script that sets the isolation of its transaction alone, since only the first statement may', () => {
    const sql = 'BEGIN; SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT 2; COMMIT;';
    expect(kindOf('1_a', sql)).toEqual({ transaction: false, statements: [sql] });
  });

  it('leaves a script that rolls back by itself alone', () => {
    expect(kindOf('1_a', 'BEGIN; SELECT 2; ROLLBACK;')).toMatchObject({ transaction: false });
  });

  it('is not confused by functions', () => {
    const sql = 'CREATE FUNCTION f() RETURNS trigger AS $$ BEGIN RETURN NEW; END $$ LANGUAGE plpgsql; SELECT 1';
    expect(kindOf('1_a', sql)).toMatchObject({ transaction: true, controls: false });
  });
});
