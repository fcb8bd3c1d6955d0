import { parseArgs } from 'node:util';
import { contentOf } from '../backup/command-line.js';
import { Failure, messageOf } from '../backup/failure.js';

export const USAGE = `Usage: <verb>
  archive                                   archive the server's log until told to stop
  base                                      copy the whole server, and remove what is too old
  list                                      say which moments can be had
  recover --at <time|latest> --into <folder>
                                            lay out the data directory of a server as it was then,
                                            such as --at 2026-03-01T12:30:00Z; an offset is needed
          [--identity <file>]               the private key, where it is encrypted
          [--from-copy]                     from the copy, such as the second region
  drill [--at <time|latest>]                recover, start the server, look into it, and measure the time
        [--identity <file>] [--from-copy]`;

interface Source {
  readonly at: Date | 'latest';
  readonly identity: string | undefined;
  readonly fromCopy: boolean;
}

export type Command =
  | { readonly verb: 'help' | 'archive' | 'base' | 'list' }
  | ({ readonly verb: 'recover'; readonly into: string } & Source)
  | ({ readonly verb: 'drill' } & Source);

export function parseCommand(argv: readonly string[]): Command {
  const { values, positionals } = parse(argv);
  const [verb = 'help', ...rest] = positionals;
  if (values.help === true || verb === 'help') return { verb: 'help' };
  if (rest.length > 0) throw new Failure(`"${verb}" does not take "${rest.join(' ')}".\n${USAGE}`);
  const { at, into, identity, 'from-copy': fromCopy = false } = values;
  const source = (): Source => ({
    at: at === undefined || at === 'latest' ? 'latest' : timeOf(at),
    identity: identity === undefined ? undefined : contentOf(identity, '--identity'),
    fromCopy,
  });
  switch (verb) {
    case 'archive':
    case 'base':
    case 'list': {
      const [option] = Object.keys(values);
      if (option !== undefined) throw new Failure(`"${verb}" does not take --${option}.\n${USAGE}`);
      return { verb };
    }
    case 'recover':
      if (at === undefined || into === undefined) throw new Failure(`"recover" takes --at and --into.\n${USAGE}`);
      return { verb, into, ...source() };
    case 'drill':
      if (into !== undefined) throw new Failure(`"drill" does not take --into.\n${USAGE}`);
      return { verb, ...source() };
    default:
      throw new Failure(`There is no verb "${verb}".\n${USAGE}`);
  }
}

/** A moment with its offset: 12:30 alone is another moment in another place. */
function timeOf(text: string): Date {
  const time = new Date(text);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d.*(?:Z|[+-]\d\d:\d\d)$/.test(text) || Number.isNaN(time.getTime())) {
    throw new Failure(`"${text}" is no moment. Write one such as 2026-03-01T12:30:00Z or 2026-03-01T13:30:00+01:00.`);
  }
  return time;
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        at: { type: 'string' },
        into: { type: 'string' },
        identity: { type: 'string' },
        'from-copy': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new Failure(`${messageOf(error)}\n${USAGE}`);
  }
}
