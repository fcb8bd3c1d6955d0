import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'service-secrets-';

/** A folder that only this user can enter, in memory where the system has such a place. */
export class PrivateFolder {
  readonly path: string;
  /** Whether its files never reach a disk. */
  readonly inMemory: boolean;

  constructor(runtimeFolder?: string) {
    const place = [runtimeFolder, '/dev/shm'].find((folder) => folder !== undefined && isWritable(folder));
    const parent = place ?? tmpdir();
    removeAbandoned(parent);
    this.inMemory = place !== undefined;
    this.path = mkdtempSync(join(parent, `${PREFIX}${process.pid}-`));
  }

  /** Writes a secret and returns the path of its file. */
  write(name: string, text: string): string {
    return writeSecret(this.path, name, text);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

export function writeSecret(folder: string, name: string, text: string): string {
  const path = join(folder, name);
  rmSync(path, { force: true });
  // Readers take one line break off the end; a text that ends with one needs another.
  writeFileSync(path, text.endsWith('\n') ? `${text}\n` : text, { mode: 0o400 });
  return path;
}

function isWritable(folder: string): boolean {
  return existsSync(folder) && statSync(folder).isDirectory() && (statSync(folder).mode & 0o222) !== 0;
}

/** What was killed could not remove its folder. */
function removeAbandoned(parent: string): void {
  for (const name of readdirSync(parent)) {
    const [, pid] = new RegExp(`^${PREFIX}(\\d+)-`).exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid)) && statSync(join(parent, name)).uid === process.getuid?.()) {
      rmSync(join(parent, name), { recursive: true, force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
