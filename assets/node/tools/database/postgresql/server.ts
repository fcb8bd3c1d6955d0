import { spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Failure } from '../../../src/platform/migrations/failure.js';
import { findNativePackage } from './binaries.js';
import { type Home, prepareHome } from './home.js';
import { Leases } from './leases.js';
import { answers, isKept, readState, urlOf } from './state.js';

/** The embedded server, up for as long as it is held. All verbs of one service share one server. */
export interface HeldServer {
  url(database: string): string;
  release(): void;
}

const PATIENCE = 60_000;
const RESTART_AFTER = 10_000;

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

async function running(home: Home) {
  const deadline = Date.now() + PATIENCE;
  let started = 0;
  let keeper: { exited: boolean } | undefined;
  while (Date.now() < deadline) {
    const state = readState(home);
    // Read again afterwards: a keeper that is about to stop its server removes the state first.
    if (state !== undefined && isKept(state) && (await answers(home, state)) && readState(home)?.port === state.port) {
      return state;
    }
    const abandoned = state === undefined || !isKept(state);
    if (abandoned && (keeper === undefined || keeper.exited || Date.now() - started > RESTART_AFTER)) {
      if (keeper?.exited === true && Date.now() - started < 1_000) await sleep(500);
      keeper = startKeeper(home);
      started = Date.now();
    }
    await sleep(50);
  }
  throw new Failure(`PostgreSQL did not start. The end of ${join(home.control, 'server.log')}:\n${tail(home)}`);
}

function startKeeper(home: Home): { exited: boolean } {
  const log = openSync(join(home.control, 'server.log'), 'a', 0o600);
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const file = fileURLToPath(new URL('./keeper.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', tsx, file], {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: home.control,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' },
  });
  const keeper = { exited: false };
  child.once('exit', () => {
    keeper.exited = true;
  });
  child.once('error', () => {
    keeper.exited = true;
  });
  child.unref();
  return keeper;
}

function tail(home: Home): string {
  return readFileSync(join(home.control, 'server.log'), 'utf8').trim().split('\n').slice(-8).join('\n');
}
