/** A failure that a person can mend: its message says what is wrong, where, and what to do. Shown without a stack. */
export class Failure extends Error {
  override readonly name = 'Failure';
}

/** Another run is at work; nothing is wrong. */
export class AlreadyRunning extends Error {
  override readonly name = 'AlreadyRunning';
}

export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.map(messageOf).join('; ');
  if (error instanceof Error) return error.message || error.name;
  return String(error);
}
