import { readFacts } from './facts.js';
import { Failure } from './failure.js';

interface Context {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly print: (text: string) => void;
}

/** Each loads what it needs: the clients of stores take longer to load than a scan takes. */
const VERBS: Readonly<Record<string, (context: Context) => Promise<number>>> = {
  'config:check': async (context) => {
    const { checkConfig } = await import('./check-config.js');
    const { declarations, providers } = await import('../../src/platform/config.js');
    return await checkConfig({ ...context, facts: readFacts(), declarations, providers });
  },
  'secrets:check': async (context) => {
    const { checkRotation } = await import('./check-rotation.js');
    const { stores } = await import('../secret-stores.js');
    return await checkRotation({ ...context, facts: readFacts(), stores });
  },
  'secrets:scan': async ({ cwd, env, print }) => {
    const { scan } = await import('./scan.js');
    return scan({ cwd, env, print });
  },
  'secrets:rotate': async (context) => {
    const { rotate } = await import('./rotate.js');
    const { declarations } = await import('../../src/platform/config.js');
    const { databaseLogins, stores } = await import('../secret-stores.js');
    return await rotate({ ...context, facts: readFacts(), declarations, stores, databaseLogins });
  },
};

async function main([verb = '', ...args]: readonly string[]): Promise<number> {
  const run = VERBS[verb];
  if (run === undefined)
    throw new Failure(`There is no verb ${JSON.stringify(verb)}: ${Object.keys(VERBS).join(', ')}.`);
  return await run({ args, cwd: process.cwd(), env: process.env, print: (text) => console.log(text) });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isUsage = (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS') ?? false;
  console.error(error instanceof Failure || isUsage ? (error as Error).message : error);
  process.exitCode = 1;
}
