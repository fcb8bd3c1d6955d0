import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import autocannon from 'autocannon';
import { compile, remove } from '../test/support/compile.js';
import type { Answer } from './servers/questions.js';

/*
 * The simplest route of a generated service against the same route in bare Fastify, side by side: both servers
 * run all the time, take turns under load, and the median of the rounds counts. Prints one JSON object.
 *
 *     tsx bench/http.ts [rounds] [seconds a round]
 */

const [rounds = 15, seconds = 1] = process.argv.slice(2).map(Number);

interface Round {
  readonly requestsPerSecond: number;
  readonly cpuMicrosPerRequest: number;
  readonly p99Ms: number;
}

const pinned = pin();
const compiled = compile();
try {
  const bare = await startServer('bare');
  const service = await startServer('service');
  await load(bare, 2);
  await load(service, 2);
  const results: { bare: Round; service: Round }[] = [];
  for (let round = 0; round < rounds; round++) {
    results.push({ bare: await load(bare, seconds), service: await load(service, seconds) });
  }
  const report = {
    ratio: round2(median(results.map(({ bare, service }) => service.requestsPerSecond / bare.requestsPerSecond))),
    cpuRatio: round2(
      median(results.map(({ bare, service }) => bare.cpuMicrosPerRequest / service.cpuMicrosPerRequest)),
    ),
    bare: summary(results.map(({ bare }) => bare)),
    service: summary(results.map(({ service }) => service)),
    conditions: { rounds, seconds, connections: 64, node: process.version, pinned },
  };
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  bare.disconnect();
  service.disconnect();
} finally {
  remove(compiled);
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

async function startServer(name: string): Promise<ChildProcess> {
  const file = `${compiled}/bench/servers/${name}.js`;
  const [command, args] = pinned ? ['taskset', ['-c', '0', process.execPath, file]] : [process.execPath, [file]];
  const server = spawn(command, args, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  await once(server, 'message');
  return server;
}

async function load(server: ChildProcess, duration: number): Promise<Round> {
  const before = await ask(server);
  const result = await autocannon({ url: `http://127.0.0.1:${before.port}/hello`, connections: 64, duration });
  const after = await ask(server);
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx + result.errors} requests failed`);
  return {
    requestsPerSecond: result.requests.total / result.duration,
    cpuMicrosPerRequest: (after.cpu - before.cpu) / result.requests.total,
    p99Ms: result.latency.p99,
  };
}

async function ask(server: ChildProcess): Promise<Answer> {
  server.send('?');
  const [answer] = (await once(server, 'message')) as [Answer];
  return answer;
}

function summary(all: readonly Round[]): Round {
  return {
    requestsPerSecond: Math.round(median(all.map(({ requestsPerSecond }) => requestsPerSecond))),
    cpuMicrosPerRequest: round2(median(all.map(({ cpuMicrosPerRequest }) => cpuMicrosPerRequest))),
    p99Ms: round2(median(all.map(({ p99Ms }) => p99Ms))),
  };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
