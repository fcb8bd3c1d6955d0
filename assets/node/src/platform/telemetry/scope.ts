import { AsyncLocalStorage } from 'node:async_hooks';

/** What code belongs to, wherever it has waited in between: a request, and a span within it. */
export interface Scope {
  readonly requestId: string | undefined;
  /** The context of the trace; undefined where nothing is traced. */
  readonly trace: unknown;
  /** Of work that is nobody's request: what it asks of others is neither measured nor traced, and carries no ids. */
  readonly suppressed?: boolean | undefined;
}

/** One storage for everything: each one would cost all that waits. */
export const scopes = new AsyncLocalStorage<Scope>();
