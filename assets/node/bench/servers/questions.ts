import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Profile, type Spent } from './profile.js';

export interface Answer {
  readonly port: number;
  /** Microseconds of processor time, user and system, since the process started. */
  readonly cpu: number;
  readonly memory: number;
  /** What was profiled since `profile` was asked for. */
  readonly spent?: Spent;
}

/** `state`, and the same with a profile that begins or ends at it. */
export type Question = 'state' | 'profile' | 'spent';

/** Tells the benchmark, whenever it asks, what only the server's own process knows. */
export function answerQuestions(server: Server): void {
  const profile = new Profile();
  const answer = (): Answer => {
    const { user, system } = process.cpuUsage();
    return { port: (server.address() as AddressInfo).port, cpu: user + system, memory: process.memoryUsage.rss() };
  };
  process.on('message', async (question: Question) => {
    if (question === 'profile') await profile.start();
    process.send?.(question === 'spent' ? { ...answer(), spent: await profile.stop() } : answer());
  });
  process.on('disconnect', () => process.exit());
  process.send?.(answer());
}
