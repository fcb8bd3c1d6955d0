import { readFile } from 'node:fs/promises';
import { objectAt, type VaultClient } from './client.js';

export interface VaultToken {
  readonly text: string;
  /** Counts tokens: leases end with the token they were taken with, so a new token means new leases. */
  readonly generation: number;
}

export interface TokenSource {
  /** As messages name who reads, such as `the role orders-prod`. */
  readonly holder: string;
  current(signal?: AbortSignal): Promise<VaultToken>;
  /** Another token than one that was refused something; nothing where that one is good and lacks the right. */
  insteadOf(refused: VaultToken, signal?: AbortSignal): Promise<VaultToken | undefined>;
}

/** Vault knows who asks, and says no; trying again changes nothing. */
export class VaultRefusal extends Error {
  override readonly name = 'VaultRefusal';
}

/** The token that a Vault agent keeps in a file. */
export class TokenFile implements TokenSource {
  readonly holder: string;
  readonly #path: string;
  #token: VaultToken | undefined;

  constructor(path: string) {
    this.#path = path;
    this.holder = `the token in ${path}`;
  }

  async current(): Promise<VaultToken> {
    const text = (await readText(this.#path, 'the agent writes it')).trim();
    if (text !== this.#token?.text) this.#token = { text, generation: (this.#token?.generation ?? 0) + 1 };
    return this.#token as VaultToken;
  }

  /** Only the agent brings another one. */
  async insteadOf(refused: VaultToken): Promise<VaultToken | undefined> {
    const token = await this.current();
    return token.text === refused.text ? undefined : token;
  }
}

export interface KubernetesLoginOptions {
  readonly role: string;
  /** Where the auth method is mounted. */
  readonly mount: string;
  /** The service account's token. */
  readonly jwtFile: string;
}

interface Session extends VaultToken {
  readonly renewable: boolean;
  /** Milliseconds it was given for at first; zero means for ever. */
  readonly duration: number;
  readonly expiresAt: number;
}

/** A token of Vault's Kubernetes auth method: got by logging in, renewed while that is possible, then got again. */
export class KubernetesLogin implements TokenSource {
  readonly holder: string;
  readonly #client: VaultClient;
  readonly #options: KubernetesLoginOptions;
  #session: Session | undefined;
  #generation = 0;

  constructor(client: VaultClient, options: KubernetesLoginOptions) {
    this.#client = client;
    this.#options = options;
    this.holder = `the role ${options.role}`;
  }

  async current(signal?: AbortSignal): Promise<VaultToken> {
    const session = this.#session;
    const isFresh = session && (session.duration === 0 || session.expiresAt - Date.now() > session.duration / 2);
    if (!isFresh) this.#session = (session && (await this.#renew(session, signal))) ?? (await this.#login(signal));
    return this.#session as VaultToken;
  }

  async insteadOf(refused: VaultToken, signal?: AbortSignal): Promise<VaultToken | undefined> {
    if (this.#session?.text === refused.text) {
      if (await this.#isGood(refused, signal)) return undefined;
      this.#session = undefined;
    }
    return await this.current(signal);
  }

  /** Vault answers 403 to a token that was revoked and to one that lacks a right; every token may look at itself. */
  async #isGood({ text }: VaultToken, signal?: AbortSignal): Promise<boolean> {
    const request = { token: text, ...(signal && { signal }) };
    return (await this.#client.request('GET', 'auth/token/lookup-self', request)).status === 200;
  }

  async #login(signal?: AbortSignal): Promise<Session> {
    const { role, mount, jwtFile } = this.#options;
    const jwt = (await readText(jwtFile, 'Kubernetes mounts it there for the service account')).trim();
    const request = { body: { role, jwt }, ...(signal && { signal }) };
    const { status, body } = await this.#client.request('POST', `auth/${mount}/login`, request);
    const auth = objectAt(body, 'auth');
    if (status !== 200 || typeof auth['client_token'] !== 'string') {
      throw new VaultRefusal(
        `the login as ${role} at auth/${mount} was refused (status ${status}); the role must name this service account and namespace`,
      );
    }
    this.#generation += 1;
    return sessionOf(auth, auth['client_token'], this.#generation);
  }

  /** Nothing where the token is at the end of its life, so that only a login helps. */
  async #renew(session: Session, signal?: AbortSignal): Promise<Session | undefined> {
    if (!session.renewable || session.expiresAt <= Date.now()) return undefined;
    const increment = `${Math.round(session.duration / 1000)}s`;
    const request = { token: session.text, body: { increment }, ...(signal && { signal }) };
    const { status, body } = await this.#client.request('POST', 'auth/token/renew-self', request);
    if (status !== 200) return undefined;
    const renewed = sessionOf(objectAt(body, 'auth'), session.text, session.generation);
    return renewed.duration > session.duration / 2 ? { ...renewed, duration: session.duration } : undefined;
  }
}

function sessionOf(auth: Readonly<Record<string, unknown>>, text: string, generation: number): Session {
  const duration = Number(auth['lease_duration'] ?? 0) * 1000;
  return { text, generation, renewable: auth['renewable'] === true, duration, expiresAt: Date.now() + duration };
}

async function readText(path: string, origin: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new Error(`${path} cannot be read (${(error as NodeJS.ErrnoException).code}); ${origin}`);
  }
}
