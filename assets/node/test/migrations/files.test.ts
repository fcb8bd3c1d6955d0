import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checksumOf, matches, readMigrations } from '../../src/platform/migrations/files.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'migrations-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function add(id: string, file: string, content: string): void {
  mkdirSync(join(folder, id), { recursive: true });
  writeFileSync(join(folder, id, file), content);
}

describe('the migrations folder', () => {
  it('is read in order, with ways back where there are any', () => {
    add('2_b', 'migration.sql', 'SELECT 2;');
    add('1_a', 'migration.sql', 'SELECT 1;');
    add('1_a', 'down.sql', 'SELECT -1;');
    writeFileSync(join(folder, 'HEAD'), '');
    writeFileSync(join(folder, 'migration_lock.toml'), '');
    expect(readMigrations(folder).map(({ id, down }) => [id, down])).toEqual([
      ['1_a', 'SELECT -1;'],
      ['2_b', undefined],
    ]);
  });

  it('may hold what Prisma takes, such as a name with a space that is long applied', () => {
    add('20240126184148_new_models copy', 'migration.sql', 'SELECT 1;');
    expect(readMigrations(folder).map(({ id }) => id)).toEqual(['20240126184148_new_models copy']);
  });

  it('is empty when it does not exist', () => {
    expect(readMigrations(join(folder, 'none'))).toEqual([]);
  });

  it('names all the junk at once', () => {
    add('1_a', 'down.sql', 'SELECT 1;');
    add('draft', 'migration.sql', 'SELECT 1;');
    add('2_b', 'migration.sql', '-- migration: lossi\nSELECT 1;');
    writeFileSync(join(folder, 'notes.sql'), '');
    expect(() => readMigrations(folder)).toThrow(
      /1_a\/: has no migration\.sql.*\n.*draft\/: not named.*\n.*notes\.sql: not a migration.*\n.*2_b: unknown mark "migration: lossi"/,
    );
  });

  it('recognizes a migration whatever line endings the checkout has', () => {
    const migration = { id: '1_a', sql: 'SELECT 1;\r\n', down: undefined, checksum: '' };
    expect(matches(migration, checksumOf('SELECT 1;\n'))).toBe(true);
    expect(matches(migration, checksumOf('SELECT 2;\n'))).toBe(false);
  });
});
