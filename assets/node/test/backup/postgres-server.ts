import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
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
    own(folder);
    execFileSync(
      join(binaries(), 'initdb'),
      ['-D', join(folder, 'data'), `--username=${USER}`, '--auth=trust', '--no-sync'],
      { ...asServer(), cwd: folder },
    );
    return PostgresServer.startIn(folder);
  }

  /** Starts one on the data directory in a folder, which is removed when it stops. */
  static async startIn(folder: string, settings: readonly string[] = []): Promise<PostgresServer> {
    own(folder);
    const server = new PostgresServer(folder, await freePort());
    await server.open(settings);
    return server;
  }

  readonly #folder: string;
  readonly #port: number;
  #child: ChildProcess | undefined;
  #databases = 0;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
  }

  async open(settings: readonly string[] = []): Promise<void> {
    const fixed = ['-h', '127.0.0.1', '-p', `${this.#port}`, '-k', this.#folder, '-c', 'fsync=off'];
    const options = settings.flatMap((setting) => ['-c', setting]);
    this.#child = spawn(join(binaries(), 'postgres'), ['-D', join(this.#folder, 'data'), ...fixed, ...options], {
      ...asServer(),
      cwd: this.#folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    this.#child.stderr?.on('data', (text: Buffer) => {
      said = `${said}${text}`.slice(-2_000);
    });
    await this.#ready().catch((error: Error) => {
      throw new Error(`${error.message}: ${said}`);
    });
  }

  /** As if its machine lost power, or gently. */
  async shut(signal: 'SIGQUIT' | 'SIGINT' = 'SIGQUIT'): Promise<void> {
    if (this.#child === undefined || this.#child.exitCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill(signal);
    await exited;
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
    await this.shut();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #ready(): Promise<void> {
    for (let attempt = 0; attempt < 150; attempt++) {
      try {
        const [row] = await this.query('postgres', 'SELECT pg_is_in_recovery() AS recovering');
        if (row?.['recovering'] === false) return;
      } catch {
        if (this.#child?.exitCode !== null) throw new Error(`PostgreSQL ended with ${this.#child?.exitCode}`);
      }
      await sleep(100);
    }
    throw new Error('PostgreSQL did not start within 15 s');
  }
}

/** PostgreSQL refuses to run as root. */
function asServer(): { readonly uid?: number; readonly gid?: number } {
  return process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {};
}

export function own(folder: string): void {
  const { uid, gid } = asServer();
  if (uid !== undefined && gid !== undefined) execFileSync('chown', ['-R', `${uid}:${gid}`, folder]);
}

export function binaries(): string {
  const root = '/usr/lib/postgresql';
  const newest = readdirSync(root).sort((a, b) => Number(b) - Number(a))[0];
  return join(root, newest ?? '', 'bin');
}

function idOf(option: string): number {
  return Number(execFileSync('id', [option, USER], { encoding: 'utf8' }));
}
