import { parseArgs } from 'node:util';
import { nearest } from '../../src/platform/config/nearest.js';
import { requireEnvironment } from './environment.js';
import type { Facts, VariableFacts } from './facts.js';
import { Failure } from './failure.js';
import { rotateKey } from './rotate-key.js';
import { type DatabaseLogins, placeOf, type Rotate, type Rotation, storeOf, writeValid } from './rotation.js';
import { readFileOrInput } from './secret-input.js';

export const ROTATE_USAGE = `secrets:rotate <VARIABLE> <environment> [options]
  --from-file <path>        the new value, for secrets that a person replaces; - reads standard input
  --admin-url-file <path>   for a database login: the URL of an administrator, who makes its password
  --wait <seconds>          how long services take to read what was written, where .projenrc.ts does not know: so long a new key
                            only verifies, and a database login stays as it is
  --without <VARIABLE>      leaves this secret as it is, whose login is of another server and only has the same name
  --soon                    although the last rotation is so recent that some process may not have heard of it`;

/** Replaces the value of a secret; returns an exit code. */
export async function rotate(context: Rotate): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...context.args],
    allowPositionals: true,
    options: {
      'from-file': { type: 'string' },
      'admin-url-file': { type: 'string' },
      wait: { type: 'string' },
      without: { type: 'string', multiple: true },
      soon: { type: 'boolean' },
    },
  });
  const [name, place] = positionals;
  if (name === undefined || place === undefined) throw new Failure(ROTATE_USAGE);
  const { facts } = context;
  const environment = requireEnvironment(place, facts);
  const variable = requireRotated(name, facts);
  for (const other of values.without ?? []) requireSecret(other, facts);
  const store = storeOf(context.stores, environment, name);
  if (store === undefined) {
    throw new Failure(
      `No store that can be written to keeps ${name} in ${environment}. Replace it where it is mounted from, or choose a store in .projenrc.ts.`,
    );
  }
  const settled = variable.rotation?.settledSeconds?.[environment] ?? 120;
  await replace({ variable, environment, store, options: values, context, settled });
  return 0;
}

async function replace(rotation: Rotation): Promise<void> {
  const { variable, options, store, context } = rotation;
  if (options['from-file'] !== undefined) {
    const text = await readFileOrInput(options['from-file']);
    await writeValid(rotation, store, variable.name, text);
    context.print(`${variable.name} is replaced in ${placeOf(store, variable.name)}.`);
    return;
  }
  switch (variable.rotation?.method) {
    case 'generated key':
      return await rotateKey(rotation);
    case 'database login':
      return await (await loginsFor(rotation)).rotate(rotation);
    default:
      throw new Failure(
        `${variable.name} is replaced by a person, in the system that issues it. Then put it into the store: --from-file <path>.`,
      );
  }
}

/** Those of the kind of database that the secret leads to. */
async function loginsFor({ variable, store, context }: Rotation): Promise<DatabaseLogins> {
  const url = (await store.read?.(variable.name)) ?? '';
  const scheme = URL.canParse(url) ? new URL(url).protocol.slice(0, -1) : '';
  const [first] = context.databaseLogins;
  // What is wrong with the secret, the logins say themselves.
  const found = context.databaseLogins.find(({ schemes }) => schemes.includes(scheme)) ?? first;
  if (found === undefined) throw new Failure('There is no database here whose logins can take turns.');
  return found;
}

function requireSecret(name: string, { service, variables }: Facts): VariableFacts {
  const secrets = variables.filter(({ secret }) => secret);
  const found = secrets.find((variable) => variable.name === name);
  if (found === undefined) {
    const names = secrets.map((variable) => variable.name);
    const suggestion = nearest(name, names);
    throw new Failure(
      `${service} has no secret ${name}${suggestion ? `; did you mean ${suggestion}?` : '.'} There are ${names.join(', ') || 'none'}.`,
    );
  }
  return found;
}

function requireRotated(name: string, facts: Facts): VariableFacts {
  const found = requireSecret(name, facts);
  const waived = found.rotation?.waived;
  if (waived !== undefined) throw new Failure(`${name} is never rotated: ${waived}.`);
  return found;
}
