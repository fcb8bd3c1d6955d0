import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = join(__dirname, '..');

let house: string;
beforeEach(() => {
  house = mkdtempSync(join(tmpdir(), 'house-'));
  for (const file of ['biome.jsonc', 'package.json']) {
    cpSync(join(root, file), join(house, file));
  }
});
afterEach(() => rmSync(house, { recursive: true }));

describe('the linter refuses', () => {
  it.each([
    ['a capability that imports another', 'src/web/server.ts', '../migrations', 'Capabilities meet in src/service'],
    ['a capability that imports a file of another', 'src/web/server.ts', '../migrations/facts', 'Capabilities meet in'],
    ['a capability that takes a detour to another', 'src/web/server.ts', './../migrations', 'Capabilities meet in'],
    ['a capability that imports a project', 'src/web/server.ts', '../projects', 'Capabilities meet in'],
    ['a capability that imports the package itself', 'src/web/server.ts', '..', 'Capabilities meet in'],
    [
      'a capability that looks inside the model',
      'src/web/server.ts',
      '../service/metric',
      'A capability imports ../service',
    ],
    ['a folder of a capability that imports another', 'src/web/http/x.ts', '../../migrations', 'Capabilities meet in'],
    ['a model that imports what is above it', 'src/service/metric.ts', '../files', 'knows nothing above it'],
    [
      'a value of the model that imports what is above it',
      'src/service/values/cron.ts',
      '../../files',
      'nothing above it',
    ],
    ['a model that imports deep from projen', 'src/service/metric.ts', 'projen/lib/yaml', 'The model knows no files'],
    ['a model that touches the disk', 'src/service/metric.ts', 'node:fs', 'The model knows no files'],
    ['files that import the library', 'src/files/yaml.ts', '../service', 'src/files imports nothing of the library'],
    ['a runtime that imports a capability', 'src/runtime/node/x.ts', '../../web', 'capabilities build on it'],
    ['a runtime that imports another', 'src/runtime/node/x.ts', '../python', 'capabilities build on it'],
  ])('%s', (_, file, from, reason) => {
    const { status, output } = lint(
      file,
      `import { thing } from '${from}';`,
      `import type { Thing } from '${from}';`,
      `export * from '${from}';`,
      'export { thing, type Thing };',
    );

    expect(status).toBe(1);
    expect(output.split(reason)).toHaveLength(1 + 3);
  });

  it('a model that makes files with projen', () => {
    expect(lint('src/service/metric.ts', "import { YamlFile } from 'projen';", 'export { YamlFile };')).toEqual(
      refusal('The model knows no files'),
    );
  });

  it.each(['src/web/server.ts', 'assets/node/src/platform/http/server.ts', 'assets/node/example/src/app.ts'])(
    'the process environment in %s',
    (file) => {
      expect(lint(file, 'export const port = process.env.PORT;')).toEqual(refusal('noProcessEnv'));
    },
  );

  it('the process environment by another name', () => {
    expect(lint('assets/node/src/app.ts', "import { env } from 'node:process';", 'export { env };')).toEqual(
      refusal('Only src/platform/config reads the process environment'),
    );
  });
});

describe('the linter accepts', () => {
  it.each([
    [
      'a capability on the floors below it',
      'src/web/server.ts',
      ['../service', '../service/option-shapes', '../service/nearest', '../files', '../runtime/node', './own'],
    ],
    [
      'a folder of a capability',
      'src/web/http/server.ts',
      ['../own', '../../service', '../../service/nearest', '../../files', '../../runtime/node'],
    ],
    ['the model on itself', 'src/service/metric.ts', ['./values/duration']],
    ['a value of the model', 'src/service/values/cron.ts', ['./duration', '../fact']],
    ['a runtime on the floors below it', 'src/runtime/node/x.ts', ['../../service', '../../files', './own']],
    ['a project on everything', 'src/projects/x.ts', ['../web', '../migrations', '../runtime/node', '../service']],
  ])('%s', (_, file, imports) => {
    expect(lint(file, ...imports.map((from) => `export * from '${from}';`))).toEqual(acceptance);
  });

  it('Component and Project in the model', () => {
    expect(
      lint('src/service/x.ts', "import { Component, Project } from 'projen';", 'export { Component, Project };'),
    ).toEqual(acceptance);
  });

  it.each([
    'assets/node/src/platform/config/sources.ts',
    'assets/node/src/platform/migrations/cli.ts',
    'assets/node/tools/x.ts',
  ])('the process environment in %s', (file) => {
    expect(lint(file, 'export const port = process.env.PORT;')).toEqual(acceptance);
  });
});

const acceptance = { status: 0, output: expect.stringContaining('Checked 1 file') };

function refusal(reason: string): object {
  return { status: 1, output: expect.stringContaining(reason) };
}

function lint(file: string, ...lines: string[]): { status: number | null; output: string } {
  const path = join(house, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${lines.join('\n')}\n`);
  const biome = join(root, 'node_modules', '.bin', 'biome');
  const { status, stdout, stderr } = spawnSync(biome, ['lint', '--error-on-warnings', '--vcs-enabled=false', file], {
    cwd: house,
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}
