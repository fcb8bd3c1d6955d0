import { stores } from '../secret-stores.js';
import { pullSecrets } from './pull.js';
import { readSecrets } from './read-secrets.js';
import { runWithSecrets } from './run.js';

const readable = Object.keys(stores).filter((environment) =>
  stores[environment]?.some(({ read }) => read !== undefined),
);

async function run(environment: string, secrets: ReadonlyMap<string, string>, words: readonly string[]): Promise<void> {
  const [program, ...args] = words[0] === '--' ? words.slice(1) : words;
  if (program === undefined) return refuse('Name a command: secrets:run <environment> <command …>');
  try {
    process.exitCode = await runWithSecrets({ environment, secrets, command: [program, ...args], env: process.env });
  } catch (error) {
    refuse(`${program} cannot be run (${(error as NodeJS.ErrnoException).code}).`);
  }
}

function pull(environment: string, secrets: ReadonlyMap<string, string>, [folder]: readonly string[]): void {
  const index = pullSecrets(folder ?? `.secrets/${environment}`, environment, secrets);
  console.log(`Wrote ${secrets.size} secrets; ${index} names their files. Remove the folder when you are done.`);
}

function refuse(reason: string): void {
  console.error(reason);
  process.exitCode = 1;
}

const [verb, environment, ...words] = process.argv.slice(2);
if (environment === undefined || !readable.includes(environment)) {
  refuse(`Name an environment whose secrets can be read from here: ${readable.join(', ') || 'there is none'}.`);
} else {
  try {
    const secrets = await readSecrets(stores, environment);
    if (verb === 'run') await run(environment, secrets, words);
    else pull(environment, secrets, words);
  } catch (error) {
    // Stores say what is wrong in one sentence; a stack would only hide it.
    refuse((error as Error).message);
  }
}
