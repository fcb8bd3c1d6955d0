import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageFile, root, run } from './packages';

const kilobytes = (path: string) => statSync(path).size / 1000;

describe('the npm package', () => {
  const tarball = packageFile('js', '.tgz');
  const files = run('tar', ['--list', '--file', tarball], root)
    .trim()
    .split('\n')
    .map((path) => path.replace('package/', ''));

  it('carries the compiled library, the assets and its papers, and nothing else', () => {
    const kinds = new Set(files.map((path) => path.replace(/^(lib|assets\/[^/]+|node_modules\/[^/]+)\/.*/, '$1/')));

    expect([...kinds].sort()).toEqual([
      '.jsii',
      'API.md',
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'assets/containers/',
      'assets/delivery/',
      'assets/node/',
      'lib/',
      // The grammar of PromQL, which jsii wants bundled.
      'node_modules/@lezer/',
      'node_modules/@prometheus-io/',
      'package.json',
    ]);
  });

  it('carries of the assets only what lands in services', () => {
    const folders = new Set(files.filter((path) => path.startsWith('assets/node/')).map((path) => path.split('/')[2]));

    expect([...folders].sort()).toEqual(['example', 'lambda', 'minimal', 'package.json', 'src', 'tools']);
  });

  it('carries no source and no tests of the library', () => {
    expect(files.filter((path) => /^lib\/.*(?<!\.d)\.ts$|^lib\/.*\.test\./.test(path))).toEqual([]);
  });

  it('is small', () => {
    expect(kilobytes(tarball)).toBeLessThan(1200);
  });
});

describe('the API reference', () => {
  it('can still be read', () => {
    expect(kilobytes(join(root, 'API.md'))).toBeLessThan(250);
  });
});

describe('the generated code', () => {
  it.each([
    ['java/pom.xml', '<groupId>io.riso</groupId>'],
    ['java/pom.xml', '<artifactId>projen</artifactId>'],
    ['java/src/main/java/io/riso/projen/NodeServiceProject.java', 'package io.riso.projen;'],
    ['go/risoprojen/go.mod', 'module github.com/riso/projen-go/risoprojen'],
    ['go/risoprojen/NodeServiceProject.go', 'func NewNodeServiceProject('],
  ])('%s says %s', (path, text) => {
    expect(readFileSync(join(root, 'dist', path), 'utf8')).toContain(text);
  });
});

describe('a NuGet package', () => {
  it('cannot be made as long as projen has none', () => {
    const { jsii } = JSON.parse(readFileSync(join(root, 'node_modules/projen/package.json'), 'utf8'));

    expect(
      Object.keys(jsii.targets),
      'projen has a NuGet package now: see docs/decisions/0009-no-nuget.md',
    ).not.toContain('dotnet');
  });
});
