import type { Server } from 'node:http';
import { Server as TcpServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Long enough for a request that is on its way over an open connection. */
const QUIET_FOR = 250;

/**
 * Accepts no more connections, and returns when those that are open have gone quiet. Closing the HTTP server
 * at once would cut idle connections on which a client may be sending its next request at this very moment.
 */
export async function drain(server: Server, inFlight: () => number): Promise<void> {
  if (!server.listening) return;
  TcpServer.prototype.close.call(server);
  let quietSince = performance.now();
  while (performance.now() - quietSince < QUIET_FOR) {
    await sleep(10);
    if (inFlight() > 0) quietSince = performance.now();
  }
  // Also those that never sent a request, which would otherwise be waited for.
  server.closeAllConnections();
}
