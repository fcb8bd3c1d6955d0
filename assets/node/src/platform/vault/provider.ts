import { type Provided, ProviderFailure, type SecretProvider } from '../config/provider.js';
import { objectAt, VaultClient } from './client.js';
import { type DatabaseLogin, LeasedLogin } from './lease.js';
import { KubernetesLogin, TokenFile, type TokenSource, VaultRefusal, type VaultToken } from './token.js';

export interface VaultOptions {
  /** Such as `https://vault.internal:8200`. */
  readonly address: string;
  readonly namespace?: string;
  /** How the service says who it is: as a service account of Kubernetes, or with the token that an agent keeps. */
  readonly auth: KubernetesAuth | { readonly tokenFile: string };
  /** Where the KV engine (version 2) is mounted. */
  readonly mount: string;
  /** The path below the mount, by config variable; the secret is its member `value`. */
  readonly paths: Readonly<Record<string, string>>;
  /** Logins that Vault makes, by the config variable that holds the database's URL. */
  readonly databases?: Readonly<Record<string, DatabaseLogin>>;
}

interface KubernetesAuth {
  readonly role: string;
  readonly mount: string;
  readonly jwtFile: string;
}

type Outcome = Provided | ProviderFailure | 'refused' | undefined;

/** Reads secrets from HashiCorp Vault or OpenBao; whoever it is, it is called Vault here. */
export function vault(options: VaultOptions): SecretProvider {
  return new Vault(options);
}

class Vault implements SecretProvider {
  readonly name: string;
  readonly places: Readonly<Record<string, string>>;
  readonly #options: VaultOptions;
  readonly #client: VaultClient;
  readonly #tokens: TokenSource;
  readonly #logins: ReadonlyMap<string, LeasedLogin>;
  /** What was refused to a token that was new: the token is not the reason. By variable, the token's generation. */
  readonly #lacking = new Map<string, number>();

  constructor(options: VaultOptions) {
    const { address, namespace, auth, mount, paths, databases = {} } = options;
    this.#options = options;
    this.#client = new VaultClient(address, namespace);
    this.#tokens = 'tokenFile' in auth ? new TokenFile(auth.tokenFile) : new KubernetesLogin(this.#client, auth);
    this.#logins = new Map(
      Object.entries(databases).map(([variable, login]) => [variable, new LeasedLogin(this.#client, login)]),
    );
    this.name = `Vault at ${this.#client.address}`;
    this.places = {
      ...Object.fromEntries(Object.entries(paths).map(([variable, path]) => [variable, `${mount}/${path}`])),
      ...Object.fromEntries(Object.entries(databases).map(([variable, { credentials }]) => [variable, credentials])),
    };
  }

  async read(
    variables: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, Provided | ProviderFailure>> {
    let outcomes: ReadonlyMap<string, Outcome>;
    try {
      outcomes = await this.#readAll(variables, signal);
    } catch (error) {
      if (!(error instanceof VaultRefusal)) throw error;
      return new Map(variables.map((variable) => [variable, new ProviderFailure(error.message)]));
    }
    return new Map(
      [...outcomes].flatMap(([variable, outcome]) =>
        outcome === undefined ? [] : [[variable, outcome === 'refused' ? this.#denied(variable) : outcome]],
      ),
    );
  }

  /** A token that was revoked is refused like one that lacks the right, and only of the first does another one read more. */
  async #readAll(variables: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Outcome>> {
    const first = await this.#tokens.current(signal);
    const outcomes = await this.#readWith(first, variables, signal);
    const refused = refusedIn(outcomes);
    // Another token means another login to the database, and the one before stays until its lease ends.
    if (refused.every((variable) => this.#lacking.get(variable) === first.generation)) return outcomes;
    const second = await this.#tokens.insteadOf(first, signal);
    if (second === undefined) return outcomes;
    const again = await this.#readWith(second, refused, signal);
    for (const variable of refusedIn(again)) this.#lacking.set(variable, second.generation);
    return new Map([...outcomes, ...again]);
  }

  async #readWith(token: VaultToken, variables: readonly string[], signal: AbortSignal): Promise<Map<string, Outcome>> {
    const outcomes = variables.map(async (variable) => {
      const login = this.#logins.get(variable);
      const outcome = login ? login.current(token, signal) : this.#readSecret(token, variable, signal);
      return [variable, await outcome] as const;
    });
    return new Map(await Promise.all(outcomes));
  }

  async #readSecret(token: VaultToken, variable: string, signal: AbortSignal): Promise<Outcome> {
    const { mount, paths } = this.#options;
    const path = `${mount}/data/${paths[variable]}`;
    const { status, body } = await this.#client.request('GET', path, { token: token.text, signal });
    if (status === 403) return 'refused';
    // Never written, or its newest version was deleted.
    if (status === 404) return undefined;
    const { value } = objectAt(body, 'data', 'data');
    if (status !== 200 || typeof value !== 'string') {
      return new ProviderFailure(`it holds no text in the member "value" there (status ${status})`);
    }
    const { version, created_time: created } = objectAt(body, 'data', 'metadata');
    return {
      text: value,
      version: String(version),
      ...(typeof created === 'string' ? { changedAt: new Date(created) } : {}),
    };
  }

  #denied(variable: string): ProviderFailure {
    return new ProviderFailure(
      `it is denied to ${this.#tokens.holder}; apply the policy that lets it read ${this.places[variable]}`,
    );
  }
}

function refusedIn(outcomes: ReadonlyMap<string, Outcome>): string[] {
  return [...outcomes].flatMap(([variable, outcome]) => (outcome === 'refused' ? [variable] : []));
}
