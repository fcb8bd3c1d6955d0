import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../../scripts/live/command';
import { type Registry, serveLibrary } from '../../scripts/live/registry';
import { newborns } from './support/newborns';

const NEXT = '1.2.3';

let folder: string;
let registry: Registry;

beforeAll(async () => {
  const workplace = mkdtempSync(join(newborns().workplace, 'upgrade-'));
  folder = join(workplace, 'notes');
  // Packages are installed here, so it has its own.
  cpSync(newborns().sqlite, folder, { recursive: true, verbatimSymlinks: true });
  registry = await serveLibrary(await packNextVersion(join(workplace, 'next')), NEXT);
});

afterAll(async () => {
  await registry?.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

const git = (...args: string[]) => run('git', args, { cwd: folder });

test('an upgrade, as the README has it, moves owned files and nothing of the user’s', async () => {
  writeFileSync(join(folder, 'src/app.ts'), '// mine\n');
  writeFileSync(join(folder, 'src/mine.ts'), '// mine too\n');
  rmSync(join(folder, 'src/routes/hello.ts'));
  await git('init');
  await git('add', '.');
  await git('-c', 'user.name=A', '-c', 'user.email=a@example.com', 'commit', '--no-verify', '--message', 'before');

  await run('npm', ['install', '--save-dev', '@riso/projen@latest'], { cwd: folder, env: registry.env });
  await run('npx', ['projen'], { cwd: folder, env: registry.env });

  expect((await git('status', '--porcelain', '--untracked-files=all')).trimEnd().split('\n').sort()).toEqual([
    ' D src/platform/http/security-headers.ts',
    ' M .projen/files.json',
    ' M package-lock.json',
    ' M package.json',
    ' M src/platform/http/problem.ts',
    '?? src/platform/http/next.ts',
  ]);
  expect(readFileSync(join(folder, 'src/platform/http/problem.ts'), 'utf8')).toContain('// As of the next version.');
  expect(existsSync(join(folder, 'src/routes/hello.ts'))).toBe(false);
  expect(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).devDependencies).toMatchObject({
    '@riso/projen': `^${NEXT}`,
  });
});

/** The library as a later release might be: one runtime file changed, one gone, one new. */
async function packNextVersion(workplace: string): Promise<string> {
  mkdirSync(workplace);
  await run('tar', ['--extract', '--file', newborns().tarball, '--directory', workplace], { cwd: workplace });
  const library = join(workplace, 'package');
  const manifest = JSON.parse(readFileSync(join(library, 'package.json'), 'utf8'));
  writeFileSync(join(library, 'package.json'), JSON.stringify({ ...manifest, version: NEXT }));
  const http = join(library, 'assets/node/src/platform/http');
  writeFileSync(
    join(http, 'problem.ts'),
    `${readFileSync(join(http, 'problem.ts'), 'utf8')}// As of the next version.\n`,
  );
  writeFileSync(join(http, 'next.ts'), 'export const next = true;\n');
  rmSync(join(http, 'security-headers.ts'));
  const tarball = join(workplace, 'library.tgz');
  await run('tar', ['--create', '--gzip', '--file', tarball, '--directory', workplace, 'package'], { cwd: workplace });
  return tarball;
}
