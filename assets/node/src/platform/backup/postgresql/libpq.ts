import pg from 'pg';
import type { Limits } from '../database-interface.js';
import { Failure, messageOf } from '../failure.js';

/** Where a URL leads, without credentials. */
export function placeOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `postgresql ${host}${pathname}`;
}

export async function withClient<T>(url: string, limits: Limits, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await connect(url, limits);
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

export async function connect(url: string, { connectTimeout, lockTimeout }: Limits): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: connectTimeout,
    lock_timeout: lockTimeout,
    application_name: 'backup',
  });
  // A server that goes away also rejects the query at work.
  client.on('error', () => undefined);
  try {
    await client.connect();
    // Limits of the role are meant for requests: to count the rows of a large table takes longer.
    await client.query('SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0');
  } catch (error) {
    throw new Failure(`${placeOf(url)} cannot be opened: ${messageOf(error)}. Start it, or correct its URL.`);
  }
  return client;
}

/** As libpq reads it. */
export function environmentOf(url: string): Record<string, string> {
  const { hostname, port, username, password, searchParams } = new URL(url);
  const host = searchParams.get('host') ?? decodeURIComponent(hostname);
  const sslmode = searchParams.get('sslmode');
  return {
    PGHOST: host,
    PGPORT: port === '' ? '5432' : port,
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: databaseOf(url),
    PGAPPNAME: 'backup',
    PGCONNECT_TIMEOUT: '10',
    ...(sslmode === null ? {} : { PGSSLMODE: sslmode }),
  };
}

export function databaseOf(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1));
}
