import { Guide } from '../service';
import { BackupSource } from './options';
import type { Timetable } from './timetable';

/**
 * The page about backups.
 */
export function backupGuide(source: BackupSource, timetable: Timetable, copied: boolean): Guide {
  return new Guide('backups', {
    title: 'Backups',
    summary: 'What is backed up when, how long it is kept, and how it comes back',
    statedBy: 'DatabaseBackup',
    text: { render: () => [promise(timetable, copied), SETUP[source], VERBS, LIMITS[source]].join('\n\n') },
  });
}

function promise({ rpo, rto, schedule, deadline, drill }: Timetable, copied: boolean): string {
  return `| promise | value | kept by |
| --- | --- | --- |
| at most this much of the past is lost (RPO) | ${rpo} | the process \`backup\`, at \`${schedule.expression}\` (UTC), within ${deadline}; the alert \`BackupStale\` |
| a restore takes at most (RTO) | ${rto} | the process \`restore-drill\`, at \`${drill.expression}\`; the alerts \`RestoreDrillFailed\` and \`RestoreSlow\` |

A backup is dumped, encrypted to the public keys in \`BACKUP_RECIPIENTS\`, written to the store, read back and compared${copied ? ', and copied to a second place' : ''}. Only then its
manifest is written, and only then old ones are removed: a run that fails leaves the good ones as they are. Each manifest names the rows of every table and
the newest migration; the drill restores the newest backup and compares them.`;
}

const KEYS = `1. \`age-keygen -o backup.key\` makes a pair of keys. The public one goes into \`BACKUP_RECIPIENTS\`. Keep the private one where the service cannot reach it, in two places;
   the drill gets a copy as \`BACKUP_IDENTITY\`.
2. Make a bucket with versioning or object lock, and a rule that only lets the processes \`backup\` and \`restore-drill\` in. Its address is \`BACKUP_STORE_URL\`.`;

const SETUP: Record<BackupSource, string> = {
  [BackupSource.POSTGRESQL]: `## Before the first one

${KEYS}
3. Make a role that reads every row, also under row-level security, and changes none; its URL is \`BACKUP_DATABASE_URL\`:

   \`\`\`sql
   CREATE ROLE backup LOGIN BYPASSRLS PASSWORD '…';
   GRANT pg_read_all_data TO backup;
   \`\`\`
4. Make an empty database for the drill whose name ends in \`drill\`; its URL is \`BACKUP_DRILL_DATABASE_URL\`.`,
  [BackupSource.MYSQL]: `## Before the first one

${KEYS}
3. Make a user with \`SELECT\`, \`SHOW VIEW\`, \`TRIGGER\` and \`EVENT\` on the database, and \`PROCESS\`; its URL is \`BACKUP_DATABASE_URL\`.
4. Make an empty database for the drill whose name ends in \`drill\`; its URL is \`BACKUP_DRILL_DATABASE_URL\`.`,
  [BackupSource.SQLITE]: `## Before the first one

${KEYS}
3. Name a file for the drill that ends in \`drill.db\`, as \`BACKUP_DRILL_DATABASE_URL\`.`,
};

const VERBS = `## Verbs

| verb | does |
| --- | --- |
| \`npx projen db:backup\` | makes a backup; in dev into a folder below \`.data/\` |
| \`npx projen db:backups\` | lists them, and says which are not good |
| \`npx projen db:restore <id\\|latest> --to <url\\|@file>\` | puts one into an empty database; \`--identity <file>\`, \`--overwrite\`, \`--from-copy\` |
| \`npx projen db:drill [id]\` | restores into the scratch database, compares, measures |

In production they are \`node dist/platform/backup.js backup\`, \`list\`, \`restore\`, \`drill\`. Exit codes: 0 done, 1 failed, 2 a command that cannot be meant, 75 another run
is at work, 78 wrong configuration.`;

const LIMITS: Record<BackupSource, string> = {
  [BackupSource.POSTGRESQL]: `## What it does not do

Between two backups there is nothing to go back to. Where a lost hour is too much, let the server archive its write-ahead log as well: managed PostgreSQL has
point-in-time recovery as a setting. Roles are not in a dump; \`prisma/roles.sql\` makes them again.`,
  [BackupSource.MYSQL]: `## What it does not do

Between two backups there is nothing to go back to; managed servers have point-in-time recovery as a setting. A dump and the count of its rows cannot be of one moment, so
the manifest says between how many rows a table has. A restore that fails leaves what it has done: restore into an empty database. Users are not in a dump.`,
  [BackupSource.SQLITE]: `## What it does not do

Between two backups there is nothing to go back to. A backup needs as much room for temporary files as the database is large.`,
};
