import { parseArgs } from 'node:util';
import { stores } from '../secret-stores.js';
import { bind } from './bind.js';
import { GhError } from './gh.js';
import { push } from './push.js';
import { GithubStore } from './store.js';

const all = Object.values(stores)
  .flat()
  .filter((store): store is GithubStore => store instanceof GithubStore);

async function main([verb, ...words]: readonly string[]): Promise<readonly string[]> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: { from: { type: 'string' }, 'dry-run': { type: 'boolean' } },
  });
  const store = all.find(({ options }) => options.environment === positionals[0]);
  if (store === undefined) {
    const environments = all.map(({ options }) => options.environment).join(', ');
    return [`Name an environment whose secrets GitHub keeps: ${environments}.`];
  }
  const { env } = process;
  if (verb === 'bind') return bind(store.options, env);
  const print = (line: string) => console.log(line);
  return await push(store, { from: values.from, dryRun: values['dry-run'] ?? false, env, print });
}

try {
  const problems = await main(process.argv.slice(2));
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
} catch (error) {
  const isUsage = (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS') ?? false;
  if (!(error instanceof GhError) && !isUsage) throw error;
  console.error((error as Error).message);
  process.exitCode = 1;
}
