import { readFileSync } from 'node:fs';
import { codeOf, Failure } from './failure.js';
import type { Driver, SessionOptions } from './session.js';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Settings extends SessionOptions {
  readonly url: string;
  /** Whether the URL was given for migrations, and not the service's own taken for want of one. */
  readonly meant: boolean;
  /** Milliseconds to wait for another runner. */
  readonly wait: number;
}

/** Names the database for the role that owns the schema. */
export const OWNER = 'MIGRATION_DATABASE_URL';
/** Names it for the service. */
export const SERVICE = 'DATABASE_URL';

/** What the runner takes from the environment: an owner's connection when there is one, the service's otherwise. */
export function readSettings(env: Environment, driver: Driver): Settings {
  return {
    url: checkedUrl(env, driver),
    meant: value(env, OWNER) !== undefined,
    connectTimeout: duration(env, 'DATABASE_CONNECT_TIMEOUT', 5_000),
    lockTimeout: duration(env, 'MIGRATION_LOCK_TIMEOUT', 5_000),
    statementTimeout: duration(env, 'MIGRATION_STATEMENT_TIMEOUT', 15 * 60_000),
    wait: duration(env, 'MIGRATION_WAIT_TIMEOUT', 5 * 60_000),
  };
}

function checkedUrl(env: Environment, driver: Driver): string {
  const name = [OWNER, SERVICE].find((candidate) => value(env, candidate) !== undefined);
  if (name === undefined) {
    throw new Failure('DATABASE_URL is not set. Set it, or DATABASE_URL_FILE to a file that holds it.');
  }
  const url = value(env, name) ?? '';
  const expected = driver.schemes.map((scheme) => `${scheme}:`);
  if (!URL.canParse(url)) {
    throw new Failure(`${name} is not a URL. Write it as ${example(driver)}, with special characters percent-encoded.`);
  }
  const { protocol } = new URL(url);
  if (!expected.includes(protocol)) {
    throw new Failure(
      `${name} begins with "${protocol}", but this service uses ${driver.provider}: write ${example(driver)}.`,
    );
  }
  return url;
}

function example(driver: Driver): string {
  return driver.provider === 'sqlite' ? 'file:./path/to.db' : `${driver.provider}://user:password@host/database`;
}

function value(env: Environment, name: string): string | undefined {
  const file = env[`${name}_FILE`];
  if (file === undefined || file === '') return env[name] === '' ? undefined : env[name];
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new Failure(`${name}_FILE names ${file}, which cannot be read (${codeOf(error)}).`);
  }
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function duration(env: Environment, name: string, fallback: number): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const [, amount, unit] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text) ?? [];
  const factor = UNITS[unit ?? ''];
  if (amount === undefined || factor === undefined) {
    throw new Failure(`${name} is "${text}". Write a duration such as 500ms, 10s or 5m.`);
  }
  return Number(amount) * factor;
}
