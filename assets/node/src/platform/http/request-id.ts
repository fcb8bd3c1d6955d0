import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export const REQUEST_ID_HEADER = 'x-request-id';

/** What reaches logs, other services and the client again is bounded in length and cannot break out of a header or a line. */
const ACCEPTABLE = /^[\w.:=+/@-]{1,128}$/;

/** The caller's request id when it is acceptable, or a new one. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers[REQUEST_ID_HEADER];
  return typeof given === 'string' && ACCEPTABLE.test(given) ? given : randomUUID();
}
