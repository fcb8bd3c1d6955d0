import { existsSync } from 'node:fs';
import { stores } from '../secret-stores.js';
import { missingFrom, problemsOf, problemsOfStore } from './check.js';
import { SopsError } from './sops.js';
import { SopsStore } from './store.js';

/** Ends the verb with a message and no stack. */
class Refusal extends Error {}

const all = Object.values(stores)
  .flat()
  .filter((store): store is SopsStore => store instanceof SopsStore);

async function edit(environment: string | undefined): Promise<void> {
  const store = storeOf(environment);
  await store.addMissing();
  await store.edit();
  report(problemsOfStore(store));
  for (const name of missingFrom(store))
    console.log(`${name} has no value yet, and ${environment} cannot do without it.`);
}

async function rekey(environment: string | undefined): Promise<void> {
  for (const store of environment === undefined ? all : [storeOf(environment)]) {
    const { file, recipients } = store.options;
    // Not configured yet.
    if (!existsSync(store.path)) continue;
    const shutOut = await store.rekey();
    console.log(`${file} is encrypted for its ${recipients.length} recipients${shutOut ? ', with a new key' : ''}.`);
    if (shutOut) console.log('Whoever was shut out has seen its values: replace the secrets as well (secrets:rotate).');
  }
}

function check(): void {
  report(problemsOf(all));
  if (process.exitCode !== 1) console.log('The encrypted files are in order.');
}

function storeOf(environment: string | undefined): SopsStore {
  const environments = all.map(({ options }) => options.environment);
  const store = all.find(({ options }) => options.environment === environment);
  if (store !== undefined) return store;
  throw new Refusal(
    environment === undefined
      ? `Name an environment: ${environments.join(', ')}.`
      : `SOPS keeps no secrets of ${environment}. It keeps those of ${environments.join(', ')}.`,
  );
}

function report(problems: readonly string[]): void {
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}

const verbs: Readonly<Record<string, (environment: string | undefined) => void | Promise<void>>> = {
  edit,
  rekey,
  check,
};
const [verb = '', environment] = process.argv.slice(2);
try {
  await verbs[verb]?.(environment);
} catch (error) {
  if (!(error instanceof Refusal || error instanceof SopsError)) throw error;
  report([error.message]);
}
