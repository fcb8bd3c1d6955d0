import { AsyncLocalStorage } from 'node:async_hooks';

/** What code belongs to, wherever it has waited in between: a request, and a span within it. */
export interface Scope {
  readonly requestId: string | undefined;
  /** The context of the trace; undefined where nothing is traced. */
  readonly trace: unknown;
}

/** One storage for everything: each one would cost all that waits. */
export const scopes = new AsyncLocalStorage<Scope>();
