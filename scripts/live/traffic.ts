import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Traffic {
  /** Requests that were answered completely. */
  readonly answered: number;
  /** Requests that were begun and lost: the connection ended before the answer did. */
  readonly lost: readonly string[];
  /** Status codes other than 200. */
  readonly failed: readonly number[];
}

/**
 * Sends requests on several connections as a load balancer does: as long as readiness answers 200, asked ten times a second.
 */
export function startTraffic(url: string, readiness: string, connections: number): { stop(): Promise<Traffic> } {
  let open = true;
  let answered = 0;
  const lost: string[] = [];
  const failed: number[] = [];
  const client = async (): Promise<void> => {
    while (open) {
      const outcome = await ask(url);
      if (outcome.kind === 'lost') {
        lost.push(outcome.reason);
      } else {
        answered += 1;
        if (outcome.status !== 200) {
          failed.push(outcome.status);
        }
      }
    }
  };
  const balancer = async (): Promise<void> => {
    while (open) {
      const outcome = await ask(readiness);
      open = open && outcome.kind === 'answered' && outcome.status === 200;
      await sleep(100);
    }
  };
  const parties = [balancer(), ...Array.from({ length: connections }, client)];
  return {
    stop: async () => {
      open = false;
      await Promise.all(parties);
      return { answered, lost, failed };
    },
  };
}

export type Outcome = { kind: 'answered'; status: number } | { kind: 'lost'; reason: string };

export function ask(url: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const outgoing = request(url, { agent: false }, (response) => {
      response.resume();
      response.once('end', () => resolve({ kind: 'answered', status: response.statusCode ?? 0 }));
      response.once('error', (error) => resolve({ kind: 'lost', reason: error.message }));
    });
    outgoing.once('error', (error) => resolve({ kind: 'lost', reason: error.message }));
    outgoing.end();
  });
}
