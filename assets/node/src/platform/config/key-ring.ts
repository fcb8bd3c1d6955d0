import { createHmac, timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';

/** Keys that are valid at the same time while one takes over from another: the first one signs, all of them verify. */
export class KeyRing {
  readonly #all: readonly [string, ...string[]];

  constructor(all: readonly [string, ...string[]]) {
    this.#all = all;
  }

  get all(): readonly [string, ...string[]] {
    return this.#all;
  }

  /** The key to sign or encrypt with. */
  get current(): string {
    return this.all[0];
  }

  /** An HMAC-SHA256 of the data by the current key, in base64url. */
  sign(data: string): string {
    return mac(this.current, data);
  }

  /** Whether any of the keys made this signature; takes as long for a wrong one as for a right one. */
  verify(data: string, signature: string): boolean {
    const given = Buffer.from(signature);
    // Every key is tried, so that time does not tell which one it was.
    return this.all.map((key) => equal(Buffer.from(mac(key, data)), given)).includes(true);
  }

  /** Out of its secret it prints no more than in it. */
  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}

function mac(key: string, data: string): string {
  return createHmac('sha256', key).update(data).digest('base64url');
}

function equal(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
