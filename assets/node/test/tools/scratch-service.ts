import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type Provider = 'postgresql' | 'mysql' | 'sqlite';

const assets = fileURLToPath(new URL('../../', import.meta.url));
const nodeModules = join(assets, '..', '..', 'node_modules');
const PROVIDERS: readonly Provider[] = ['postgresql', 'mysql', 'sqlite'];

const HOLD = 'console.log(process.env.DATABASE_URL); process.stdin.resume()';

/** A service in a folder of its own, with the modules laid out as the library lays them out. */
export class ScratchService {
  readonly root: string;

  constructor(provider: Provider, parent = tmpdir()) {
    this.root = realpathSync(mkdtempSync(join(parent, `scratch ${provider} `)));
    for (const folder of ['src/platform', 'tools']) install(join(assets, folder), join(this.root, folder), provider);
    symlinkSync(nodeModules, join(this.root, 'node_modules'));
    this.write('package.json', '{ "name": "scratch", "type": "module", "private": true }');
    this.write(
      'prisma/schema/datasource.prisma',
      `generator client {\n  provider = "prisma-client"\n  output   = "../../src/generated/prisma"\n  moduleFormat = "esm"\n}\n\ndatasource db {\n  provider = "${provider}"\n}\n`,
    );
    this.write('prisma.config.ts', prismaConfig(provider));
  }

  write(path: string, content: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), content);
  }

  model(content: string): void {
    this.write('prisma/schema/models.prisma', content);
  }

  /** Runs `tools/database/<tool>.ts` as a projen task would. */
  tool(tool: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): SpawnSyncReturns<string> {
    return spawnSync(process.execPath, [...tsx(tool), ...args], {
      cwd: this.root,
      encoding: 'utf8',
      env: environment(env),
    });
  }

  /** Runs Prisma's own CLI on the development database. */
  prisma(args: readonly string[], env: NodeJS.ProcessEnv = {}): SpawnSyncReturns<string> {
    return this.tool('with-database', ['--', 'prisma', ...args], env);
  }

  /** The development database, held until released. */
  async holdDatabase(): Promise<{ url: string; release(): Promise<void> }> {
    const holder = spawn(process.execPath, [...tsx('with-database'), '--', 'node', '-e', HOLD], {
      cwd: this.root,
      env: environment({}),
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const exited = new Promise<void>((resolve) => holder.once('exit', () => resolve()));
    for await (const chunk of holder.stdout) {
      return {
        url: String(chunk).trim(),
        release: async () => {
          holder.stdin.end();
          await exited;
        },
      };
    }
    throw new Error('with-database ended without a database');
  }

  /** Writes a migration by hand. */
  migration(id: string, sql: string, down?: string): void {
    this.write(`prisma/migrations/${id}/migration.sql`, sql);
    if (down !== undefined) this.write(`prisma/migrations/${id}/down.sql`, down);
  }

  /** Removes all migrations. */
  clear(): void {
    rmSync(join(this.root, 'prisma', 'migrations'), { recursive: true, force: true });
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8');
  }

  migrations(): string[] {
    return readdirSync(join(this.root, 'prisma', 'migrations')).filter((name) => /^\d/.test(name));
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

function tsx(tool: string): string[] {
  return ['--import', 'tsx', join('tools', 'database', `${tool}.ts`)];
}

/** The caller's environment without what names a database. */
export function environment(extra: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/DATABASE_URL|^(VITEST|NODE_OPTIONS|APP_ENV)/.test(name),
  );
  return { ...Object.fromEntries(inherited), NO_COLOR: '1', ...extra };
}

/** The library's rule for variants: `x.<provider>.ts` lands as `x.ts`, and a folder named after a provider only for it. */
function install(source: string, target: string, provider: Provider): void {
  mkdirSync(target, { recursive: true });
  for (const entry of readdirSync(source, { withFileTypes: true })) {
    const from = join(source, entry.name);
    const variant = PROVIDERS.find((name) => entry.name === name || basename(entry.name, '.ts').endsWith(`.${name}`));
    if (variant !== undefined && variant !== provider) continue;
    if (entry.isDirectory()) install(from, join(target, entry.name), provider);
    else if (variant !== undefined) cpSync(from, join(target, entry.name.replace(`.${variant}.ts`, '.ts')));
    else if (entry.name !== 'module.json' && !hasVariant(source, entry.name, provider))
      cpSync(from, join(target, entry.name));
  }
}

function hasVariant(folder: string, name: string, provider: Provider): boolean {
  return readdirSync(folder).includes(name.replace(/\.ts$/, `.${provider}.ts`));
}

const prismaConfig = (provider: Provider) => `import { defineConfig } from 'prisma/config';

export default defineConfig({
  schema: 'prisma/schema',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env['DATABASE_URL'] ?? '' },
  experimental: { externalTables: true },
  tables: { external: ['${provider === 'postgresql' ? 'public.' : ''}_migration_journal'] },
});
`;
