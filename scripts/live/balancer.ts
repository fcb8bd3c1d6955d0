import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningService } from './server';
import { ask, type Traffic } from './traffic';

/** Sends requests to whichever versions are ready, asked ten times a second, as a Service of Kubernetes does. */
export class Balancer {
  private readonly backends = new Map<RunningService, boolean>();
  private readonly lost: string[] = [];
  private readonly failed: number[] = [];
  private answered = 0;
  private open = true;
  private readonly parties: Promise<void>[];

  /**
   * @param path what is asked for
   * @param connections how many ask at a time
   */
  constructor(
    private readonly path: string,
    connections: number,
  ) {
    this.parties = [this.watch(), ...Array.from({ length: connections }, () => this.client())];
  }

  public add(backend: RunningService): void {
    this.backends.set(backend, true);
  }

  public async stop(): Promise<Traffic> {
    this.open = false;
    await Promise.all(this.parties);
    return { answered: this.answered, lost: this.lost, failed: this.failed };
  }

  private async watch(): Promise<void> {
    while (this.open) {
      for (const backend of this.backends.keys()) {
        this.backends.set(backend, (await backend.probe('/readyz').catch(() => 0)) === 200);
      }
      await sleep(100);
    }
  }

  private async client(): Promise<void> {
    for (let turn = 0; this.open; turn++) {
      const ready = [...this.backends].filter(([, isReady]) => isReady).map(([backend]) => backend);
      const backend = ready[turn % ready.length];
      if (backend === undefined) {
        if (this.backends.size > 0) {
          this.lost.push('nobody was ready');
        }
        await sleep(50);
        continue;
      }
      const outcome = await ask(`${backend.url}${this.path}`);
      if (outcome.kind === 'lost') {
        this.lost.push(outcome.reason);
      } else {
        this.answered += 1;
        if (outcome.status !== 200) {
          this.failed.push(outcome.status);
        }
      }
    }
  }
}
