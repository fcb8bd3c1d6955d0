import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { birthOf, isAlive } from '../processes.js';

/** Who needs the server: one file for each process, so that nothing has to be locked, and kill -9 leaves no user behind. */
export class Leases {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  take(): () => void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const file = join(this.#folder, `${process.pid}.${birthOf(process.pid)}.${Math.random().toString(36).slice(2)}`);
    writeFileSync(file, '');
    return () => rmSync(file, { force: true });
  }

  /** Whether anyone alive is left; forgets the dead. */
  anyLeft(): boolean {
    return this.#names().filter((name) => this.#holds(name)).length > 0;
  }

  #holds(name: string): boolean {
    const [pid = '', birth = ''] = name.split('.');
    if (isAlive(Number(pid)) && birthOf(Number(pid)) === birth) return true;
    rmSync(join(this.#folder, name), { force: true });
    return false;
  }

  #names(): string[] {
    try {
      return readdirSync(this.#folder);
    } catch {
      return [];
    }
  }
}
