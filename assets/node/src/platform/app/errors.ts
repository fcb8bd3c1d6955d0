import { ConfigError } from '../config/errors.js';

/** A reason not to start that its message explains: no stack would add anything. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** EX_CONFIG of sysexits.h, so that a supervisor can tell what no restart will mend. */
const EXIT_CONFIG = 78;
/** EX_TEMPFAIL: it will. */
const EXIT_TEMPORARY = 75;
const EXIT_FAILURE = 1;

export function exitCodeOf(error: unknown): number {
  if (!(error instanceof ConfigError)) return EXIT_FAILURE;
  return error.isTransient ? EXIT_TEMPORARY : EXIT_CONFIG;
}

/** Says why a listener could not be had, in terms of the variables that decide on it. */
export function listenError(error: unknown, port: number, host: string, portVariable: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const message = {
    EADDRINUSE: `port ${port} on ${host} is in use: stop what listens there, or set ${portVariable} to another port`,
    EACCES: `port ${port} needs privileges that this process lacks: set ${portVariable} to one from 1024`,
    EADDRNOTAVAIL: `${host} is no address of this machine: set HOST to one that is`,
    ENOTFOUND: `${host} is no address and no known name: set HOST to an address of this machine`,
  }[code ?? ''];
  return message ? new StartError(message, { cause: error }) : error;
}
