import { run } from '../../src/platform/migrations/commands.js';
import { Failure } from '../../src/platform/migrations/failure.js';
import { readMigrations } from '../../src/platform/migrations/files.js';
import { UrlProblem } from '../../src/platform/url-problem/problem.js';
import { backfillDown } from './backfill.js';
import { baseline } from './baseline.js';
import { check, lintFiles } from './check.js';
import { requireDevelopment, withDatabase } from './development.js';
import { writeHead } from './head.js';
import { newMigration } from './new.js';
import { provider } from './provider.js';
import { generate, seed } from './run.js';
import { migrationsFolder } from './service.js';

const USAGE = `Usage: <verb>
  new <name>       write a migration from the models, with its way back
  migrate          apply what is pending
  rollback [n]     undo the last n
  status           say where the database is
  lint             the migrations' files alone, without a database
  check            models, migrations and their ways back, on a scratch database
  generate         make the typed client
  seed [dev|test]  fill the database (dev and test only)
  reset            empty the database and migrate it again (dev and test only)
  baseline         mark a database that has the schema and no migrations
  backfill-down    write the ways back that are missing
  head             seal the migrations after a change by hand`;

type Verb = (args: readonly string[]) => Promise<number>;

const VERBS: Readonly<Record<string, Verb>> = {
  new: newMigration,
  migrate: (args) => onDatabase(['migrate', ...args]),
  rollback: (args) => onDatabase(['rollback', ...args]),
  status: (args) => onDatabase(['status', ...args]),
  lint: lintFiles,
  check,
  generate,
  seed,
  reset,
  baseline,
  'backfill-down': backfillDown,
  head: async () => {
    writeHead(readMigrations(migrationsFolder));
    return 0;
  },
};

function onDatabase(args: readonly string[]): Promise<number> {
  return withDatabase((url) =>
    run([...args, '--migrations', migrationsFolder], { ...process.env, MIGRATION_DATABASE_URL: url }),
  );
}

async function reset(): Promise<number> {
  requireDevelopment('reset');
  return await withDatabase(async (url) => {
    await provider.empty(url);
    return await onDatabase(['migrate']);
  });
}

async function main([verb, ...args]: readonly string[]): Promise<number> {
  const command = verb === undefined ? undefined : VERBS[verb];
  if (command !== undefined) return await command(args);
  if (verb === undefined) console.log(USAGE);
  else throw new Failure(`There is no verb ${JSON.stringify(verb)}.\n${USAGE}`);
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Failure || error instanceof UrlProblem ? error.message : error);
  process.exitCode = 1;
}
