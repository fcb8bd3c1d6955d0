import type { Provided } from '../config/provider.js';
import { ProviderFailure } from '../config/provider.js';
import { objectAt, type VaultAnswer, type VaultClient } from './client.js';
import type { VaultToken } from './token.js';

export interface DatabaseLogin {
  /** Where Vault makes logins, such as `database/creds/orders-prod`. */
  readonly credentials: string;
  /** The database, as a URL without a login. */
  readonly url: string;
}

interface Lease {
  readonly id: string;
  readonly provided: Provided;
  readonly renewable: boolean;
  readonly generation: number;
  /** Milliseconds it was given for at first. */
  readonly duration: number;
  readonly expiresAt: number;
}

/**
 * A database login that Vault makes for this process alone and takes away when its lease ends. It is renewed while that is
 * possible and replaced in good time before it is not, so that the old and the new one are valid together for a while.
 */
export class LeasedLogin {
  readonly #client: VaultClient;
  readonly #login: DatabaseLogin;
  #lease: Lease | undefined;

  constructor(client: VaultClient, login: DatabaseLogin) {
    this.#client = client;
    this.#login = login;
  }

  async current(token: VaultToken, signal?: AbortSignal): Promise<Provided | ProviderFailure | 'refused' | undefined> {
    const lease = this.#lease;
    const isOurs = lease?.generation === token.generation;
    if (lease && isOurs && lease.expiresAt - Date.now() > lease.duration / 2) return lease.provided;
    try {
      const renewed = lease && isOurs ? await this.#renew(lease, token, signal) : undefined;
      return renewed ?? (await this.#take(token, signal));
    } catch (error) {
      if (lease && lease.expiresAt <= Date.now()) {
        const ended = new Date(lease.expiresAt).toISOString();
        throw new Error(`${(error as Error).message}; the lease of ${this.#login.credentials} ended at ${ended}`);
      }
      throw error;
    }
  }

  async #take(token: VaultToken, signal?: AbortSignal): Promise<Provided | ProviderFailure | 'refused' | undefined> {
    const request = { token: token.text, ...(signal && { signal }) };
    const { status, body } = await this.#client.request('GET', this.#login.credentials, request);
    if (status === 403) return 'refused';
    const { username, password } = objectAt(body, 'data');
    if (status !== 200 || typeof username !== 'string' || typeof password !== 'string') {
      // Vault answers 400 both for a role it does not know and for a database it cannot reach.
      return new ProviderFailure(
        `it makes no login there (status ${status}); see that the database role exists and works`,
      );
    }
    const issued = new Date();
    const { text, version } = { text: withLogin(this.#login.url, username, password), version: issued.toISOString() };
    this.#lease = leaseOf({ status, body }, { text, version, changedAt: issued }, token.generation);
    return this.#lease.provided;
  }

  /** Nothing where the lease is at the end of its life or already gone, so that only another one helps. */
  async #renew(lease: Lease, token: VaultToken, signal?: AbortSignal): Promise<Provided | undefined> {
    if (!lease.renewable || lease.expiresAt <= Date.now()) return undefined;
    const request = {
      token: token.text,
      body: { lease_id: lease.id, increment: Math.round(lease.duration / 1000) },
      ...(signal && { signal }),
    };
    const answer = await this.#client.request('POST', 'sys/leases/renew', request);
    if (answer.status !== 200) return undefined;
    const renewed = leaseOf(answer, lease.provided, lease.generation);
    if (renewed.duration <= lease.duration / 2) return undefined;
    this.#lease = { ...renewed, duration: lease.duration };
    return lease.provided;
  }
}

function leaseOf({ body }: VaultAnswer, provided: Provided, generation: number): Lease {
  const duration = Number(body['lease_duration'] ?? 0) * 1000;
  return {
    id: String(body['lease_id']),
    provided,
    renewable: body['renewable'] === true,
    generation,
    duration,
    expiresAt: Date.now() + duration,
  };
}

function withLogin(url: string, username: string, password: string): string {
  const complete = new URL(url);
  complete.username = encodeURIComponent(username);
  complete.password = encodeURIComponent(password);
  return complete.toString();
}
