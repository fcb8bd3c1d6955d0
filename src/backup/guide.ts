import { Guide } from '../service';
import type { BackupStores } from './backup-stores';
import { hasServer, isPushed } from './facts';
import { BackupSource, type DatabaseBackupOptions } from './options';
import type { PointInTimeRecovery } from './point-in-time-recovery';
import type { Timetable } from './timetable';

/**
 * The page about backups.
 */
export function backupGuide(
  source: BackupSource,
  options: DatabaseBackupOptions,
  timetable: Timetable,
  stores: BackupStores,
): Guide {
  return new Guide('backups', {
    title: 'Backups',
    summary: 'What is backed up when, how long it is kept, and how it comes back',
    statedBy: 'DatabaseBackup',
    text: {
      render: () =>
        [
          promise(timetable, stores.copy !== undefined, isPushed(options)),
          SETUP[source],
          deployment(
            roleOf(source, options) + storeKeys(stores),
            optionalSecrets(source, options, stores),
            isPushed(options),
          ),
          VERBS,
          ...(timetable.archive ? [archiveSection(timetable, timetable.archive)] : []),
          limits(source, timetable),
        ].join('\n\n'),
    },
  });
}

const UNMEASURED = 'nobody is told when it fails';

function promise(timetable: Timetable, copied: boolean, measured: boolean): string {
  const { rpo, rto, schedule, deadline, drill, oldest, archive, pointInTime } = timetable;
  const dumps = `the process \`backup\`, at \`${schedule.expression}\` (UTC), within ${deadline}; ${measured ? 'the alert `BackupStale`' : UNMEASURED}`;
  const keeper = archive
    ? 'the process `backup-archive`; the alerts `ArchiveStale` and `ArchiveNeedsBase`'
    : pointInTime && `${pointInTime.managedBy}, by a setting of its own; nothing here measures it`;
  return `| promise | value | kept by |
| --- | --- | --- |
| at most this much of the past is lost (RPO) | ${rpo} | ${keeper ?? dumps} |
${keeper === undefined ? '' : `| the newest backup is at most so old | ${oldest} | ${dumps} |\n`}| a restore takes at most (RTO) | ${rto} | the process \`restore-drill\`, at \`${drill.expression}\`; ${measured ? 'the alerts `RestoreDrillFailed` and `RestoreSlow`' : UNMEASURED} |

A backup is dumped, encrypted to the public keys in \`BACKUP_RECIPIENTS\`, written to the store, read back and compared${copied ? ', and copied to a second place' : ''}. Only then its
manifest is written, and only then old ones are removed: a run that fails leaves the good ones as they are. Each manifest names the rows of every table and
the newest migration; the drill restores the newest backup, compares them, and notes it as \`restored.json\` in the store: that backup is not removed before a newer one has been restored.`;
}

const KEYS = `1. \`age-keygen -o backup.key\` makes a pair of keys. The public one goes into \`BACKUP_RECIPIENTS\`. Keep the private one where the service cannot reach it, in two places;
   the drill gets a copy as \`BACKUP_IDENTITY\`.
2. Make a bucket with versioning or object lock, and a rule that lets nothing in but the processes of the backups; \`restore-drill\` reads it, and writes \`restored.json\`. Its address is \`BACKUP_STORE_URL\`.`;

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
3. Make a user with \`SELECT\`, \`SHOW VIEW\`, \`TRIGGER\` and \`EVENT\` on the database, and \`PROCESS\`; its URL is \`BACKUP_DATABASE_URL\`. Where there are stored routines, also with what shows them, or they
   are left out of the dump without a word: \`SHOW_ROUTINE\` on MySQL, \`SHOW CREATE ROUTINE\` on MariaDB from 11.3 on, \`SELECT\` on \`mysql.proc\` before.
4. Make an empty database for the drill whose name ends in \`drill\`; its URL is \`BACKUP_DRILL_DATABASE_URL\`.`,
  [BackupSource.SQLITE]: `## Before the first one

${KEYS}
3. Name a file for the drill that ends in \`drill.db\`, as \`BACKUP_DRILL_DATABASE_URL\`.`,
};

function storeKeys({ secrets, identities }: BackupStores): string {
  const known = identities.map(
    ({ title }) =>
      `Pods of backups are known to the store by ${title}, with a service account of their own: give it the rights on the bucket, in each environment.`,
  );
  if (secrets.length === 0) {
    return known.join(' ');
  }
  const names = secrets.map((name) => `\`${name}\``).join(', ');
  return `${known.map((text) => `${text} `).join('')}The keys of the store (${names}) are optional: without them the pod's own rights count.`;
}

const PUSHED = `- \`BACKUP_PUSHGATEWAY_URL\` is \`backup.environments.<environment>.pushgatewayUrl\`. Jobs end before they can be scraped, so they push; without it, \`BackupStale\` and \`RestoreDrillStale\` fire for ever.
  Scrape it with \`honor_labels: true\`, or the label \`job\` becomes that of the Pushgateway and no alert finds its metric:

  \`\`\`yaml
  - job_name: pushgateway
    honor_labels: true
    static_configs:
      - targets: ['pushgateway.monitoring:9091']
  \`\`\`
`;

/** What has to be said for a secret to reach its process, and for the metrics to reach Prometheus. */
function deployment(rights: string, optional: readonly string[], measured: boolean): string {
  const mounted = `Kubernetes mounts an optional secret where it is named:
  \`kubernetes: { environments: { prod: { optionalSecrets: ['${optional.join("', '")}'] } } }\`.`;
  return `## In each deployed environment

- \`BACKUP_IDENTITY\` and \`BACKUP_DRILL_DATABASE_URL\` are secrets of the process \`restore-drill\` alone; \`config:check\` and \`k8s:check\` ask where they come from.
- ${[rights.trim(), ...(optional.length > 0 ? [mounted] : [])].join(' ')}
${measured ? PUSHED : ''}- Run the process \`restore-drill\` once by hand when the first backup is there${measured ? '; `RestoreDrillStale` asks for it' : ''}.`;
}

function optionalSecrets(source: BackupSource, options: DatabaseBackupOptions, { secrets }: BackupStores): string[] {
  const hasRole = source !== BackupSource.SQLITE && !hasServer(source, options);
  return [...(hasRole ? ['BACKUP_DATABASE_URL'] : []), ...secrets];
}

function roleOf(source: BackupSource, options: DatabaseBackupOptions): string {
  if (source === BackupSource.SQLITE) {
    return '';
  }
  return hasServer(source, options)
    ? `\`DATABASE_URL\` leads to a pooler, and backups to the server behind it: \`BACKUP_DATABASE_URL\` is a secret of the process \`backup\`, and
  \`kubernetes: { peers: { 'backup-database': … } }\` says where the server is. `
    : '`BACKUP_DATABASE_URL` is optional: without it, backups are made with the role of `DATABASE_URL`. ';
}

const VERBS = `## Verbs

| verb | does |
| --- | --- |
| \`npx projen db:backup\` | makes a backup; in dev into a folder below \`.data/\` |
| \`npx projen db:backups\` | lists them, and says which are not good |
| \`npx projen db:restore <id\\|latest> --to <url\\|@file>\` | puts one into an empty database; \`--identity <file>\`, \`--overwrite\`, \`--from-copy\` |
| \`npx projen db:drill [id]\` | restores into the scratch database, compares, measures |

In production they are \`node dist/platform/backup.js backup\`, \`list\`, \`restore\`, \`drill\`. Exit codes: 0 done, 1 failed, 2 a command that cannot be meant, 75 another run
is at work, 78 wrong configuration.`;

function archiveSection(timetable: Timetable, { _window, _base }: PointInTimeRecovery): string {
  return `## Any moment

Besides backups, the process \`backup-archive\` reads the server's write-ahead log through a replication slot and puts it into the store, compressed and encrypted: each segment when it is whole, and
what there is of the last one every ${timetable.interval}. Once read back, the server may forget it, and not before: whatever happens to the process or the store, the server keeps what is missing. Every moment of the
last ${_window} can be had. The process \`base-backup\` copies the whole server, at \`${_base.expression}\` (UTC).

It is the whole server that is archived and comes back, with all of its databases.

1. PostgreSQL 15 or newer, one primary, no tablespaces. \`wal_level\` is \`replica\`, as it is by default.
2. A role that may replicate, and a line in \`pg_hba.conf\` that lets it into the database \`replication\` and into its own; its URL, to the server itself and not to a pool, is \`BACKUP_REPLICATION_URL\`:

   \`\`\`sql
   CREATE ROLE backup_archive LOGIN REPLICATION PASSWORD '…';
   \`\`\`
3. \`max_replication_slots\` and \`max_wal_senders\` of at least 4 (10 by default), and \`max_slot_wal_keep_size\` at what the disk can spare: beyond it the server drops the log and lives, and the archive has a gap.
4. Room in the folder for temporary files of \`backup-archive\`: three segments, 48 MiB by default.
5. Start \`base-backup\` once by hand; \`ArchiveNeedsBase\` asks for it.

| verb | does |
| --- | --- |
| \`npx projen db:base\` | copies the whole server |
| \`npx projen db:moments\` | says which moments can be had |
| \`npx projen db:recover --at <time\\|latest> --into <folder>\` | lays out a data directory; \`--identity <file>\`, \`--from-copy\` |
| \`npx projen db:recovery-drill [--at <time>]\` | recovers, starts the server where nobody reaches it, reads every row, measures |

In production they are \`node dist/platform/backup-archive.js base\`, \`list\`, \`recover\`, \`drill\`. The drill needs the programs of the server, which the image does not have: run it where they are, monthly at least.`;
}

function limits(source: BackupSource, { pointInTime }: Timetable): string {
  if (source !== BackupSource.POSTGRESQL || pointInTime === undefined) {
    return LIMITS[source];
  }
  return `## What it does not do

Roles are not in a dump; \`prisma/roles.sql\` makes them again.${
    pointInTime.managedBy === undefined
      ? ' The archive is of the whole server: to one that is shared, a moment comes back for all of its databases. Base backups are always whole; for terabytes use pgBackRest or WAL-G on the server.'
      : ` Moments between two backups are ${pointInTime.managedBy}'s: see *Go back to a moment*.`
  }`;
}

const LIMITS: Record<BackupSource, string> = {
  [BackupSource.POSTGRESQL]: `## What it does not do

Between two backups there is nothing to go back to. Where a lost hour is too much, let the server archive its write-ahead log as well: managed PostgreSQL has
point-in-time recovery as a setting, and \`pointInTime\` archives the log of one's own. Roles are not in a dump; \`prisma/roles.sql\` makes them again.`,
  [BackupSource.MYSQL]: `## What it does not do

Between two backups there is nothing to go back to; managed servers have point-in-time recovery as a setting. A dump and the count of its rows cannot be of one moment, so
the manifest says between how many rows a table has. A restore that fails leaves what it has done: restore into an empty database. Users are not in a dump.`,
  [BackupSource.SQLITE]: `## What it does not do

Between two backups there is nothing to go back to. A backup needs as much room for temporary files as the database is large.`,
};
