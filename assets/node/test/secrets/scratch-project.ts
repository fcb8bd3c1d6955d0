import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const assets = join(import.meta.dirname ?? dirname(new URL(import.meta.url).pathname), '..', '..');

/** A project with the tools of some stores, as `npx projen` lays them, in a folder of its own. */
export class ScratchProject {
  readonly root = mkdtempSync(join(tmpdir(), 'secrets-'));
  readonly env: NodeJS.ProcessEnv;

  constructor(tools: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const { PATH, HOME } = process.env;
    this.env = { PATH, HOME, ...env };
    for (const folder of ['src/platform/config', 'tools/secrets', ...tools.map((name) => `tools/${name}`)]) {
      cpSync(join(assets, folder), join(this.root, folder), { recursive: true });
    }
    this.write('package.json', '{"type": "module"}');
    const packages = createRequire(import.meta.url).resolve('yaml/package.json');
    symlinkSync(dirname(dirname(packages)), join(this.root, 'node_modules'));
  }

  path(...parts: string[]): string {
    return join(this.root, ...parts);
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    writeFileSync(this.path(path), text);
  }

  /** Runs a module of the project, as a task does. */
  tool(module: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): SpawnSyncReturns<string> {
    return this.run(process.execPath, ['--import', 'tsx', `tools/${module}.ts`, ...args], env);
  }

  run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}, input = ''): SpawnSyncReturns<string> {
    return spawnSync(command, args, { cwd: this.root, env: { ...this.env, ...env }, encoding: 'utf8', input });
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
