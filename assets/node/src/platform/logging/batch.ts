import type { DestinationStream } from 'pino';

/** Where batches go: pino's own destination, which deals with slow, full and broken pipes. */
export interface Sink {
  write(text: string): unknown;
  flush(done: (error?: Error) => void): void;
  flushSync(): void;
  /** Tells of what it had no memory for. */
  on(event: 'drop', hear: (text: string | Buffer) => void): unknown;
}

/**
 * Characters. Each batch wakes a thread that writes it, which costs as much as some dozens of lines; as many as a pipe holds, since what is
 * more would wait for its reader.
 */
export const BATCH = 64 * 1024;

/** Milliseconds that a line waits at most. */
const LONGEST_WAIT = 200;

/** Gathers lines and writes them together; none is lost when the process ends, however it ends in JavaScript. */
export class BatchedDestination implements DestinationStream {
  readonly #sink: Sink;
  #pending = '';
  #timer: NodeJS.Timeout | undefined;
  #dropped = 0;

  constructor(sink: Sink) {
    this.#sink = sink;
    sink.on('drop', (text) => {
      this.#dropped += String(text).split('\n').length - 1;
    });
    process.on('exit', () => this.#flushSync());
  }

  write(line: string): void {
    this.#pending += line;
    if (this.#pending.length >= BATCH) this.#pass();
    else this.#timer ??= setTimeout(() => this.#pass(), LONGEST_WAIT).unref();
  }

  /** Lines that were lost because whoever reads them has fallen behind. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Resolves when everything is written, or cannot be. */
  flush(): Promise<void> {
    this.#pass();
    return new Promise((resolve) => this.#sink.flush(() => resolve()));
  }

  #flushSync(): void {
    this.#pass();
    this.#sink.flushSync();
  }

  #pass(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#pending !== '') this.#sink.write(this.#pending);
    this.#pending = '';
  }
}
