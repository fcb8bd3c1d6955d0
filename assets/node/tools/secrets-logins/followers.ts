import { type Declaration, placed } from '../../src/platform/config/declaration.js';
import { parse } from '../../src/platform/config/load.js';
import { Failure } from '../secrets/failure.js';
import { type Rotation, storeOf } from '../secrets/rotation.js';
import type { SecretStore } from '../secrets/store.js';
import { turnOf } from './turns.js';

/** A secret that logs in as one of the two logins. */
export interface Follower {
  readonly name: string;
  readonly store: SecretStore;
  readonly url: string;
}

/** The other secrets of the environment that log in as one of the two logins and rotate with them, such as the URL of a replica. */
export async function followersOf(rotation: Rotation, url: string): Promise<Follower[]> {
  const { pair } = loginIn(url);
  const others = candidates(rotation).filter(({ method }) => method === 'database login');
  const read = await Promise.all(
    others.map(async ({ name, store }) => ({ name, store, url: await readUrl(store, name) })),
  );
  return read.flatMap((other) =>
    other.url !== undefined && loginIn(other.url).pair === pair ? [{ ...other, url: other.url }] : [],
  );
}

/** Stops where a secret that does not rotate with them would lose its login now; names one that would lose it the next time. */
export async function refuseStranded(rotation: Rotation, url: string): Promise<void> {
  const { pair, user } = loginIn(url);
  const others = candidates(rotation).filter(
    ({ method, declaration }) => method !== 'database login' && isUrlLike(declaration, url),
  );
  for (const { name, store } of others) {
    // Whoever rotates one secret need not be allowed to read every other.
    const other = loginIn((await store.read?.(name).catch(() => undefined)) ?? '');
    if (other.pair !== pair) continue;
    const way = `Give it a login of its own, or declare it with Rotation.databaseLogin()`;
    if (other.user !== user) {
      throw new Failure(
        `${name} logs in as ${other.user}, which would get another password now, and does not follow. ${way}. If that login is of another server, add --without ${name}. Nothing is changed.`,
      );
    }
    rotation.context.print(
      `${name} logs in as ${user} too, and does not follow: the next rotation would take its password. ${way}.`,
    );
  }
}

/** Their URL, where the store gives it back. */
export async function readUrl(store: SecretStore, name: string): Promise<string | undefined> {
  if (store.read === undefined) {
    throw new Failure(
      `${store.name} gives nothing back, so the login in use is not known. Rotate by hand: --from-file.`,
    );
  }
  return await store.read(name);
}

/** Who a text logs in as; either of two logins that take turns is of the same pair. */
export function loginIn(text: string): { readonly user: string; readonly pair: string | undefined } {
  const user = URL.canParse(text) ? decodeURIComponent(new URL(text).username) : '';
  return { user, pair: user === '' ? undefined : turnOf(user).base };
}

function candidates({ variable, environment, context, options }: Rotation) {
  const declarations = new Map(placed(context.declarations).map(({ declaration }) => [declaration.name, declaration]));
  return context.facts.variables.flatMap(({ name, secret, rotation }) => {
    const store = secret ? storeOf(context.stores, environment, name) : undefined;
    return store === undefined || name === variable.name || options.without?.includes(name)
      ? []
      : [{ name, store, method: rotation?.method, declaration: declarations.get(name) }];
  });
}

/** Whether it may hold such a URL. */
function isUrlLike(declaration: Declaration | undefined, url: string): boolean {
  return declaration !== undefined && 'value' in parse(declaration, url);
}
