import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { database } from '../backup/database.js';
import type { Limits } from '../backup/database-interface.js';
import { Failure, messageOf } from '../backup/failure.js';
import { withClient } from '../backup/postgresql/libpq.js';
import { surroundings } from '../backup/program.js';
import { type Recovered, type Recovery, recover } from './recover.js';

export interface RecoveryDrill extends Omit<Recovery, 'into'> {
  /** A login of the server that is recovered. */
  readonly login: string;
  /** Milliseconds within which the server must be there. */
  readonly recoveryTime: number;
  readonly limits: Limits;
}

export interface RecoveryDrillResult extends Recovered {
  readonly milliseconds: number;
  /** Rows that were read in the server that came up, of all of its databases. */
  readonly rows: number;
}

/** Characters of what the server says that are kept, from the end. */
const KEPT = 2_000;

/** Recovers into a folder of its own, starts a server on it that nobody else can reach, reads every row, and removes it again. */
export async function drillRecovery(drill: RecoveryDrill): Promise<RecoveryDrillResult> {
  const folder = await mkdtemp(join(tmpdir(), 'recovery-'));
  try {
    const into = join(folder, 'data');
    const begin = performance.now();
    const recovered = await recover({ ...drill, into });
    const server = await Server.start(into, drill);
    try {
      const milliseconds = performance.now() - begin;
      const rows = await server.countRows();
      if (milliseconds > drill.recoveryTime) {
        throw new Failure(
          `The recovery took ${Math.round(milliseconds / 1000)} s, and the recovery time objective is ${Math.round(drill.recoveryTime / 1000)} s. Make base backups more often.`,
        );
      }
      return { ...recovered, milliseconds, rows };
    } finally {
      await server.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

class Server {
  /** Resolves when the log is applied and the server has left recovery. */
  static async start(data: string, drill: RecoveryDrill): Promise<Server> {
    await writeFile(join(data, 'drill.hba'), 'local all all trust\n');
    if (!existsSync(join(data, 'postgresql.conf'))) await writeFile(join(data, 'postgresql.conf'), '');
    const server = new Server(data, drill);
    try {
      await server.#untilReady();
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  readonly #data: string;
  readonly #drill: RecoveryDrill;
  readonly #child;
  readonly #exited: Promise<unknown>;
  #said = '';
  #failure: string | undefined;

  private constructor(data: string, drill: RecoveryDrill) {
    this.#data = data;
    this.#drill = drill;
    // Whatever the real server is configured for, this one needs little, and tells nobody.
    const settings = {
      hba_file: join(data, 'drill.hba'),
      listen_addresses: '',
      unix_socket_directories: data,
      port: '5432',
      shared_buffers: '128MB',
      shared_preload_libraries: '',
      archive_mode: 'off',
      hot_standby: 'off',
      fsync: 'off',
      ssl: 'off',
      logging_collector: 'off',
    };
    const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    this.#child = spawn('postgres', ['-D', data, ...options], {
      env: surroundings(),
      stdio: ['ignore', 'ignore', 'pipe'],
      signal: drill.signal,
    });
    this.#child.stderr.on('data', (text: Buffer) => {
      this.#said = (this.#said + text.toString('utf8')).slice(-KEPT);
    });
    this.#child.once('error', (error: NodeJS.ErrnoException) => {
      this.#failure =
        error.code === 'ENOENT'
          ? 'postgres is not installed. Run the drill where the programs of the server are, and on the PATH.'
          : messageOf(error);
    });
    this.#child.once('exit', (code, by) => {
      this.#failure ??= `The server that was recovered ended with ${by ?? code}: ${this.#said.trim()}`;
    });
    this.#exited = once(this.#child, 'close').catch(() => undefined);
  }

  async countRows(): Promise<number> {
    const { login, limits } = this.#drill;
    const [user, databases] = await withClient(this.#urlOf(login, 'postgres'), limits, async (client) => {
      const owner = await client.query('SELECT rolname AS name FROM pg_roles WHERE rolsuper AND rolcanlogin LIMIT 1');
      const all = await client.query(
        'SELECT datname AS name FROM pg_database WHERE datallowconn AND NOT datistemplate',
      );
      return [`${owner.rows[0]?.name}`, all.rows.map(({ name }) => `${name}`)] as const;
    });
    let rows = 0;
    for (const name of databases) {
      const contents = await database.contentsOf(this.#urlOf(user, name), limits);
      for (const { most } of Object.values(contents.rows)) rows += most;
    }
    return rows;
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGINT');
    await this.#exited;
  }

  async #untilReady(): Promise<void> {
    const { login, limits, signal } = this.#drill;
    for (;;) {
      signal.throwIfAborted();
      if (this.#failure !== undefined) throw new Failure(this.#failure);
      const ready = await withClient(this.#urlOf(login, 'postgres'), limits, async (client) => {
        const { rows } = await client.query('SELECT pg_is_in_recovery() AS recovering');
        return rows[0]?.recovering === false;
      }).catch(() => false);
      if (ready) return;
      await sleep(200);
    }
  }

  #urlOf(user: string, name: string): string {
    return `postgresql://${encodeURIComponent(user)}@localhost/${encodeURIComponent(name)}?host=${encodeURIComponent(this.#data)}`;
  }
}
