import { readFileSync } from 'node:fs';
import { UrlProblem } from '../url-problem/problem.js';
import { type Encryption, encryptionOf } from './encryption.js';

/** How the driver reaches a database. */
export interface Settings {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly socketPath?: string;
  readonly ssl?: {
    rejectUnauthorized: boolean;
    /** Whose certificate it must be; the driver would leave it to the socket, which forgets what is an address. */
    host: string;
    ca?: string;
    cert?: string;
    key?: string;
  };
  readonly allowPublicKeyRetrieval: boolean;
}

/** Where what others write into the URL is said here. */
const INSTEAD: Readonly<Record<string, string>> = {
  connect_timeout: 'set DATABASE_CONNECT_TIMEOUT',
  connection_limit: 'set DATABASE_POOL_SIZE',
  pool_timeout: 'set DATABASE_CONNECT_TIMEOUT',
  socket_timeout: 'set DATABASE_STATEMENT_TIMEOUT',
  sslidentity: 'write ssl-cert and ssl-key, the paths of a certificate and its key',
  sslmode: 'write ssl-mode=VERIFY_IDENTITY, or sslaccept=strict',
  sslpassword: 'write ssl-key, the path of a key that has no passphrase',
};

const READ = ['socket', 'ssl', 'ssl-ca', 'ssl-cert', 'ssl-key', 'ssl-mode', 'sslaccept', 'sslcert'];

/**
 * What a URL says, for everything that connects by it.
 *
 * @throws UrlProblem where it says what nothing here could keep, such as a limit or an encryption of another kind
 */
export function settingsOf(text: string): Settings {
  const url = new URL(text);
  for (const name of url.searchParams.keys()) {
    if (READ.includes(name)) continue;
    const instead = Object.hasOwn(INSTEAD, name) ? `, and ${INSTEAD[name]}` : '';
    throw problem(url, `has the parameter ${JSON.stringify(name)}, which would have no effect: remove it${instead}`);
  }
  const socket = url.searchParams.get('socket');
  const encryption = tlsOf(text);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return {
    host,
    port: url.port === '' ? 3306 : Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    ...(socket === null ? {} : { socketPath: socket }),
    ...(encryption === undefined ? {} : { ssl: { host, ...read(url, encryption) } }),
    // Without encryption the password is encrypted to a key of the server; with it, there is no need to believe such a key.
    allowPublicKeyRetrieval: encryption === undefined,
  };
}

/** How a connection is encrypted; undefined where it is not. */
export function tlsOf(text: string): Encryption | undefined {
  const url = new URL(text);
  const encryption = encryptionOf(url.searchParams);
  if (typeof encryption === 'string') throw problem(url, encryption);
  return encryption;
}

function read(url: URL, { isVerified, ca, cert, key }: Encryption): Omit<NonNullable<Settings['ssl']>, 'host'> {
  const text = (path: string) => textOf(path, url);
  return {
    rejectUnauthorized: isVerified,
    ...(ca === undefined ? {} : { ca: text(ca) }),
    ...(cert === undefined ? {} : { cert: text(cert) }),
    ...(key === undefined ? {} : { key: text(key) }),
  };
}

function textOf(path: string, url: URL): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const [name] = [...url.searchParams].find(([, value]) => value === path) ?? [];
    const { code } = error as NodeJS.ErrnoException;
    throw problem(
      url,
      `has ${name}=${path}, a file that cannot be read (${code}): correct its path or its permissions`,
    );
  }
}

function problem({ host, pathname }: URL, what: string): UrlProblem {
  return new UrlProblem(`The URL of mysql ${host}${pathname} ${what}.`);
}
