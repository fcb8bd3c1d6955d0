import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Failure } from '../../../src/platform/migrations/failure.js';
import { findNativePackage } from './binaries.js';
import { type Home, prepareHome } from './home.js';
import { Leases } from './leases.js';
import { answers, isKept, readState, type State, urlOf } from './state.js';

/** The embedded server, up for as long as it is held. All verbs of one service share one server. */
export interface HeldServer {
  url(database: string): string;
  release(): void;
}

const PATIENCE = 60_000;
const CLAIM_LAPSES_AFTER = 10_000;

export async function holdServer(): Promise<HeldServer> {
  findNativePackage();
  const home = prepareHome();
  const release = new Leases(join(home.control, 'leases')).take();
  try {
    const state = await running(home);
    return { url: (database) => urlOf(home, state, database), release };
  } catch (error) {
    release();
    throw error;
  }
}

async function running(home: Home): Promise<State> {
  const deadline = Date.now() + PATIENCE;
  while (Date.now() < deadline) {
    const state = readState(home);
    const kept = state !== undefined && isKept(state);
    // Read again afterwards: a keeper that is about to stop its server removes the state first.
    if (kept && (await answers(home, state)) && readState(home)?.port === state.port) return state;
    if (!kept && mayStart(home)) startKeeper(home);
    await sleep(50);
  }
  throw new Failure(`PostgreSQL did not start. The end of ${join(home.control, 'server.log')}:\n${tail(home)}`);
}

/** Of commands that start together one starts the keeper. It may die on the way, so the claim lapses. */
function mayStart(home: Home): boolean {
  const claim = join(home.control, 'starting');
  const age = Date.now() - (statSync(claim, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  if (age > CLAIM_LAPSES_AFTER) rmSync(claim, { force: true });
  try {
    closeSync(openSync(claim, 'wx', 0o600));
    return true;
  } catch {
    return false;
  }
}

function startKeeper(home: Home): void {
  const log = openSync(join(home.control, 'server.log'), 'a', 0o600);
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const file = fileURLToPath(new URL('./keeper.ts', import.meta.url));
  const keeper = spawn(process.execPath, ['--import', tsx, file], {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: home.control,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', TMPDIR: tmpdir() },
  });
  keeper.once('exit', () => rmSync(join(home.control, 'starting'), { force: true }));
  keeper.unref();
  closeSync(log);
}

function tail(home: Home): string {
  return readFileSync(join(home.control, 'server.log'), 'utf8').trim().split('\n').slice(-8).join('\n');
}
