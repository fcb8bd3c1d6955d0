import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile, remove } from '../test/support/compile.js';
import { NAMES, TEXTS } from './config/environment.js';

/*
 * Loading 100 variables when a process starts, secrets from mounted files, against zod alone on the same schema and the process
 * environment. Each turn is a process of its own, compiled as in production, and the median counts. Prints one JSON object.
 *
 *     tsx bench/config.ts [turns]
 */

const [turns = 15] = process.argv.slice(2).map(Number);
const compiled = compile();
const mounts = mkdtempSync(join(tmpdir(), 'bench-config-'));
try {
  const plain = Object.fromEntries(NAMES.map(([name, kind]) => [name, TEXTS[kind]]));
  const mounted = Object.fromEntries(
    NAMES.map(([name, kind]) => (kind === 'secret' ? [`${name}_FILE`, mount(name, TEXTS[kind])] : [name, TEXTS[kind]])),
  );
  const results = Array.from({ length: turns }, () => ({
    bare: time('bare', plain),
    platform: time('platform', { ...mounted, APP_ENV: 'prod' }),
  }));
  console.log(
    JSON.stringify({
      bare: median(results.map(({ bare }) => bare)),
      platform: median(results.map(({ platform }) => platform)),
      more: median(results.map(({ bare, platform }) => platform - bare)),
    }),
  );
} finally {
  remove(compiled);
  rmSync(mounts, { recursive: true });
}

function mount(name: string, text: string): string {
  const path = join(mounts, name);
  writeFileSync(path, text);
  return path;
}

function time(program: string, env: NodeJS.ProcessEnv): number {
  const output = execFileSync(process.execPath, [`bench/config/${program}.js`], {
    cwd: compiled,
    env,
    encoding: 'utf8',
  });
  return Number(output);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
