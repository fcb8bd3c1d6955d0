import type { Log } from '../logging/types.js';

type Bindings = Parameters<Log['child']>[0];
type Options = Parameters<Log['child']>[1];
type Arguments = Parameters<Log['info']>;

/** The log of a request, made when the first line is written to it: most requests write none, and their own line is not written here. */
export class RequestLog implements Log {
  readonly #parent: Log;
  readonly #bindings: Bindings;
  readonly #options: Options;
  #made: Log | undefined;

  constructor(parent: Log, bindings: Bindings, options: Options) {
    this.#parent = parent;
    this.#bindings = bindings;
    this.#options = options;
  }

  get level(): string {
    return this.#made?.level ?? this.#options?.level ?? this.#parent.level;
  }

  set level(level: string) {
    this.#log.level = level;
  }

  trace(...line: unknown[]): void {
    this.#log.trace(...(line as Arguments));
  }

  debug(...line: unknown[]): void {
    this.#log.debug(...(line as Arguments));
  }

  info(...line: unknown[]): void {
    this.#log.info(...(line as Arguments));
  }

  warn(...line: unknown[]): void {
    this.#log.warn(...(line as Arguments));
  }

  error(...line: unknown[]): void {
    this.#log.error(...(line as Arguments));
  }

  fatal(...line: unknown[]): void {
    this.#log.fatal(...(line as Arguments));
  }

  silent(): void {}

  child(bindings: Bindings, options?: Options): Log {
    return this.#log.child(bindings, options);
  }

  get #log(): Log {
    this.#made ??= this.#parent.child(this.#bindings, this.#options);
    return this.#made;
  }
}
