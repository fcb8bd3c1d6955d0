import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from '../support/free-port.js';

const USER = 'postgres';

/** A throwaway PostgreSQL of Debian's, whose client programs are on the PATH: those of npm come without. */
export class PostgresServer {
  static async start(): Promise<PostgresServer> {
    const folder = mkdtempSync(join(tmpdir(), 'backup-postgres-'));
    const [uid, gid] = process.getuid?.() === 0 ? [idOf('-u'), idOf('-g')] : [undefined, undefined];
    if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid);
    const as = uid === undefined ? {} : { uid, gid };
    const data = join(folder, 'data');
    execFileSync(join(binaries(), 'initdb'), ['-D', data, `--username=${USER}`, '--auth=trust', '--no-sync'], {
      ...as,
      cwd: folder,
    });
    const port = await freePort();
    const options = ['-h', '127.0.0.1', '-p', `${port}`, '-k', folder, '-c', 'fsync=off'];
    const child = spawn(join(binaries(), 'postgres'), ['-D', data, ...options], {
      ...as,
      cwd: folder,
      stdio: 'ignore',
    });
    const server = new PostgresServer(child, port, folder);
    await server.#ready();
    return server;
  }

  readonly #child: ChildProcess;
  readonly #port: number;
  readonly #folder: string;
  #databases = 0;

  private constructor(child: ChildProcess, port: number, folder: string) {
    this.#child = child;
    this.#port = port;
    this.#folder = folder;
  }

  urlOf(database: string, login = USER): string {
    return `postgresql://${login}@127.0.0.1:${this.#port}/${database}`;
  }

  /** The URL of a new empty database. */
  async create(name = `db${++this.#databases}`): Promise<string> {
    await this.query('postgres', `CREATE DATABASE "${name}"`);
    return this.urlOf(name);
  }

  async query(database: string, sql: string): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: this.urlOf(database) });
    await client.connect();
    try {
      return (await client.query(sql)).rows ?? [];
    } finally {
      await client.end();
    }
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGQUIT');
    await exited;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #ready(): Promise<void> {
    for (let attempt = 0; attempt < 150; attempt++) {
      try {
        await this.query('postgres', 'SELECT 1');
        return;
      } catch {
        await sleep(100);
      }
    }
    throw new Error('PostgreSQL did not start within 15 s');
  }
}

function binaries(): string {
  const root = '/usr/lib/postgresql';
  const newest = readdirSync(root).sort((a, b) => Number(b) - Number(a))[0];
  return join(root, newest ?? '', 'bin');
}

function idOf(option: string): number {
  return Number(execFileSync('id', [option, USER], { encoding: 'utf8' }));
}
