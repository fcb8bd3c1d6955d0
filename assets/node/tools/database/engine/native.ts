import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { Failure, messageOf } from '../../../src/platform/migrations/failure.js';
import { provider } from '../provider.js';
import { readToolSettings } from '../settings.js';
import type { Diffing } from './diff.js';
import { assertDifferent } from './shadow.js';

const ENGINE = 'schema-engine';

/** Prisma's binary: the one that PRISMA_SCHEMA_ENGINE_BINARY names, the one in node_modules, or a new download. */
export async function findNativeEngine(): Promise<string> {
  return process.env['PRISMA_SCHEMA_ENGINE_BINARY'] || installed() || (await download());
}

/** Where Prisma's own CLI looks for it. */
function engines(): { readonly require: NodeJS.Require; readonly folder: string } {
  const cli = createRequire(createRequire(import.meta.url).resolve('prisma/package.json'));
  const main = cli.resolve('@prisma/engines');
  return { require: createRequire(main), folder: dirname(dirname(main)) };
}

function installed(): string | undefined {
  const { folder } = engines();
  const name = readdirSync(folder).find((entry) => /^schema-engine-[a-z0-9.-]+$/.test(entry) && !entry.endsWith('.gz'));
  return name === undefined ? undefined : join(folder, name);
}

async function download(): Promise<string> {
  const { require, folder } = engines();
  const { download: fetch } = require('@prisma/fetch-engine') as {
    download(options: object): Promise<Record<string, Record<string, string> | undefined>>;
  };
  const { enginesVersion } = require('@prisma/engines-version') as { enginesVersion: string };
  try {
    const options = { binaries: { [ENGINE]: folder }, version: enginesVersion, showProgress: false, failSilent: false };
    const [file] = Object.values((await fetch(options))[ENGINE] ?? {});
    if (file !== undefined) return file;
    throw new Error('there is none for this system');
  } catch (error) {
    throw new Failure(unavailable(messageOf(error)));
  }
}

function unavailable(why: string): string {
  return `This needs Prisma's native schema engine, which npm does not have and which could not be downloaded (${why}).
Set PRISMA_ENGINES_MIRROR to a mirror of binaries.prisma.sh that can be reached, or PRISMA_SCHEMA_ENGINE_BINARY to a file that is here.
Applying, undoing and status of migrations that exist, their rehearsal, generate and seed work without it.`;
}

/** The native engine, at work on a database; it replays migrations in a shadow database that is made for it. */
export async function openNativeEngine(url: string): Promise<{ engine: Diffing; close(): Promise<void> }> {
  const binary = await findNativeEngine();
  const named = process.env['SHADOW_DATABASE_URL'] || undefined;
  if (named !== undefined) await assertDifferent(url, named);
  const shadow = named ?? (await provider.create(url, `prisma_migrate_shadow_db_${randomUUID()}`));
  const datasource = JSON.stringify({ url: spoken(url), shadowDatabaseUrl: spoken(shadow) });
  const child = spawn(binary, ['--datasource', datasource], { stdio: ['pipe', 'pipe', 'ignore'] });
  const rpc = new JsonRpc(child);
  return {
    engine: { diff: (params) => rpc.call('diff', params) },
    close: async () => {
      await rpc.close();
      if (named === undefined) await provider.drop(shadow);
    },
  };
}

/** The engine knows one name for the protocol of MySQL and MariaDB. */
function spoken(url: string): string {
  return url.replace(/^mariadb:/, 'mysql:');
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly content?: string };
  readonly result?: { readonly exitCode: number; readonly stdout: string | null };
  readonly error?: { readonly message: string; readonly data?: { readonly message?: string } };
}

/** Prisma's line-delimited JSON-RPC, one call at a time. */
class JsonRpc {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;
  readonly #exited: Promise<string>;
  #calls = 0;

  constructor(child: ChildProcessByStdio<Writable, Readable, null>) {
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    this.#exited = new Promise((resolve) => {
      child.once('error', (error) => resolve(messageOf(error)));
      child.once('exit', (code, signal) => resolve(`it ended with ${signal ?? code}`));
    });
    // Told by what is waiting for an answer.
    child.stdin.on('error', () => undefined);
  }

  async call(method: string, params: object): Promise<{ exitCode: number; stdout: string | null }> {
    this.#calls += 1;
    this.#send({ id: this.#calls, method, params });
    let printed = '';
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done === true) throw new Failure(`Prisma's native schema engine gave no answer: ${await this.#exited}.`);
      const message: Message = JSON.parse(value);
      if (message.method === 'print') {
        printed += message.params?.content ?? '';
        this.#send({ id: message.id, result: {} });
      } else if (message.error !== undefined) {
        throw new Error(message.error.data?.message ?? message.error.message);
      } else if (message.result !== undefined) {
        return { exitCode: message.result.exitCode, stdout: message.result.stdout ?? printed };
      }
    }
  }

  async close(): Promise<void> {
    this.#child.stdin.end();
    this.#child.kill();
    await this.#exited;
  }

  #send(message: object): void {
    this.#child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }
}

/** Prisma's own commands would say so in a stack of their own. */
export async function requireEngineFor(command: string, [verb = '']: readonly string[]): Promise<void> {
  if (readToolSettings().schemaEngine !== 'native') return;
  if (command === 'prisma' && (verb === 'migrate' || verb === 'db')) await findNativeEngine();
}
