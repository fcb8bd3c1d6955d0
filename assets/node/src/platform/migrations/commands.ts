import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { driver } from './driver.js';
import { explainConnection, explainStatement } from './explain.js';
import { Failure, messageOf } from './failure.js';
import { type MigrationFile, readMigrations } from './files.js';
import { migrate } from './migrate.js';
import { rollback } from './rollback.js';
import type { Session } from './session.js';
import { type Environment, readSettings, type Settings } from './settings.js';
import { describe, isUpToDate, readPlan } from './status.js';

const USAGE = `Usage: <verb> [--migrations <folder>]
  migrate                                              apply what is pending
  status                                               say where the database is
  rollback [n] [--dry-run] [--accept-data-loss]        undo the last n migrations (1)`;

/** Something to do that is no error: pending or stopped migrations. */
const ATTENTION = 2;

export interface Output {
  log(line: string): void;
  error(line: string): void;
}

/**
 * Runs one verb and answers the exit code.
 *
 * @param complete adds to the environment what is kept elsewhere, once there is something to do
 */
export async function run(
  argv: readonly string[],
  env: Environment,
  output: Output = console,
  complete: (env: Environment) => Promise<Environment> = async () => env,
): Promise<number> {
  try {
    return await dispatch(argv, () => complete(env), output);
  } catch (error) {
    output.error(error instanceof Failure ? error.message : `Unexpected: ${messageOf(error)}`);
    return 1;
  }
}

async function dispatch(
  argv: readonly string[],
  environment: () => Promise<Environment>,
  output: Output,
): Promise<number> {
  const { verb, count, dryRun, acceptDataLoss, folder } = parse(argv);
  if (verb === undefined) {
    output.log(USAGE);
    return 0;
  }
  const settings = readSettings(await environment(), driver);
  const files = readMigrations(resolve(folder));
  return await withSession(settings, async (session) => {
    const options = { url: settings.url, wait: settings.wait, report: (line: string) => output.log(line) };
    if (verb === 'status') return await status(session, files, output);
    if (verb === 'rollback') {
      await rollback(session, files, { ...options, count, dryRun, acceptDataLoss });
      return 0;
    }
    const applied = await migrate(session, files, options);
    if (applied.length === 0) output.log(`Nothing to migrate: ${files.length} applied, ${session.place}.`);
    return 0;
  });
}

async function status(session: Session, files: readonly MigrationFile[], output: Output): Promise<number> {
  const plan = await readPlan(session, files);
  output.log(session.place);
  for (const line of describe(plan, files)) output.log(`  ${line}`);
  if (isUpToDate(plan)) {
    output.log('Up to date.');
    return 0;
  }
  output.log(`${plan.pending.length} to apply.`);
  return ATTENTION;
}

export async function withSession<T>(settings: Settings, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await driver.open(settings.url, settings).catch((error: unknown) => {
    throw explainConnection(error, settings.url);
  });
  try {
    if (session.pooled && !settings.meant) throw new Failure(pooled(session.place));
    return await work(session);
  } catch (error) {
    throw error instanceof Failure ? error : new Failure(explainStatement(error, settings.url));
  } finally {
    await session.close();
  }
}

function pooled(place: string): string {
  return `DATABASE_URL leads to ${place} through a connection pooler, where the lock of migrations does not hold. Set MIGRATION_DATABASE_URL to a direct connection, or to a pooler that gives each client a session of its own.`;
}

interface Command {
  readonly verb: 'migrate' | 'status' | 'rollback' | undefined;
  readonly count: number;
  readonly dryRun: boolean;
  readonly acceptDataLoss: boolean;
  readonly folder: string;
}

function parse(argv: readonly string[]): Command {
  const { values, positionals } = parseOptions(argv);
  const [verb, amount, ...rest] = positionals;
  if (values.help || verb === undefined) return { verb: undefined, ...flags(values), count: 1 };
  if (verb !== 'migrate' && verb !== 'status' && verb !== 'rollback')
    throw new Failure(`There is no verb "${verb}".\n${USAGE}`);
  if (rest.length > 0 || (amount !== undefined && verb !== 'rollback')) {
    throw new Failure(`"${verb}" does not take "${[amount, ...rest].join(' ')}".\n${USAGE}`);
  }
  const count = Number(amount ?? 1);
  if (!/^\d{1,6}$/.test(amount ?? '1') || count < 1) {
    throw new Failure(`How many migrations to undo is a whole number from 1, not "${amount}".`);
  }
  return { verb, count, ...flags(values) };
}

function flags(
  values: ReturnType<typeof parseOptions>['values'],
): Pick<Command, 'dryRun' | 'acceptDataLoss' | 'folder'> {
  return {
    dryRun: values['dry-run'] ?? false,
    acceptDataLoss: values['accept-data-loss'] ?? false,
    folder: values.migrations ?? 'prisma/migrations',
  };
}

function parseOptions(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        'dry-run': { type: 'boolean' },
        'accept-data-loss': { type: 'boolean' },
        migrations: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new Failure(`${messageOf(error)}\n${USAGE}`);
  }
}
