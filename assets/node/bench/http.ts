import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { ScratchService } from '../test/tools/scratch-service.js';
import type { Answer, Question } from './servers/questions.js';

/*
 * What each signal costs: two routes of a generated service against the same routes in bare Fastify, side by side. All servers run
 * all the time, take turns under load, and the median of the rounds counts. Prints one JSON object. With `profile`, also where the
 * microseconds of a request go: profiled after the rounds, which it would slow down.
 *
 *     tsx bench/http.ts [rounds] [profile]
 */

const [rounds = 9] = process.argv.slice(2, 3).map(Number);
const profiled = process.argv[3] === 'profile';

/** From nothing to everything; the first is what the others are compared with. */
const VARIANTS = {
  bare: ['bare'],
  logs: ['service'],
  metrics: ['service', 'metrics'],
  traces: ['service', 'metrics', 'traces', '0.05'],
  allTraces: ['service', 'metrics', 'traces', '1'],
} as const;

/** A constant; and one query of the database. */
const ROUTES = { simplest: '/hello', query: '/notes/1' } as const;

/** How long each turn lasts. autocannon looks at the clock once a second, so a number of requests would not end when it is reached. */
const SECONDS = 2;

type Variant = keyof typeof VARIANTS;
type Route = keyof typeof ROUTES;

interface Round {
  readonly requestsPerSecond: number;
  readonly cpuMicrosPerRequest: number;
  readonly p99Ms: number;
  readonly rssMb: number;
}

interface Result extends Round {
  /** Requests a second against bare Fastify in the same round. */
  readonly ratio: number;
}

const pinned = pin();
const scratch = new ScratchService('postgresql');
const servers = new Map<Variant, ChildProcess>();
let database: { url: string; release(): Promise<void> } | undefined;
try {
  database = await prepare(scratch);
  const collector = await startSink();
  for (const [variant, args] of Object.entries(VARIANTS)) {
    servers.set(variant as Variant, await startServer([...args], database.url, collector));
  }
  const report: Record<string, unknown> = {};
  for (const route of Object.keys(ROUTES) as Route[]) {
    report[route] = await compare(route);
    if (profiled) report[`${route}, profiled`] = await profile(route);
  }
  report['conditions'] = { rounds, connections: 64, node: process.version, pinned };
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
} finally {
  for (const server of servers.values()) server.kill();
  await database?.release();
  scratch.remove();
}
process.exit();

async function compare(route: Route): Promise<Record<string, Result>> {
  const results = new Map<Variant, Round[]>([...servers.keys()].map((variant) => [variant, []]));
  const path = ROUTES[route];
  // Until the compiler has seen everything, however slow the machine is today.
  for (const server of servers.values()) await load(server, path);
  for (let round = 0; round < rounds; round++) {
    for (const [variant, server] of servers) results.get(variant)?.push(await load(server, path));
  }
  const bare = results.get('bare') ?? [];
  return Object.fromEntries([...results].map(([variant, all]) => [variant, summary(all, bare)]));
}

/** Microseconds a request, by whose code ran, in each of the servers. */
async function profile(route: Route): Promise<Record<string, Record<string, number>>> {
  const parts: Record<string, Record<string, number>> = {};
  for (const [variant, server] of servers) {
    await ask(server, 'profile');
    const { requests } = await fire((await ask(server)).port, ROUTES[route]);
    const { spent = {} } = await ask(server, 'spent');
    for (const [part, micros] of Object.entries<number>(spent)) {
      parts[part] ??= {};
      parts[part][variant] = round2(micros / requests.total);
    }
  }
  const inBare = ([, micros]: [string, Record<string, number>]) => micros['bare'] ?? 0;
  return Object.fromEntries(Object.entries(parts).sort((a, b) => inBare(b) - inBare(a)));
}

/** The client on one core, the servers on another; where that cannot be had, everything shares what there is. */
function pin(): boolean {
  try {
    if (availableParallelism() < 2) return false;
    execFileSync('taskset', ['-a', '-p', '-c', '1', String(process.pid)], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A service with one table and one row, on a database of its own. */
async function prepare(service: ScratchService): Promise<{ url: string; release(): Promise<void> }> {
  service.model('model Note {\n  id   Int    @id\n  text String\n}\n');
  service.migration(
    '20260101000000_init',
    'CREATE TABLE "Note" ("id" INTEGER NOT NULL, "text" TEXT NOT NULL, CONSTRAINT "Note_pkey" PRIMARY KEY ("id"));\n' +
      `INSERT INTO "Note" VALUES (1, 'first');\n`,
  );
  const held = await service.holdDatabase();
  for (const verb of ['migrate', 'generate']) {
    const { status, stderr } = service.tool('cli', [verb]);
    if (status !== 0) throw new Error(`db:${verb} failed: ${stderr}`);
  }
  cpSync(fileURLToPath(new URL('servers', import.meta.url)), join(service.root, 'bench/servers'), { recursive: true });
  return held;
}

/** A collector that takes everything and keeps nothing. */
async function startSink(): Promise<string> {
  const sink = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
  }).listen(0, '127.0.0.1');
  await once(sink, 'listening');
  return `http://127.0.0.1:${(sink.address() as AddressInfo).port}`;
}

async function startServer([name, ...signals]: string[], url: string, collector: string): Promise<ChildProcess> {
  const node = [process.execPath, '--import', 'tsx', join('bench/servers', `${name}.ts`), ...signals];
  const [command = '', ...args] = pinned ? ['taskset', '-c', '0', ...node] : node;
  const server = spawn(command, args, {
    cwd: scratch.root,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production', DATABASE_URL: url, COLLECTOR: collector },
  });
  await once(server, 'message');
  return server;
}

async function load(server: ChildProcess, path: string): Promise<Round> {
  const before = await ask(server);
  const result = await fire(before.port, path);
  const after = await ask(server);
  return {
    requestsPerSecond: result.requests.total / result.duration,
    cpuMicrosPerRequest: (after.cpu - before.cpu) / result.requests.total,
    p99Ms: result.latency.p99,
    rssMb: after.memory / 1024 / 1024,
  };
}

async function fire(port: number, path: string): Promise<autocannon.Result> {
  const result = await autocannon({ url: `http://127.0.0.1:${port}${path}`, connections: 64, duration: SECONDS });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx + result.errors} requests failed`);
  return result;
}

async function ask(server: ChildProcess, question: Question = 'state'): Promise<Answer> {
  server.send(question);
  const [answer] = (await once(server, 'message')) as [Answer];
  return answer;
}

function summary(all: readonly Round[], bare: readonly Round[]): Result {
  const of = (read: (round: Round) => number) => median(all.map(read));
  const ratios = all.map(({ requestsPerSecond }, round) => requestsPerSecond / (bare[round]?.requestsPerSecond ?? 0));
  return {
    ratio: round2(median(ratios)),
    requestsPerSecond: Math.round(of((round) => round.requestsPerSecond)),
    cpuMicrosPerRequest: round2(of((round) => round.cpuMicrosPerRequest)),
    p99Ms: round2(of((round) => round.p99Ms)),
    rssMb: Math.round(of((round) => round.rssMb)),
  };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
