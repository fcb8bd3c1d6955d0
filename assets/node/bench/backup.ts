import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { createBackup } from '../src/platform/backup/create.js';
import { database } from '../src/platform/backup/database.postgresql.js';
import { directory } from '../src/platform/backup-stores/directory.js';
import { PostgresServer } from '../test/backup/postgres-server.js';

/*
 * A backup, which is dumped, encrypted, written, read back and compared, against `pg_dump -Fc` to a file on the same disk; and what
 * memory it takes of a database four times as large. Needs Debian's PostgreSQL. Prints one JSON object.
 *
 *     node --expose-gc --import tsx bench/backup.ts [turns]
 */

const ROWS = 400_000;

const [turns = 5] = process.argv.slice(2).map(Number);
const server = await PostgresServer.start();
const folder = mkdtempSync(join(tmpdir(), 'bench-backup-'));
const recipients = [await identityToRecipient(await generateIdentity())];
try {
  const small = await filled(ROWS);
  const results = [];
  for (let turn = 0; turn < turns; turn++) {
    results.push({ plain: await timed(() => plainDump(small)), backup: await timed(() => backup(small)) });
  }
  const before = await heldBy(() => backup(small));
  const large = await filled(4 * ROWS);
  const after = await heldBy(() => backup(large));
  console.log(
    JSON.stringify({
      plain: median(results.map(({ plain }) => plain)),
      backup: median(results.map((result) => result.backup)),
      throughput: median(results.map((result) => result.plain / result.backup)),
      memory: after / before,
      bytes: after,
    }),
  );
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function filled(rows: number): Promise<string> {
  const url = await server.create();
  await server.query(
    new URL(url).pathname.slice(1),
    `CREATE TABLE item AS SELECT n AS id, md5(n::text) AS code, repeat(md5((n * 7)::text), 4) AS text FROM generate_series(1, ${rows}) n`,
  );
  return url;
}

function plainDump(url: string): Promise<unknown> {
  return promisify(execFile)('pg_dump', ['--format=custom', `--file=${join(folder, 'plain')}`, url]);
}

async function backup(url: string): Promise<void> {
  await createBackup({
    service: 'bench',
    environment: 'prod',
    database,
    url,
    limits: { connectTimeout: 5_000, lockTimeout: 5_000 },
    recipients,
    retention: { all: 0, days: 0, months: 0, least: 1 },
    main: directory(join(folder, 'store')),
    signal: new AbortController().signal,
    report: () => undefined,
  });
}

/**
 * The memory that this process holds on to while something runs: the median of many looks, since a longer run has more of them and would
 * come upon a higher peak by chance. What nobody uses any more is collected before each look: V8 lets some 64 MiB of used buffers lie
 * before it does so by itself, which a small database does not fill and any larger one does.
 */
async function heldBy(work: () => Promise<void>): Promise<number> {
  const collect = globalThis.gc;
  if (collect === undefined) throw new Error('run it with --expose-gc');
  const looks: number[] = [];
  const timer = setInterval(() => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    looks.push(heapUsed + external);
  }, 100);
  await work();
  clearInterval(timer);
  return median(looks);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
