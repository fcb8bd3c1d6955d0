import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { AccessLog } from './access-log.js';
import { Problem } from './problem.js';
import { SECURITY_HEADERS } from './security-headers.js';

const STATUS: Readonly<Record<string, number>> = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 };

/** Answers what never became a whole request: broken HTTP, oversized headers, a client too slow to send. */
export function clientErrorHandler(accessLog: AccessLog): (error: NodeJS.ErrnoException, socket: Socket) => void {
  return (error, socket) => {
    if (error.code === 'ECONNRESET' || socket.destroyed) return;
    const status = STATUS[error.code ?? ''] ?? 400;
    const underWay = responseOn(socket);
    // A request whose headers came has a line of its own, for which this is the status.
    if (underWay && status === 408) underWay.statusCode = status;
    if (!underWay) accessLog.broken(status, error.code);
    if (socket.writable && !underWay?.headersSent) socket.write(response(new Problem(status)));
    socket.destroy();
  };
}

/** Node's own handler looks at the same member: there is no public one. */
function responseOn(socket: Socket & { _httpMessage?: ServerResponse | null }): ServerResponse | undefined {
  return socket._httpMessage ?? undefined;
}

function response(problem: Problem): string {
  const body = JSON.stringify(problem);
  const headers = {
    ...SECURITY_HEADERS,
    'cache-control': 'no-store',
    'content-type': 'application/problem+json',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`, ...lines, '', body].join('\r\n');
}
