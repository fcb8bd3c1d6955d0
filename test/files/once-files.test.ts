import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Project } from 'projen';
import { describe, expect, test } from 'vitest';
import { OnceFiles } from '../../src/files';
import { filesIn, inFolder, synthInto } from '../support/synth';

const hands = (texts: Record<string, string>) => (outdir: string) => {
  const project = new Project({ name: 'orders', outdir });
  for (const [path, text] of Object.entries(texts)) {
    OnceFiles.of(project).add(path, () => text);
  }
  return project;
};

describe('a file handed to the user', () => {
  test('is written as it is, without a marker, and can be edited', () => {
    inFolder((outdir) => {
      synthInto(outdir, hands({ 'src/app.ts': 'first' }));
      expect(readFileSync(join(outdir, 'src/app.ts'), 'utf8')).toBe('first');
      writeFileSync(join(outdir, 'src/app.ts'), 'edited');
      synthInto(outdir, hands({ 'src/app.ts': 'second' }));
      expect(readFileSync(join(outdir, 'src/app.ts'), 'utf8')).toBe('edited');
    });
  });

  test('stays deleted', () => {
    inFolder((outdir) => {
      synthInto(outdir, hands({ 'src/app.ts': 'first' }));
      rmSync(join(outdir, 'src/app.ts'));
      synthInto(outdir, hands({ 'src/app.ts': 'first' }));
      synthInto(outdir, hands({ 'src/app.ts': 'first' }));
      expect(existsSync(join(outdir, 'src/app.ts'))).toBe(false);
    });
  });

  test('still comes when its capability is switched on later, and is remembered when that is switched off', () => {
    inFolder((outdir) => {
      synthInto(outdir, hands({ 'a.ts': 'a' }));
      synthInto(outdir, hands({ 'a.ts': 'a', 'b.ts': 'b' }));
      expect(readFileSync(join(outdir, 'b.ts'), 'utf8')).toBe('b');
      synthInto(outdir, hands({ 'a.ts': 'a' }));
      expect(readFileSync(join(outdir, 'b.ts'), 'utf8')).toBe('b');
      rmSync(join(outdir, 'b.ts'));
      synthInto(outdir, hands({ 'a.ts': 'a', 'b.ts': 'b' }));
      expect(existsSync(join(outdir, 'b.ts'))).toBe(false);
    });
  });

  test('never replaces a file that was there before', () => {
    inFolder((outdir) => {
      writeFileSync(join(outdir, 'app.ts'), 'mine');
      synthInto(outdir, hands({ 'app.ts': 'ours' }));
      expect(readFileSync(join(outdir, 'app.ts'), 'utf8')).toBe('mine');
      rmSync(join(outdir, 'app.ts'));
      synthInto(outdir, hands({ 'app.ts': 'ours' }));
      expect(existsSync(join(outdir, 'app.ts'))).toBe(false);
    });
  });

  test('is not read when it is not written', () => {
    inFolder((outdir) => {
      writeFileSync(join(outdir, 'app.ts'), 'mine');
      const factory = (folder: string) => {
        const project = new Project({ name: 'orders', outdir: folder });
        OnceFiles.of(project).add('app.ts', () => {
          throw new Error('read');
        });
        return project;
      };
      expect(() => synthInto(outdir, factory)).not.toThrow();
    });
  });

  test('is remembered in one order, however it was added', () => {
    const ledger = (paths: string[]) =>
      inFolder(
        (outdir) => synthInto(outdir, hands(Object.fromEntries(paths.map((path) => [path, 'x']))))['.projen/once.json'],
      );
    expect(ledger(['b.ts', 'a.ts'])).toBe(ledger(['a.ts', 'b.ts']));
    expect(JSON.parse(ledger(['b.ts', 'a.ts']) ?? '').files).toEqual(['a.ts', 'b.ts']);
  });

  test('is not brought back because its ledger cannot be read', () => {
    inFolder((outdir) => {
      synthInto(outdir, hands({ 'app.ts': 'x' }));
      const ledger = join(outdir, '.projen/once.json');
      rmSync(ledger, { force: true });
      writeFileSync(ledger, '<<<<<<< HEAD');
      const before = filesIn(outdir);
      expect(() => synthInto(outdir, hands({ 'app.ts': 'x' }))).toThrow(/once\.json is not JSON: restore it from Git/);
      expect(filesIn(outdir)).toEqual(before);
    });
  });
});
