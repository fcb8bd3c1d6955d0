/** What the driver takes from a URL, and of `schema` we do; everything else it drops without a word. */
const READ = new Set([
  'application_name',
  'client_encoding',
  'fallback_application_name',
  'host',
  'idle_in_transaction_session_timeout',
  'lock_timeout',
  'options',
  'password',
  'port',
  'query_timeout',
  'schema',
  'ssl',
  'sslcert',
  'sslkey',
  'sslmode',
  'sslnegotiation',
  'sslrootcert',
  'statement_timeout',
  'uselibpqcompat',
  'user',
]);

/** Where what others write into the URL is said here. */
const INSTEAD: Readonly<Record<string, string>> = {
  channel_binding: 'use sslmode=verify-full, which proves who the server is',
  connect_timeout: 'set DATABASE_CONNECT_TIMEOUT',
  connection_limit: 'set DATABASE_POOL_SIZE',
  pgbouncer: 'set DATABASE_PGBOUNCER',
  pool_timeout: 'set DATABASE_CONNECT_TIMEOUT',
  socket_timeout: 'set DATABASE_STATEMENT_TIMEOUT',
  sslaccept: 'write sslmode=verify-full or, for accept_invalid_certs, sslmode=no-verify',
  sslidentity: 'write sslcert and sslkey, the paths of a certificate and its key',
  sslpassword: 'write sslkey, the path of a key that has no passphrase',
};

const MODES = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'];

/** What of a URL would be dropped in silence, as a clause, with the way to say it; a limit or encryption that is thought to be there is worse than none. */
export function parameterProblem(url: string): string | undefined {
  const { searchParams } = new URL(url);
  for (const [name, value] of searchParams) {
    if (!READ.has(name)) {
      return `has the parameter ${JSON.stringify(name)}, which would have no effect: remove it${Object.hasOwn(INSTEAD, name) ? `, and ${INSTEAD[name]}` : ''}`;
    }
    if (name === 'sslmode' && !MODES.includes(value)) {
      return `has sslmode=${value}, which the driver does not know: write one of ${MODES.join(', ')}`;
    }
    if (name === 'ssl' && !['true', '1', '0', 'no-verify'].includes(value)) {
      return `has ssl=${value}, which the driver takes for yes: write sslmode=disable or sslmode=verify-full`;
    }
  }
  return undefined;
}
