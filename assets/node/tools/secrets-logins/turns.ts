import { Failure } from '../secrets/failure.js';

const SUFFIX = '_alt';

/** Two logins of which one is in use while the other gets a new password. */
export interface Turn {
  readonly base: string;
  /** The one whose turn it is. */
  readonly next: string;
}

export function turnOf(current: string): Turn {
  const base = current.endsWith(SUFFIX) ? current.slice(0, -SUFFIX.length) : current;
  return { base, next: current === base ? alternateOf(base) : base };
}

export function alternateOf(base: string): string {
  return `${base}${SUFFIX}`;
}

/** Who a URL logs in as. */
export function loginOf(url: string): string {
  const login = URL.canParse(url) ? decodeURIComponent(new URL(url).username) : '';
  if (login === '') throw new Failure('The secret is no URL with a login, so there is no login to rotate.');
  return login;
}
