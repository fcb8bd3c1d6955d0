import { readFileSync } from 'node:fs';
import { ConfigError } from '../config/errors.js';
import { secretValues } from '../config/secret.js';
import { createLogging } from '../logging/logger.js';
import { Redactor } from '../logging/redact.js';
import type { Log } from '../logging/types.js';
import { packageVersion } from '../logging/version.js';
import { UrlProblem } from '../url-problem/problem.js';
import { AlreadyRunning, Failure, messageOf } from './failure.js';

/** As everywhere: wrong configuration is what no second try mends. */
export const EXIT = { done: 0, failed: 1, usage: 2, alreadyRunning: 75, configuration: 78 } as const;

export interface CommandLine<Command extends { readonly verb: string }, Config> {
  readonly service: string;
  readonly usage: string;
  readonly parse: (argv: readonly string[]) => Command;
  /** The names that verbs have as processes of the service, which decides on the secrets they may read. */
  readonly processes: Readonly<Record<string, string>>;
  readonly loadConfig: (process?: string) => Promise<Config>;
  /** What a command holds that no line of the log may show. */
  readonly secretsOf?: (command: Command) => readonly string[];
  readonly run: (command: Command, config: Config, log: Log) => Promise<void>;
}

/** Runs one verb and answers the exit code: 0 done, 1 failed, 2 a wrong command, 75 another run is at work, 78 wrong configuration. */
export async function runCommand<
  Command extends { readonly verb: string },
  Config extends { readonly environment: string },
>(argv: readonly string[], line: CommandLine<Command, Config>): Promise<number> {
  let command: Command;
  try {
    command = line.parse(argv);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    return EXIT.usage;
  }
  if (command.verb === 'help') {
    process.stdout.write(`${line.usage}\n`);
    return EXIT.done;
  }
  try {
    const name = line.processes[command.verb];
    const config = await line.loadConfig(name);
    const { environment } = config;
    const { log, flush } = await createLogging({
      service: line.service,
      version: packageVersion(),
      environment,
      level: 'info',
      redactor: new Redactor([...secretValues(config), ...(line.secretsOf?.(command) ?? [])]),
    });
    const code = await codeOf(command.verb, log.child({ process: name ?? command.verb }), (child) =>
      line.run(command, config, child),
    );
    await flush();
    return code;
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    return error instanceof ConfigError ? EXIT.configuration : EXIT.failed;
  }
}

async function codeOf(verb: string, log: Log, run: (log: Log) => Promise<void>): Promise<number> {
  try {
    await run(log);
    return EXIT.done;
  } catch (error) {
    if (error instanceof AlreadyRunning) {
      log.warn({ reason: error.message }, 'not started');
      return EXIT.alreadyRunning;
    }
    // What a person can mend needs no stack.
    if (error instanceof Failure || error instanceof UrlProblem) log.fatal({ reason: error.message }, `${verb} failed`);
    else log.fatal({ error, reason: messageOf(error) }, `${verb} failed`);
    return EXIT.failed;
  }
}

/** What stands in a file that an option names. */
export function contentOf(file: string, option: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new Failure(`${option} names ${file}, which cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}

/** Says on the side what is wrong, and is no reason to stop. */
export function warn(reason: unknown): void {
  process.stderr.write(`${messageOf(reason)}\n`);
}

/** Aborts when the process is asked to stop. */
export function untilStopped(): AbortSignal {
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort());
  return stopping.signal;
}
