import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../../src/platform/migrations/failure.js';
import { isAlive } from '../processes.js';
import { prepareBinaries } from './binaries.js';
import { ensureCluster, startServer } from './cluster.js';
import { type Home, isServed, prepareHome, readOptional } from './home.js';
import { Leases } from './leases.js';
import { answers, isKept, readState, removeState, writeState } from './state.js';

/** How long the server stays after its last user has gone: the next verb is often not far. */
const GRACE = 4_000;
const START_ATTEMPTS = 40;

/** The process behind the development server: starts it, and stops it when nobody needs it any more. */
async function keep(): Promise<void> {
  const home = prepareHome();
  if (!(await takeOver(home)) && !(await start(home))) return;
  await untilUnused(home);
}

/** A keeper that was killed leaves its server running: keeps that one. */
async function takeOver(home: Home): Promise<boolean> {
  const state = readState(home);
  if (state === undefined || isKept(state) || !(await answers(home, state))) return false;
  writeState(home, state.port);
  return true;
}

/** `false` when another keeper is ahead. PostgreSQL itself makes sure that only one server opens the data. */
async function start(home: Home): Promise<boolean> {
  const binaries = prepareBinaries(home.binaries, home.binariesUsable);
  ensureCluster(home, binaries);
  for (let attempt = 0; attempt < START_ATTEMPTS; attempt += 1) {
    const other = readState(home);
    if (other !== undefined && isKept(other)) return false;
    if (isServed(home.cluster)) {
      await stopUnknown(home, attempt);
      continue;
    }
    const { server, port } = await startServer(home, binaries);
    let running = true;
    server.once('exit', () => {
      running = false;
    });
    const state = { port, keeper: process.pid, keeperBirth: '' };
    while (running) {
      if (await answers(home, state)) {
        writeState(home, port);
        return true;
      }
      await sleep(50);
    }
    await sleep(100);
  }
  throw new Error('the server does not start');
}

/** A server that is shutting down goes by itself; one that nobody keeps and whose port nobody knows has to be asked. */
async function stopUnknown(home: Home, attempt: number): Promise<void> {
  if (attempt === START_ATTEMPTS / 2) signal(serverPid(home), 'SIGINT');
  await sleep(250);
}

async function untilUnused(home: Home): Promise<void> {
  const leases = new Leases(join(home.control, 'leases'));
  const server = serverPid(home);
  let unusedSince = Date.now();
  let asked = false;
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      asked = true;
    });
  }
  for (;;) {
    await sleep(400);
    const state = readState(home);
    // Without a state somebody removed the folder; with another's, another keeper took over.
    if (state === undefined) return await stop(home, server);
    if (state.keeper !== process.pid) return;
    if (!isServed(home.cluster)) return removeState(home);
    const used = leases.anyLeft();
    if (used) unusedSince = Date.now();
    if (!asked && (used || Date.now() - unusedSince < GRACE)) continue;
    removeState(home);
    // Whoever took a lease before this moment read the state that is gone now.
    if (!asked && leases.anyLeft()) writeState(home, state.port);
    else return await stop(home, server);
  }
}

async function stop(home: Home, server: number): Promise<void> {
  signal(server, 'SIGINT');
  for (let waited = 0; waited < 50 && isAlive(server); waited += 1) await sleep(100);
  if (isServed(home.cluster)) signal(server, 'SIGQUIT');
}

function serverPid(home: Home): number {
  return Number(readOptional(join(home.cluster, 'postmaster.pid'))?.split('\n')[0] ?? 0);
}

function signal(pid: number, name: NodeJS.Signals): void {
  if (pid > 0 && isAlive(pid)) process.kill(pid, name);
}

try {
  await keep();
} catch (error) {
  process.stderr.write(`${new Date().toISOString()} keeper: ${messageOf(error)}\n`);
  process.exitCode = 1;
}
