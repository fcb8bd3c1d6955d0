import { withSession } from '../../src/platform/migrations/commands.js';
import { driver } from '../../src/platform/migrations/driver.js';
import { Failure, messageOf } from '../../src/platform/migrations/failure.js';
import { bullets, type MigrationFile, readMigrations } from '../../src/platform/migrations/files.js';
import { readSettings } from '../../src/platform/migrations/settings.js';
import { readPlan } from '../../src/platform/migrations/status.js';
import { withDatabase } from './development.js';
import { Differ } from './engine/diff.js';
import { findNativeEngine } from './engine/native.js';
import { headProblem } from './head.js';
import { lint } from './lint/lint.js';
import { rehearse } from './rehearse.js';
import { rehearseRows } from './rehearse-rows.js';
import { migrationsFolder, readSchema } from './service.js';
import { readToolSettings, type Waiver } from './settings.js';

/** The quick gate before a commit: what the files say by themselves, without a database. */
export async function lintFiles(): Promise<number> {
  const migrations = readMigrations(migrationsFolder);
  const { problems } = fileProblems(migrations, readToolSettings().waivers);
  if (problems.length > 0) throw new Failure(notInOrder(problems));
  console.log(`${migrations.length} migrations sealed, and the new ones keep the rules.`);
  return 0;
}

/** The gate of pull requests: everything that is wrong, each with what to do. */
export async function check(): Promise<number> {
  const migrations = readMigrations(migrationsFolder);
  const { waivers } = readToolSettings();
  const { problems, ids } = fileProblems(migrations, waivers);
  const excepted = waivers.filter(({ rule }) => rule !== 'locking').map(({ migration }) => migration);
  let promise = 'each was applied, undone and applied again';
  await withDatabase(async (url) => {
    problems.push(...(await historyProblems(url, migrations)));
    const compared = await modelProblems(url, migrations);
    if (compared !== undefined) promise = `they make what the models say, and ${promise}`;
    problems.push(...(compared ?? []));
    if (problems.length === 0) problems.push(...(await rehearse(url, migrations)));
    const promised = ids.filter((id) => !excepted.includes(id));
    if (problems.length === 0) problems.push(...(await rehearseRows(url, migrations, promised)));
  });
  if (problems.length > 0) throw new Failure(notInOrder(problems));
  console.log(`${migrations.length} migrations in order: ${promise}.`);
  return 0;
}

function fileProblems(migrations: readonly MigrationFile[], waivers: readonly Waiver[]) {
  const head = headProblem(migrations);
  const { problems, hints, ids } = lint(migrations, waivers);
  for (const hint of hints) console.log(`Mind: ${hint}`);
  return { ids, problems: [...(head === undefined ? [] : [head]), ...problems] };
}

function notInOrder(problems: readonly string[]): string {
  return `The migrations are not in order:\n${bullets(problems)}`;
}

/** What the development database remembers of migrations that changed on disk. */
async function historyProblems(url: string, migrations: readonly MigrationFile[]): Promise<string[]> {
  const settings = readSettings({ ...process.env, MIGRATION_DATABASE_URL: url }, driver);
  const plan = await withSession(settings, (session) => readPlan(session, migrations));
  for (const id of [...plan.missing, ...plan.newer]) {
    console.log(
      `${id} is applied to the development database and not in the folder: another branch's? db:reset forgets it.`,
    );
  }
  return [
    ...plan.edited.map(
      (id) => `${id} was edited after it was applied. Restore it, and put the change into a new migration.`,
    ),
    ...plan.late.map(
      (id) => `${id} comes before migrations that are applied. Rename it to come last, then run db:head.`,
    ),
  ];
}

/** `undefined` where there is nothing to compare with. */
async function modelProblems(url: string, migrations: readonly MigrationFile[]): Promise<string[] | undefined> {
  const missing = driver.provider === 'mysql' ? await whyNoEngine() : undefined;
  if (missing !== undefined) {
    console.log(`Not checked on MySQL: whether the migrations make what the models say. ${missing}`);
    return undefined;
  }
  const differ = await Differ.open(url);
  try {
    const change = await differ.forth(migrations, readSchema());
    return change === undefined
      ? []
      : [`The models have changes without a migration. Run db:new <name>. It would write:\n${change.sql.trim()}`];
  } finally {
    await differ.close();
  }
}

/** MySQL has no engine on npm, so the gate does without where Prisma's host cannot be reached. */
async function whyNoEngine(): Promise<string | undefined> {
  try {
    await findNativeEngine();
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}
