import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** `secrets.json`, beside this file. */
export interface SecretFiles {
  readonly folder: string;
  /** Files that hold a random password each. */
  readonly passwords: readonly string[];
  /** The text of other files; `{name}` stands for a password. */
  readonly texts: Readonly<Record<string, string>>;
  /** Secrets that a developer brings, with what they are for. */
  readonly asked: Readonly<Record<string, string>>;
}

/**
 * Makes the secrets of the local stack as files, one each. What is there stays, so a password fits the data made with it.
 *
 * @param env where secrets that a developer brings are looked for
 * @returns the secrets that nobody brought
 */
export function makeSecrets(
  root: string,
  files: SecretFiles,
  env: Readonly<Record<string, string | undefined>>,
): string[] {
  const folder = join(root, files.folder);
  // Others on this machine cannot enter; the files themselves are mounted into containers with users of their own.
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o644 });
  };
  for (const name of files.passwords) {
    if (!existsSync(join(folder, name))) write(name, randomBytes(24).toString('hex'));
  }
  for (const [name, text] of Object.entries(files.texts)) {
    write(
      name,
      text.replaceAll(/\{([^}]+)\}/g, (_, password: string) => read(password)),
    );
  }
  return Object.keys(files.asked).filter((name) => {
    const value = env[name];
    if (value !== undefined && value !== '') write(name, value);
    return !existsSync(join(folder, name));
  });
}
