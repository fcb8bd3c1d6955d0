import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { birthOf, isAlive } from '../processes.js';
import { passwordOf } from './cluster.js';
import { type Home, readOptional } from './home.js';

/** Where the running server is and who keeps it. */
export interface State {
  readonly port: number;
  readonly keeper: number;
  readonly keeperBirth: string;
}

export function readState(home: Home): State | undefined {
  const text = readOptional(join(home.control, 'state.json'));
  return text === undefined ? undefined : JSON.parse(text);
}

export function writeState(home: Home, port: number): void {
  const state: State = { port, keeper: process.pid, keeperBirth: birthOf(process.pid) };
  const draft = join(home.control, `state.${process.pid}`);
  writeFileSync(draft, JSON.stringify(state), { mode: 0o600 });
  renameSync(draft, join(home.control, 'state.json'));
  rmSync(join(home.control, 'starting'), { force: true });
}

export function removeState(home: Home): void {
  rmSync(join(home.control, 'state.json'), { force: true });
}

export function isKept(state: State): boolean {
  return isAlive(state.keeper) && birthOf(state.keeper) === state.keeperBirth;
}

export function urlOf(home: Home, state: State, database: string): string {
  return `postgresql://postgres:${encodeURIComponent(passwordOf(home))}@127.0.0.1:${state.port}/${database}`;
}

/** Whether our own server answers there: only it knows the password. */
export async function answers(home: Home, state: State): Promise<boolean> {
  const client = new pg.Client({ connectionString: urlOf(home, state, 'postgres'), connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
