import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { dataFolder } from '../service.js';
import { readToolSettings } from '../settings.js';

const QUIET = { PRISMA_HIDE_UPDATE_MESSAGE: '1' };

/** What Prisma's CLI gets so that it uses the engine that the service chose. */
export function engineEnvironment(): NodeJS.ProcessEnv {
  return readToolSettings().schemaEngine === 'native' ? QUIET : standInEnvironment();
}

/** Makes Prisma's CLI use the engine from npm instead of downloading one. */
export function standInEnvironment(): NodeJS.ProcessEnv {
  return { PRISMA_SCHEMA_ENGINE_BINARY: process.env['PRISMA_SCHEMA_ENGINE_BINARY'] || writeLauncher(), ...QUIET };
}

/** Prisma wants an executable file; which Node and where the packages are is only known here. */
function writeLauncher(): string {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const script = fileURLToPath(new URL('./binary.ts', import.meta.url));
  const content = `#!/bin/sh\nexec ${[process.execPath, '--import', tsx, script].map(quote).join(' ')} "$@"\n`;
  const file = join(dataFolder, 'schema-engine');
  if (readOptional(file) === content) return file;
  mkdirSync(dataFolder, { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, content, { mode: 0o755 });
  renameSync(draft, file);
  return file;
}

function quote(argument: string): string {
  return `'${argument.replaceAll("'", "'\\''")}'`;
}

function readOptional(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
