import { Failure } from '../secrets/failure.js';
import { placeOf, type Rotation, secondsOf, storeOf, writeValid } from '../secrets/rotation.js';
import { readFileOrInput } from '../secrets/secret-input.js';
import type { SecretStore } from '../secrets/store.js';
import { turnOf } from './turns.js';

/**
 * Gives a new password to the login whose turn it is. The login in use and its password stay as they are. From before `confirm`
 * until after `commit` it lets nobody else do the same.
 */
export type RenewLogin = (renewal: Renewal) => Promise<void>;

export interface Renewal {
  readonly url: string;
  readonly adminUrl: string;
  /** Stops where `url` is not what the store has any more. */
  confirm(): Promise<void>;
  /** Tells the stores the URL to connect with from now on. */
  commit(renewed: string): Promise<void>;
}

/**
 * Gives a new password to the login whose turn it is and tells the store. Every other secret of the environment that logs in as
 * the same user goes with it, such as the URL of a replica.
 */
export async function rotateLogin(rotation: Rotation, renew: RenewLogin): Promise<void> {
  const { variable, environment, store, context } = rotation;
  const { print } = context;
  const url = await readUrl(store, variable.name);
  if (url === undefined) {
    throw new Failure(`${placeOf(store, variable.name)} has no URL yet. Put the first one there: --from-file <path>.`);
  }
  await refuseTooSoon(rotation);
  const followers = await followersOf(rotation, url);
  await renew({
    url,
    adminUrl: await adminUrl(rotation),
    confirm: async () => {
      if ((await readUrl(store, variable.name)) === url) return;
      throw new Failure(
        `${variable.name} was changed by somebody else in the meantime. Nothing is changed; start over.`,
      );
    },
    // The one that was asked for comes last: as long as it is not written, the rotation can be run again.
    commit: (renewed) => tell(rotation, [...followers, { name: variable.name, store, url }], new URL(renewed)),
  });
  print(
    `The login before it works until the next rotation; do that after every process of ${environment} has read this one.`,
  );
}

async function tell(rotation: Rotation, followers: readonly Follower[], renewed: URL): Promise<void> {
  for (const { name, store, url } of followers) {
    const after = new URL(url);
    after.username = renewed.username;
    after.password = renewed.password;
    await writeValid(rotation, store, name, after.href);
    rotation.context.print(`${name} logs in as ${renewed.username} from now on, in ${placeOf(store, name)}.`);
  }
}

interface Follower {
  readonly name: string;
  readonly store: SecretStore;
  readonly url: string;
}

async function followersOf({ variable, environment, context }: Rotation, url: string): Promise<Follower[]> {
  const followers: Follower[] = [];
  for (const { name, rotation } of context.facts.variables) {
    const store = storeOf(context.stores, environment, name);
    if (name === variable.name || rotation?.method !== 'database login' || store === undefined) continue;
    const other = await readUrl(store, name);
    if (other !== undefined && pairOf(other) === pairOf(url)) followers.push({ name, store, url: other });
  }
  return followers;
}

/** The login whose turn it is must be out of use: a process that has not heard of the last rotation would lose it. */
async function refuseTooSoon({ variable, store, options, settled, context }: Rotation): Promise<void> {
  const changedAt = (await store.describe(variable.name))?.changedAt;
  if (options.soon || changedAt === undefined) return;
  const age = Math.floor(((context.now ?? Date.now)() - changedAt.getTime()) / 1000);
  const wait = Math.max(settled, secondsOf(options.wait, settled));
  if (age >= wait) return;
  throw new Failure(
    `${variable.name} was replaced ${age} s ago, so some process may still log in as the user whose turn it is. Wait ${wait - age} s, or add --soon.`,
  );
}

async function readUrl(store: SecretStore, name: string): Promise<string | undefined> {
  if (store.read === undefined) {
    throw new Failure(
      `${store.name} gives nothing back, so the login in use is not known. Rotate by hand: --from-file.`,
    );
  }
  return await store.read(name);
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

/** Either of two logins that take turns: a rotation that failed half-way left some secrets with the other one. */
function pairOf(url: string): string {
  return URL.canParse(url) ? turnOf(new URL(url).username).base : '';
}
