import type { Connection } from 'mariadb';
import { Failure } from '../secrets/failure.js';

/** Something an account may do. */
export interface Grant {
  /** Each of its rights, the same for all accounts that have it. */
  readonly rights: readonly string[];
  /** The statement that lets another account do it. */
  readonly to: (account: string) => string;
}

const GRANT = /^GRANT (.+) TO [`'"].+[`'"]@[`'"].*?[`'"](.*)$/;
const DEFAULT_ROLE = /^SET DEFAULT ROLE (.+) FOR /;

/** What an account may do, by the server's own statements, without what they say of its password. */
export async function grantsOf(admin: Connection, user: string, host: string): Promise<Grant[]> {
  const rows = await admin.query<Record<string, string>[]>('SHOW GRANTS FOR ?@?', [user, host]);
  return rows.flatMap((row) => {
    const [text = ''] = Object.values(row);
    const role = DEFAULT_ROLE.exec(text)?.[1];
    if (role !== undefined) {
      return [{ rights: [`DEFAULT ROLE ${role}`], to: (account) => `SET DEFAULT ROLE ${role} FOR ${account}` }];
    }
    const [, what, more = ''] = GRANT.exec(text) ?? [];
    if (what === undefined) return [];
    const option = / WITH (GRANT|ADMIN) OPTION/.exec(more)?.[0] ?? '';
    // Everybody who may log in has it.
    if (what === 'USAGE ON *.*') return [];
    return [{ rights: rightsIn(what, option), to: (account) => `GRANT ${what} TO ${account}${option}` }];
  });
}

/** `SELECT (id, name), INSERT ON x` is two rights. */
function rightsIn(what: string, option: string): string[] {
  const [, list = what, on = ''] = /^(.+)( ON .+)$/.exec(what) ?? [];
  return list.split(/, (?![^(]*\))/).map((right) => `${right}${on}${option}`);
}

/** Whether the account must come by TLS; what else can be asked of its certificate is for a person to repeat. */
export async function requirementOf(admin: Connection, user: string, host: string): Promise<string> {
  const [row = {}] = await admin.query<Record<string, string>[]>('SHOW CREATE USER ?@?', [user, host]);
  const [text = ''] = Object.values(row);
  const [, kind = 'NONE'] = /\bREQUIRE (\w+)/.exec(text) ?? [];
  if (['NONE', 'SSL', 'X509'].includes(kind)) return `REQUIRE ${kind}`;
  throw new Failure(`${user} must show a certificate (REQUIRE ${kind} …). Make ${user}_alt by hand, with its own.`);
}
