import { parseArgs } from 'node:util';
import { contentOf } from './command-line.js';
import { Failure, messageOf } from './failure.js';

export const USAGE = `Usage: <verb>
  backup                                    make a backup, then remove those that are too old
  list                                      say which backups there are, and whether they are good
  restore <id|latest> --to <url|@file>      put one into an empty database; @file is a file that holds the URL
          [--identity <file>]               the private key, where it is encrypted
          [--overwrite]                     empty the database first
          [--from-copy]                     from the copy, such as the second region
  drill [id]                                restore one into the scratch database, compare, and measure the time`;

export type Command =
  | { readonly verb: 'help' }
  | { readonly verb: 'backup' }
  | { readonly verb: 'list' }
  | { readonly verb: 'drill'; readonly backup: string }
  | {
      readonly verb: 'restore';
      readonly backup: string;
      readonly to: string;
      readonly identity: string | undefined;
      readonly overwrite: boolean;
      readonly fromCopy: boolean;
    };

export function parseCommand(argv: readonly string[]): Command {
  const { values, positionals } = parse(argv);
  const [verb = 'help', backup, ...rest] = positionals;
  if (values.help === true || verb === 'help') return { verb: 'help' };
  const surplus = verb === 'backup' || verb === 'list' ? positionals.slice(1) : rest;
  if (surplus.length > 0) throw new Failure(`"${verb}" does not take "${surplus.join(' ')}".\n${USAGE}`);
  if (verb !== 'restore') refuseOptions(verb, values);
  switch (verb) {
    case 'backup':
    case 'list':
      return { verb };
    case 'drill':
      return { verb, backup: backup ?? 'latest' };
    case 'restore': {
      const { to, identity, overwrite = false, 'from-copy': fromCopy = false } = values;
      if (backup === undefined || to === undefined) throw new Failure(`"restore" takes a backup and --to.\n${USAGE}`);
      return {
        verb,
        backup,
        to: to.startsWith('@') ? contentOf(to.slice(1), '--to') : to,
        identity: identity === undefined ? undefined : contentOf(identity, '--identity'),
        overwrite,
        fromCopy,
      };
    }
    default:
      throw new Failure(`There is no verb "${verb}".\n${USAGE}`);
  }
}

function refuseOptions(verb: string, values: object): void {
  const [option] = Object.keys(values);
  if (option !== undefined) throw new Failure(`"${verb}" does not take --${option}.\n${USAGE}`);
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        to: { type: 'string' },
        identity: { type: 'string' },
        overwrite: { type: 'boolean' },
        'from-copy': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new Failure(`${messageOf(error)}\n${USAGE}`);
  }
}
