import { describe, expect, it } from 'vitest';
import { splitStatements, summary, withoutComments } from '../../src/platform/migrations/statements.js';

describe('splitting a script', () => {
  it.each([
    ['plain', 'SELECT 1; SELECT 2;', ['SELECT 1', 'SELECT 2']],
    ['no last semicolon', 'SELECT 1;\nSELECT 2', ['SELECT 1', 'SELECT 2']],
    [
      'strings',
      "INSERT INTO a VALUES ('x;y', 'it''s;'); SELECT 2",
      ["INSERT INTO a VALUES ('x;y', 'it''s;')", 'SELECT 2'],
    ],
    ['quoted names', 'ALTER TABLE "a;b" ADD c INT; SELECT `d;e`', ['ALTER TABLE "a;b" ADD c INT', 'SELECT `d;e`']],
    ['line comments', '-- a; b\nSELECT 1; -- c;\n', ['-- a; b\nSELECT 1']],
    ['block comments', '/* a; b */ SELECT 1;', ['/* a; b */ SELECT 1']],
    ['dollar quotes', 'DO $x$ BEGIN a; b; END $x$; SELECT 1', ['DO $x$ BEGIN a; b; END $x$', 'SELECT 1']],
    ['escape strings', String.raw`SELECT E'it\';s'; SELECT 2`, [String.raw`SELECT E'it\';s'`, 'SELECT 2']],
    ['only comments', '-- This is an empty migration.\n', []],
  ])('%s', (_name, sql, expected) => {
    expect(splitStatements(sql)).toEqual(expected);
  });

  it('keeps the body of a trigger whole, with what nests in it', () => {
    const trigger = `CREATE TRIGGER t AFTER INSERT ON a FOR EACH ROW BEGIN
      UPDATE b SET c = CASE WHEN d THEN 1 ELSE 2 END;
      IF e THEN SET f = 1; END IF;
    END`;
    expect(splitStatements(`${trigger}; SELECT 1;`)).toEqual([trigger, 'SELECT 1']);
  });

  it('says what a statement is in one line, without comments', () => {
    expect(withoutComments("-- c\nSELECT '--x' /* d */")).toBe("SELECT '--x'");
    expect(summary(`-- c\nSELECT\n  ${'x'.repeat(200)}`)).toHaveLength(118);
  });
});
