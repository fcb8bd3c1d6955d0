import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Compiles everything as production has it, into a folder from which packages are found, and says where. */
export function compile(): string {
  const typescript = fileURLToPath(import.meta.resolve('typescript/package.json'));
  const cache = join(typescript, '../../.cache');
  mkdirSync(cache, { recursive: true });
  const outDir = mkdtempSync(join(cache, 'node-assets-'));
  writeFileSync(join(outDir, 'package.json'), readFileSync(join(root, 'package.json')));
  const options = ['--noEmit', 'false', '--noCheck', '--rootDir', root, '--outDir', outDir];
  execFileSync(process.execPath, [join(typescript, '../bin/tsc'), '-p', join(root, 'tsconfig.json'), ...options], {
    stdio: 'inherit',
  });
  return outDir;
}

export function remove(outDir: string): void {
  rmSync(outDir, { recursive: true, force: true });
}
