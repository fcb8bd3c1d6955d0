export interface VaultAnswer {
  readonly status: number;
  /** What it said, or an empty object where that was no JSON. */
  readonly body: Readonly<Record<string, unknown>>;
}

interface VaultRequest {
  readonly token?: string;
  readonly body?: object;
  readonly signal?: AbortSignal;
}

/** Speaks Vault's HTTP API. Answers that say yes or no are returned; what says nothing at all throws. */
export class VaultClient {
  readonly address: string;
  readonly #namespace: string | undefined;

  constructor(address: string, namespace?: string) {
    this.address = address.replace(/\/+$/, '');
    this.#namespace = namespace;
  }

  async request(method: 'GET' | 'POST', path: string, request: VaultRequest = {}): Promise<VaultAnswer> {
    const { token, body, signal } = request;
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${this.address}/v1/${path}`, {
        method,
        headers: {
          // Agents that act as a proxy refuse requests without it, as they may come from a browser.
          'X-Vault-Request': 'true',
          ...(token === undefined ? {} : { 'X-Vault-Token': token }),
          ...(this.#namespace === undefined ? {} : { 'X-Vault-Namespace': this.#namespace }),
        },
        // A token is for this address, not for where it may send us.
        redirect: 'error',
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
      });
      text = await response.text();
    } catch (error) {
      throw new Error(`it does not answer (${reasonOf(error)})`);
    }
    const { status } = response;
    if (status === 503) throw new Error('it is sealed or in maintenance');
    if (status >= 500 || status === 429) throw new Error(`it answers with status ${status}`);
    return { status, body: parse(text) };
  }
}

/** A member of an answer that is an object, or an empty one. */
export function objectAt(value: unknown, ...path: readonly string[]): Readonly<Record<string, unknown>> {
  const [member, ...rest] = path;
  const object = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  return member === undefined ? object : objectAt(object[member], ...rest);
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return objectAt(JSON.parse(text));
  } catch {
    return {};
  }
}

function reasonOf(error: unknown): string {
  const { name, cause } = error as Error & { cause?: NodeJS.ErrnoException };
  return cause?.code ?? cause?.message ?? name;
}
