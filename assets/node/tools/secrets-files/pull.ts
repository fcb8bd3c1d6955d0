import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { writeSecret } from './private-folder.js';

/** The file that names all others, for a shell, systemd or a container engine. */
const INDEX = 'files.env';

/** Writes each secret to a file that only this user can read, and beside them the variables that name them. */
export function pullSecrets(folder: string, environment: string, secrets: ReadonlyMap<string, string>): string {
  const path = resolve(folder);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, 0o700);
  // A secret that is gone from its store must not live on here.
  for (const name of readdirSync(path))
    if (/^[A-Z][A-Z0-9_]*$/.test(name) && !secrets.has(name)) rmSync(join(path, name));
  const lines = [...secrets].map(([name, text]) => `${name}_FILE=${writeSecret(path, name, text)}\n`);
  const index = join(path, INDEX);
  writeFileSync(index, `APP_ENV=${environment}\n${lines.join('')}`, { mode: 0o600 });
  return index;
}
