/** How a connection is encrypted; files are paths. */
export interface Encryption {
  /** Whether the server must prove by a certificate that it is the host of the URL. */
  readonly isVerified: boolean;
  /** The authority of its certificate; without one, those that the process trusts. */
  readonly ca?: string;
  /** What the client proves itself by. */
  readonly cert?: string;
  readonly key?: string;
}

/** Each by its own words: Prisma's, the driver's, and those of MySQL's programs. */
const VERIFIED: Readonly<Record<string, Readonly<Record<string, boolean | undefined>>>> = {
  sslaccept: { strict: true, accept_invalid_certs: false },
  ssl: { true: true, '1': true, false: undefined, '0': undefined },
  'ssl-mode': { VERIFY_IDENTITY: true, REQUIRED: false, DISABLED: undefined },
};

/** What the parameters of a URL say of encryption, or what is wrong with them, as a clause. */
export function encryptionOf(parameters: URLSearchParams): Encryption | undefined | string {
  const said = Object.keys(VERIFIED).filter((name) => parameters.has(name));
  if (said.length > 1) return `says by ${said.join(' and ')} how it is encrypted: write one of them`;
  const [how] = said;
  const value = how === undefined ? '' : (parameters.get(how) ?? '');
  if (how !== undefined && !Object.hasOwn(VERIFIED[how] ?? {}, value)) {
    return `has ${how}=${value}, which is not known here: write one of ${Object.keys(VERIFIED[how] ?? {}).join(', ')}`;
  }
  const files = {
    // Prisma's name for it is not that of MySQL.
    ca: parameters.get('ssl-ca') ?? parameters.get('sslcert'),
    cert: parameters.get('ssl-cert'),
    key: parameters.get('ssl-key'),
  };
  const given = Object.fromEntries(Object.entries(files).filter(([, path]) => path !== null));
  // Who names a certificate means to have it looked at.
  const implied = Object.keys(given).length > 0 ? true : undefined;
  const isVerified = how === undefined ? implied : VERIFIED[how]?.[value];
  return isVerified === undefined ? undefined : { isVerified, ...given };
}
