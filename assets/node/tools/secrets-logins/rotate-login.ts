import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../secrets/failure.js';
import { placeOf, type Rotation, secondsOf, writeValid } from '../secrets/rotation.js';
import { readFileOrInput } from '../secrets/secret-input.js';
import { type Follower, followersOf, loginIn, readUrl, refuseStranded } from './followers.js';
import { newPassword } from './new-password.js';
import { loginOf, turnOf } from './turns.js';

/** Two logins of a kind of database that take turns. */
export interface Logins {
  /**
   * Gives the password to the login whose turn it is. The login in use and its password stay as they are. From before `confirm`
   * until after `commit` it lets nobody else do the same.
   */
  renew(renewal: Renewal): Promise<void>;
  /** Why the login of a URL is not let in; nothing where it is. */
  refusalOf(url: string): Promise<string | undefined>;
}

export interface Renewal {
  readonly url: string;
  readonly adminUrl: string;
  readonly password: string;
  /** False where the login has that password, since a rotation that failed half-way. */
  readonly isNew: boolean;
  /** Stops where `url` is not what the store has any more. */
  confirm(): Promise<void>;
  /** Stops where somebody could not log in from now on. */
  prove(): Promise<void>;
  /** Tells the stores the URL to connect with from now on. */
  commit(): Promise<void>;
}

/** How long a replica may take to hear of a password. */
const ATTEMPTS = 6;
const BETWEEN_ATTEMPTS = 1000;

/**
 * Gives a new password to the login whose turn it is and tells the store. Every other secret of the environment that logs in as
 * the same user goes with it, such as the URL of a replica.
 */
export async function rotateLogin(rotation: Rotation, logins: Logins): Promise<void> {
  const { variable, environment, store, context } = rotation;
  const url = await readUrl(store, variable.name);
  if (url === undefined) {
    throw new Failure(`${placeOf(store, variable.name)} has no URL yet. Put the first one there: --from-file <path>.`);
  }
  const { next } = turnOf(loginOf(url));
  const followers = await followersOf(rotation, url);
  await refuseStranded(rotation, url);
  const kept = await passwordInUse(logins, url, next, followers);
  const main = { name: variable.name, store, url };
  if (kept === undefined) await refuseTooSoon(rotation, [main, ...followers]);
  const password = kept ?? newPassword();
  await logins.renew({
    url,
    adminUrl: await adminUrl(rotation),
    password,
    isNew: kept === undefined,
    confirm: async () => {
      if ((await readUrl(store, variable.name)) === url) return;
      throw new Failure(
        `${variable.name} was changed by somebody else in the meantime. Nothing is changed; start over.`,
      );
    },
    prove: async () => {
      await proveLogin(logins, as(url, next, password), next);
      for (const follower of followers) await proveFollower(logins, follower, next, password);
    },
    // The one that was asked for comes last: as long as it is not written, the rotation can be run again.
    commit: () => tell(rotation, [...followers, main], next, password),
  });
  context.print(
    `The login before it works until the next rotation; do that after every process of ${environment} has read this one.`,
  );
}

async function tell(rotation: Rotation, told: readonly Follower[], login: string, password: string): Promise<void> {
  for (const { name, store, url } of told) {
    const after = as(url, login, password);
    if (after !== url) await writeValid(rotation, store, name, after);
    rotation.context.print(`${name} logs in as ${login} from now on, in ${placeOf(store, name)}.`);
  }
}

/** A rotation that failed half-way told some secrets of the login that is next: whoever read those must not lose it again. */
async function passwordInUse(
  logins: Logins,
  url: string,
  next: string,
  followers: readonly Follower[],
): Promise<string | undefined> {
  for (const follower of followers.filter((each) => loginIn(each.url).user === next)) {
    const password = decodeURIComponent(new URL(follower.url).password);
    if ((await logins.refusalOf(as(url, next, password))) === undefined) return password;
  }
  return undefined;
}

async function proveLogin(logins: Logins, url: string, login: string): Promise<void> {
  const reason = await logins.refusalOf(url);
  if (reason === undefined) return;
  throw new Failure(`${login} cannot log in with its new password, so nothing is changed in the store: ${reason}.`);
}

async function proveFollower(logins: Logins, { name, url }: Follower, login: string, password: string): Promise<void> {
  let reason: string | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (attempt > 0) await sleep(BETWEEN_ATTEMPTS);
    reason = await logins.refusalOf(as(url, login, password));
    if (reason === undefined) return;
  }
  throw new Failure(
    `${name} follows, but ${login} cannot log in where it leads: ${reason}. Nothing is changed in the stores. Mend that and run it again; if it is another server, which only has a login of the same name, add --without ${name}.`,
  );
}

/** The login whose turn it is must be out of use: a process that has not heard of the last rotation would lose it. */
async function refuseTooSoon(rotation: Rotation, read: readonly Follower[]): Promise<void> {
  const { options, settled, context } = rotation;
  if (options.soon) return;
  for (const { name, store } of read) {
    const changedAt = (await store.describe(name))?.changedAt;
    if (changedAt === undefined) continue;
    const age = Math.floor(((context.now ?? Date.now)() - changedAt.getTime()) / 1000);
    const wait = Math.max(settled, secondsOf(options.wait, settled));
    if (age >= wait) continue;
    throw new Failure(
      `${name} was replaced ${age} s ago, so some process may still log in as the user whose turn it is. Wait ${wait - age} s, or add --soon.`,
    );
  }
}

async function adminUrl({ options, context }: Rotation): Promise<string> {
  const { env } = context;
  const path = options['admin-url-file'] ?? env['ADMIN_DATABASE_URL_FILE'];
  const url = path === undefined ? env['ADMIN_DATABASE_URL'] : await readFileOrInput(path);
  if (url === undefined || !URL.canParse(url)) {
    throw new Failure(
      'Making a password needs an administrator of the database: --admin-url-file <path>, or ADMIN_DATABASE_URL with its URL.',
    );
  }
  return url;
}

function as(url: string, login: string, password: string): string {
  const renewed = new URL(url);
  renewed.username = login;
  renewed.password = password;
  return renewed.href;
}
