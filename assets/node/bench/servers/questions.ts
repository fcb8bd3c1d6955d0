import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Answer {
  readonly port: number;
  /** Microseconds of processor time, user and system, since the process started. */
  readonly cpu: number;
  readonly memory: number;
}

/** Tells the benchmark, whenever it asks, what only the server's own process knows. */
export function answerQuestions(server: Server): void {
  const answer = (): Answer => {
    const { user, system } = process.cpuUsage();
    return { port: (server.address() as AddressInfo).port, cpu: user + system, memory: process.memoryUsage.rss() };
  };
  process.on('message', () => process.send?.(answer()));
  process.on('disconnect', () => process.exit());
  process.send?.(answer());
}
