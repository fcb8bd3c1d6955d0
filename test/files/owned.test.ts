import { statSync } from 'node:fs';
import { join } from 'node:path';
import { Component, JsonFile, Project, TextFile, YamlFile } from 'projen';
import { describe, expect, test } from 'vitest';
import { listAssets, OnceFiles, OwnedJson, OwnedText, OwnedYaml, readAsset } from '../../src/files';
import { inFolder, synth, synthInto } from '../support/synth';

const owner = { component: 'PrismaMigrations', change: 'the option database' };
const OWNERSHIP = 'Made by PrismaMigrations; change it through the option database.';

function written(path: string, text: string, executable?: boolean): string {
  const files = synth((outdir) => {
    const project = new Project({ name: 'orders', outdir });
    new OwnedText(project, path, { owner, text: () => text, executable });
    return project;
  });
  return files[path] ?? '';
}

describe('an owned text file', () => {
  test.each([
    ['a.ts', '// ', ''],
    ['a.mts', '// ', ''],
    ['a.cjs', '// ', ''],
    ['schema.prisma', '// ', ''],
    ['down.sql', '-- ', ''],
    ['docs/a.md', '<!-- ', ' -->'],
    ['a.html', '<!-- ', ' -->'],
    ['a.css', '/* ', ' */'],
    ['a.py', '# ', ''],
    ['a.yaml', '# ', ''],
    ['a.toml', '# ', ''],
    ['.env.dev', '# ', ''],
    ['Dockerfile', '# ', ''],
    ['.githooks/pre-commit', '# ', ''],
  ])('%s says in its own comments who made it and where to change it', (path, open, close) => {
    const [marker, ownership, blank, body, end, ...rest] = written(path, 'body').split('\n');
    expect(marker?.startsWith(open) && marker.endsWith(close)).toBe(true);
    expect(marker).toContain('To modify, edit');
    expect(ownership).toBe(`${open}${OWNERSHIP}${close}`);
    expect([blank, body, end, rest]).toEqual(['', 'body', '', []]);
  });

  test('keeps a shebang on its first line, and can be executed', () => {
    inFolder((outdir) => {
      const { hook = '' } = synthInto(outdir, (folder) => {
        const project = new Project({ name: 'orders', outdir: folder });
        new OwnedText(project, 'hook', { owner, executable: true, text: () => '#!/bin/sh\necho hi' });
        return project;
      });
      expect(hook).toMatch(/^#!\/bin\/sh\n# .*\n# Made by .*\n\necho hi\n$/);
      expect(statSync(join(outdir, 'hook')).mode & 0o100).toBe(0o100);
      expect(statSync(join(outdir, 'hook')).mode & 0o222).toBe(0);
    });
  });

  test.each([
    ['text', 'text\n'],
    ['text\n\n\n', 'text\n'],
    ['\ntext', 'text\n'],
    ['a\n\nb', 'a\n\nb\n'],
  ])('ends in one line break and begins behind one blank line: %j', (text, body) => {
    expect(written('a.ts', text).split('\n').slice(2).join('\n')).toBe(`\n${body}`);
  });

  test('reads its text when all facts are known', () => {
    const words: string[] = [];
    const files = synth((outdir) => {
      const project = new Project({ name: 'orders', outdir });
      new OwnedText(project, 'a.txt', { owner, text: () => words.join() });
      words.push('late');
      return project;
    });
    expect(files['a.txt']).toContain('late');
  });
});

describe('an owned structured file', () => {
  test('says who made it, and can be overridden', () => {
    const files = synth((outdir) => {
      const project = new Project({ name: 'orders', outdir });
      new OwnedJson(project, 'a.json', { owner, obj: () => ({ a: 1 }) });
      new OwnedYaml(project, 'a.yaml', {
        owner,
        obj: () => ({ a: 1 }),
        annotate: (yaml) => yaml.replace('a: 1', 'a: 1 # x'),
      });
      project.tryFindObjectFile('a.json')?.addOverride('b', 2);
      project.tryFindObjectFile('a.yaml')?.addOverride('b', 2);
      return project;
    });
    const json = JSON.parse(files['a.json'] ?? '');
    expect(json).toEqual({ a: 1, b: 2, '//': expect.stringContaining(OWNERSHIP) });
    expect(files['a.yaml']).toMatch(/^# .*\n# Made by PrismaMigrations;.*\n\na: 1 # x\nb: 2\n$/);
  });
});

describe('a file with two owners', () => {
  const make: Record<string, (project: Project) => unknown> = {
    text: (project) => new OwnedText(project, 'docs/a.json', { owner, text: () => '' }),
    json: (project) =>
      new OwnedJson(project, 'docs/a.json', { owner: { ...owner, component: 'Guides' }, obj: () => ({}) }),
    yaml: (project) => new OwnedYaml(project, 'docs/a.json', { owner, obj: () => ({}) }),
    once: (project) => OnceFiles.of(project).add('docs/a.json', () => ''),
  };
  const pairs = Object.keys(make).flatMap((one) => Object.keys(make).map((other) => [one, other] as const));

  test.each(pairs)('%s and %s is refused by name', (one, other) => {
    inFolder((outdir) => {
      const project = new Project({ name: 'orders', outdir });
      make[one]?.(project);
      expect(() => make[other]?.(project)).toThrow(
        /^docs\/a\.json is made (by .* and by .*: switch one of them off|twice by .*: make it once, or give the two projects different names)$/,
      );
    });
  });

  test('is told by both owners, whoever came first', () => {
    inFolder((outdir) => {
      const project = new Project({ name: 'orders', outdir });
      make['text']?.(project);
      expect(() => make['json']?.(project)).toThrowErrorMatchingInlineSnapshot(
        `[Error: docs/a.json is made by Guides and by PrismaMigrations: switch one of them off]`,
      );
    });
  });

  test('is refused against files of projen, and across the projects of a repository', () => {
    inFolder((outdir) => {
      const root = new Project({ name: 'root', outdir });
      const child = new Project({ name: 'orders', parent: root, outdir: 'docs' });
      new TextFile(root, 'docs/a.txt', { lines: [] });
      expect(() => new OwnedText(child, 'a.txt', { owner, text: () => '' })).toThrow(
        'docs/a.txt is made by PrismaMigrations and by TextFile',
      );
      new OwnedText(child, 'b.txt', { owner, text: () => '' });
      expect(() => new OwnedText(root, 'docs/b.txt', { owner, text: () => '' })).toThrow('docs/b.txt is made twice by');
      expect(() => new JsonFile(root, 'docs/b.txt', { obj: {} })).toThrow('docs/b.txt');
    });
  });

  test('is fine in two repositories', () => {
    for (const _ of [1, 2]) {
      expect(written('a.txt', 'x')).toContain('x');
    }
    expect(YamlFile.prototype).toBeInstanceOf(Component);
  });
});

describe('an asset', () => {
  test('is read as it is and found below its folder', () => {
    expect(listAssets('delivery')).toEqual(['action-pins.json']);
    expect(readAsset('delivery/action-pins.json')).toContain('actions/checkout');
    const modules = listAssets('node/src/platform');
    expect(modules).toContain('config/load.ts');
    expect(modules).toEqual([...modules].sort());
  });
});
