import pg from 'pg';
import { parameterProblem } from '../../postgresql-url/parameters.js';
import type { Limits } from '../database-interface.js';
import { Failure, messageOf } from '../failure.js';
import { authoritiesFile } from '../program.js';

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
  const problem = parameterProblem(url);
  if (problem !== undefined) throw new Failure(`The URL of ${placeOf(url)} ${problem}.`);
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

/** As libpq reads it: whatever the URL says to the driver is said to programs too. */
export function environmentOf(url: string): Record<string, string> {
  const { hostname, port, username, password, searchParams } = new URL(url);
  const given = (name: string) => searchParams.get(name) || undefined;
  return defined({
    PGHOST: given('host') ?? decodeURIComponent(hostname).replace(/^\[(.*)\]$/, '$1'),
    PGPORT: given('port') ?? (port === '' ? '5432' : port),
    PGUSER: given('user') ?? decodeURIComponent(username),
    PGPASSWORD: given('password') ?? decodeURIComponent(password),
    PGDATABASE: databaseOf(url),
    PGOPTIONS: given('options'),
    PGAPPNAME: 'backup',
    PGCONNECT_TIMEOUT: '10',
    PGSSLCERT: given('sslcert'),
    PGSSLKEY: given('sslkey'),
    PGSSLNEGOTIATION: given('sslnegotiation'),
    ...verification(searchParams),
  });
}

/** Who the server must prove to be: to programs it is the same as to the driver, whose words for it differ from libpq's. */
function verification(parameters: URLSearchParams): Record<string, string | undefined> {
  const root = parameters.get('sslrootcert') || undefined;
  const mode = parameters.get('sslmode') ?? impliedMode(parameters);
  if (mode === undefined || mode === 'disable') return { PGSSLMODE: mode };
  if (mode === 'no-verify') return { PGSSLMODE: 'require' };
  const strict = parameters.get('uselibpqcompat') === 'true' ? mode : 'verify-full';
  return { PGSSLMODE: strict, PGSSLROOTCERT: root ?? (strict === 'verify-full' ? authoritiesFile() : undefined) };
}

function impliedMode(parameters: URLSearchParams): string | undefined {
  const ssl = parameters.get('ssl');
  const isImplied = ['sslrootcert', 'sslcert', 'sslkey'].some((name) => parameters.get(name));
  if (isImplied || ssl === 'true' || ssl === '1') return 'verify-full';
  if (ssl === '0') return 'disable';
  if (ssl === 'no-verify') return ssl;
  return parameters.get('sslnegotiation') === 'direct' ? 'verify-full' : undefined;
}

function defined(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

export function databaseOf(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1));
}
