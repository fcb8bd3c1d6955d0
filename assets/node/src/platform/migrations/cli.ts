import { environments, providers } from '../config.js';
import { run } from './commands.js';
import { completed } from './stored-urls.js';

process.exitCode = await run(process.argv.slice(2), process.env, console, (env) =>
  completed(env, { environments, providers }),
);
