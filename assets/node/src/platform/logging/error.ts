import { inspect } from 'node:util';

export interface SerializedError {
  readonly type: string;
  readonly message: string;
  readonly code?: unknown;
  readonly stack?: string | undefined;
  readonly cause?: SerializedError;
  readonly errors?: readonly SerializedError[];
}

const DEEPEST = 8;

/**
 * An error with the chain of its causes. Other members of an error stay out:
 * libraries hang whole requests on theirs, with headers and credentials in them.
 */
export function serializeError(error: unknown, depth = 0): SerializedError {
  if (!(error instanceof Error)) return { type: typeof error, message: inspect(error, { depth: 2, breakLength: 200 }) };
  const { code } = error as NodeJS.ErrnoException;
  const deeper = depth < DEEPEST;
  return {
    type: error.name,
    message: error.message,
    ...(code === undefined ? {} : { code }),
    stack: error.stack,
    ...(deeper && error.cause !== undefined ? { cause: serializeError(error.cause, depth + 1) } : {}),
    ...(deeper && error instanceof AggregateError
      ? { errors: error.errors.slice(0, DEEPEST).map((one) => serializeError(one, depth + 1)) }
      : {}),
  };
}
