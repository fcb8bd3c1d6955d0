/** A store of secrets, read over a connection. Nothing connects before the first read. */
export interface SecretProvider {
  /** As messages and logs name it, such as `AWS Secrets Manager in eu-west-1`. */
  readonly name: string;
  /** What it keeps: the place in the store, as messages show it, by config variable. */
  readonly places: Readonly<Record<string, string>>;
  /**
   * Reads some of its variables in as few requests as it can. What the store does not have is left out of the answer; what
   * it refuses is a failure by itself. Throws when nothing can be said at all, such as when the store is unreachable.
   */
  read(variables: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Provided | ProviderFailure>>;
  close?(): Promise<void>;
}

/** What a store has under a place. */
export interface Provided {
  readonly text: string;
  /** As the store counts; logs show it, so it must say nothing of the text. */
  readonly version?: string | undefined;
  /** When the store got this text, where it knows. */
  readonly changedAt?: Date | undefined;
}

/** Why one variable could not be read, and how to mend that: a clause that follows "cannot be read from …:". */
export class ProviderFailure {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/** The providers of each environment; of two that keep the same variable, the last wins. */
export type Providers = Readonly<Record<string, readonly SecretProvider[]>>;

export interface ProviderOutcome {
  /** A clause for each variable that could not be read. */
  readonly failures: ReadonlyMap<string, string>;
  readonly provided: ReadonlyMap<string, Provided & { readonly origin: string }>;
  /** Where each of the variables belongs, whether it is there or not. */
  readonly places: ReadonlyMap<string, string>;
  /** Whether a store could not be reached, which may be over in a moment. */
  readonly unreachable: boolean;
}

/** Milliseconds for one round of reading, however many requests that takes. */
const READ_TIMEOUT = 10_000;

/** Asks every provider at once for those of the variables that it keeps. */
export async function readProviders(
  providers: readonly SecretProvider[],
  variables: readonly string[],
  timeout = READ_TIMEOUT,
): Promise<ProviderOutcome> {
  const failures = new Map<string, string>();
  const provided = new Map<string, Provided & { origin: string }>();
  const places = new Map<string, string>();
  let unreachable = false;
  const answers = await Promise.all(providers.map((provider) => answerOf(provider, variables, timeout)));
  for (const { provider, wanted, answer } of answers) {
    for (const variable of wanted) {
      const origin = `${provider.name}, ${provider.places[variable]}`;
      places.set(variable, origin);
      const found = answer instanceof Error ? answer : answer.get(variable);
      if (found === undefined) continue;
      provided.delete(variable);
      failures.delete(variable);
      if (found instanceof Error || found instanceof ProviderFailure) {
        unreachable ||= found instanceof Error;
        failures.set(variable, `cannot be read from ${origin}: ${found.message}`);
      } else {
        provided.set(variable, { ...found, origin });
      }
    }
  }
  return { failures, provided, places, unreachable };
}

async function answerOf(provider: SecretProvider, variables: readonly string[], timeout: number) {
  const wanted = variables.filter((variable) => variable in provider.places);
  if (wanted.length === 0) return { provider, wanted, answer: new Map<string, Provided>() };
  const signal = AbortSignal.timeout(timeout);
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error(`no answer within ${timeout} ms`)));
  });
  try {
    return { provider, wanted, answer: await Promise.race([provider.read(wanted, signal), late]) };
  } catch (error) {
    return { provider, wanted, answer: error instanceof Error ? error : new Error(String(error)) };
  }
}
