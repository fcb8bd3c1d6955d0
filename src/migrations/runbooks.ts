import { Guide, GuideKind } from '../service';

/**
 * What to do when a migration has failed, and when a release has to go back.
 */
export function migrationRunbooks(): Guide[] {
  return [
    new Guide('migration-failed', {
      kind: GuideKind.RUNBOOK,
      title: 'A migration has failed',
      summary: 'The process migrate ended with an error, and the release waits for it',
      statedBy: 'PrismaMigrations',
      text: { render: () => FAILED },
    }),
    new Guide('roll-back-a-release', {
      kind: GuideKind.RUNBOOK,
      title: 'Roll back a release',
      summary: 'The new version has to go, and its migrations may have to go with it',
      statedBy: 'PrismaMigrations',
      text: { render: () => ROLL_BACK },
    }),
  ];
}

const FAILED = `The old version goes on serving: the new one is not ready before its migrations are applied. There is time to read.

1. **Read the log of the process \`migrate\`.** It names the migration, the statement, and what the database said.
2. **Ask the database:** \`node dist/platform/migrations/cli.js status\`, in the new image with the environment of \`migrate\`. A migration that stopped half-way is
   listed with its error. On PostgreSQL and SQLite a failed migration has left nothing behind; where DDL is not transactional, status says what to look at.
3. **A lock timeout:** the running service held the table. Run \`migrate\` again when it is less busy, or raise \`MIGRATION_LOCK_TIMEOUT\`. It applies what is left.
4. **No permission:** give \`MIGRATION_DATABASE_URL\` a role that owns the schema.
5. **The SQL is wrong for the data that is there:** mend the data, or release a corrected migration. Do not edit a migration that is applied anywhere.
6. **The process was killed:** run \`migrate\` again. It takes over the lock of a runner that is gone.

Run \`status\` once more. "Up to date." ends this page.`;

const ROLL_BACK = `Migrations that only add (expand) need nothing: the old version runs on the new schema. Roll back the image and stop here.

1. **Which migrations came with the release?** \`node dist/platform/migrations/cli.js status\` lists them, newest last, and says which way back loses data.
2. **Roll back the image first.** The old version ignores migrations it does not know; it says so in its log.
3. **Only if the old version fails on the new schema**, undo the migrations: \`node dist/platform/migrations/cli.js rollback 1 --dry-run\` prints the SQL, without
   \`--dry-run\` it runs. Any image can do it, the old one too: the way back is stored in the database.
4. **It refuses a way back that loses data.** Take a backup, be sure that what is written since the release can go, and add \`--accept-data-loss\`.
5. **Afterwards** \`status\` must say what the old version expects. A corrected release applies the migrations again.`;
