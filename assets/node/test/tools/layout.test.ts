import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { environment, type Provider, ScratchService } from './scratch-service.js';

const parent = mkdtempSync(join(tmpdir(), "mono repo's "));

afterAll(() => rmSync(parent, { recursive: true, force: true }));

describe('where a service lies', { timeout: 90_000 }, () => {
  it('may be a package of a monorepo, with node_modules hoisted above it and an apostrophe in its path', () => {
    mkdirSync(join(parent, 'packages'));
    const service = new ScratchService('sqlite', join(parent, 'packages'));
    renameSync(join(service.root, 'node_modules'), join(parent, 'node_modules'));
    service.model('model User {\n  id Int @id\n}\n');
    expect(service.tool('cli', ['new', 'one'])).toMatchObject({ status: 0, stderr: '' });
    expect(service.tool('cli', ['migrate'])).toMatchObject({ status: 0, stderr: '' });
    expect(service.tool('cli', ['generate'])).toMatchObject({ status: 0 });
    expect(service.prisma(['migrate', 'status']).stdout).toContain('Database schema is up to date');
  });

  it.each(['postgresql', 'mysql', 'sqlite'] satisfies Provider[])(
    'compiles to a %s runner that needs its driver alone',
    (provider) => {
      const service = new ScratchService(provider, parent);
      const require = createRequire(import.meta.url);
      const packages = dirname(dirname(require.resolve('typescript/package.json')));
      const tsc = join(packages, 'typescript', 'bin', 'tsc');
      service.write(
        'tsconfig.json',
        JSON.stringify({
          compilerOptions: {
            target: 'ES2023',
            module: 'NodeNext',
            strict: true,
            types: ['node'],
            skipLibCheck: true,
            rootDir: 'src',
            outDir: 'dist',
          },
          include: ['src/platform/migrations'],
        }),
      );
      execFileSync(process.execPath, [tsc, '-p', service.root], { stdio: 'inherit' });
      rmSync(join(service.root, 'node_modules'));
      mkdirSync(join(service.root, 'node_modules'));
      for (const name of RUNTIME[provider]) {
        mkdirSync(dirname(join(service.root, 'node_modules', name)), { recursive: true });
        symlinkSync(join(packages, name), join(service.root, 'node_modules', name));
      }
      const url = provider === 'sqlite' ? 'file:./x.db' : `${provider}://u:p@127.0.0.1:1/d`;
      const program = join('dist', 'platform', 'migrations', 'cli.js');
      const run = () =>
        execFileSync(process.execPath, [program, 'status'], {
          cwd: service.root,
          env: environment({ DATABASE_URL: url }),
          encoding: 'utf8',
          stdio: 'pipe',
        });
      if (provider === 'sqlite') expect(run()).toContain('Up to date.');
      else expect(run).toThrow(/cannot be reached/);
    },
  );
});

const RUNTIME: Readonly<Record<Provider, readonly string[]>> = {
  postgresql: ['pg'],
  mysql: ['mariadb'],
  sqlite: ['libsql'],
};
