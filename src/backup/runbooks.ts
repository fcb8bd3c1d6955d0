import { Guide, GuideKind } from '../service';
import type { BackupStore } from './backup-store';
import type { BackupStores } from './backup-stores';
import type { Timetable } from './timetable';

/**
 * What to do when a backup is missing, and when one is needed.
 */
export function backupRunbooks(timetable: Timetable, stores: BackupStores): Guide[] {
  const pages: ReadonlyArray<readonly [name: string, title: string, summary: string, text: string]> = [
    ['backup-stale', 'There is no recent backup', `The newest good backup is older than ${timetable.rpo}`, STALE],
    [
      'backup-shrinking',
      'Backups have become much smaller',
      'Rows are missing, or the backup cannot see them',
      SHRINKING,
    ],
    ['restore-drill-failed', 'A backup could not be restored', 'The drill failed, or does not run', DRILL],
    ['restore-slow', 'A restore takes too long', `It must not take longer than ${timetable.rto}`, SLOW],
    [
      'restore-a-backup',
      'Restore a backup',
      `The database is lost or wrong; ${timetable.rto} are promised`,
      restore(timetable, stores),
    ],
    ['backup-key-lost', 'The key of the backups is lost', 'Nothing that was encrypted to it can be read', KEY],
    ...(stores.copy
      ? [
          [
            'restore-in-another-region',
            'Restore in another region',
            'The region of the database and its backups is gone',
            region(stores.copy),
          ] as const,
        ]
      : []),
  ];
  return pages.map(
    ([name, title, summary, text]) =>
      new Guide(name, {
        kind: GuideKind.RUNBOOK,
        title,
        summary,
        statedBy: 'DatabaseBackup',
        text: { render: () => text },
      }),
  );
}

const STALE = `The service works. What would be lost with the database grows with every minute.

1. **Did a run fail?** Read the log of the last run of the process \`backup\`: its last line says why, and what to do.
   - *cannot be opened*, *refused*: the database or \`BACKUP_DATABASE_URL\`.
   - *stayed locked*: somebody holds a table; see \`pg_locks\` and \`pg_stat_activity\`.
   - *Install client programs*: the server is newer than the client in the image. Build the image again on a newer base.
   - *cannot be written*, *gives back another archive*, *is full*: the store. The older backups are untouched.
   - *another backup … is at work*: one hangs. Its connection is called \`backup\` in \`pg_stat_activity\`; end it.
2. **Did none start?** Look at the schedule: is it suspended, is its image there, did it miss its start?
3. **Did all end well, and only the metric is missing?** \`node dist/platform/backup.js list\` says what there is. Then look at the Pushgateway.
4. **Make one now:** start the process \`backup\` by hand; on Kubernetes \`kubectl --namespace <namespace> create job --from=cronjob/<service>-backup backup-by-hand\`.`;

const SHRINKING = `A backup is made from whatever rows its role can see.

1. **Compare manifests:** \`node dist/platform/backup.js list\`, then the \`rows\` of the newest and of an older \`manifest.json\` in the store. Which table has fewer?
2. **Were they deleted on purpose?** A clean-up, a migration, a change of retention: then wait, the alert ends when the older backups are a week old.
3. **Were they deleted by mistake?** Restore an older backup into another database, and copy the rows from there.
4. **Are they there, and only the backup does not see them?** The role needs \`BYPASSRLS\`.`;

const DRILL = `Until this is mended, count on nothing newer than the last good drill.

1. **Read the log of the process \`restore-drill\`:** its last line says why.
   - *damaged or swapped*: try \`drill <id>\` with an older one. If those are good, look at who can write to the store.
   - *cannot be decrypted*: \`BACKUP_IDENTITY\` does not belong to \`BACKUP_RECIPIENTS\`. See *The key of the backups is lost*.
   - *has … rows instead of*: somebody else uses the scratch database, or the dump misses rows.
   - *could not be noted in the store*: the restore itself went well. Let the process \`restore-drill\` write \`restored.json\`; until then nothing keeps the last good backup.
   - *Use version …*: the scratch server is older than the one that is backed up.
2. **Does it not run at all, or has it never run?** \`BACKUP_DRILL_DATABASE_URL\`, \`BACKUP_IDENTITY\` and the schedule.
3. **Run it again** when it is mended, on Kubernetes with \`kubectl --namespace <namespace> create job --from=cronjob/<service>-restore-drill drill-by-hand\`; the alert ends with a good drill.`;

const SLOW = `Nothing is broken. A restore will soon take longer than was promised.

1. **How long, and since when?** The panel *How long do backups and restores take?*
2. **Is the scratch server smaller than the real one?** Then the figure is too large: give it the same size.
3. **Is there data that need not be in this database?** Old rows can be archived, files belong into an object store.
4. **Otherwise promise what can be kept:** a longer \`rto\`, or a standby that takes over without a restore.`;

function restore({ rto }: Timetable, { main }: BackupStores): string {
  return `Of the ${rto}, most is for the restore itself. Do not restore over the database that is wrong: it may be all there is.

It is run where the store and the new database can be reached and \`backup.key\` may be, not in a pod of the service, whose network ends at what it knows: from a checkout of the release that is deployed,
after \`npm ci\` and \`npx projen compile\`, with the client programs of the database installed.

1. **Stop what writes.** Scale the service to zero, or rows that are written now are lost.
2. **Which backup?** This names the good ones, by the time they began. After a mistake, take the last one before it.

   \`\`\`sh
   export APP_ENV=<environment> BACKUP_STORE_URL=<url of the store>
   ${main._keysInShell}
   node dist/platform/backup.js list
   \`\`\`

   Without \`APP_ENV\` these are the backups of prod, whichever environment you restore.
3. **Make an empty database** of the same version or a newer one, and run \`prisma/roles.sql\` in it where there is one.
4. **Restore:** put its URL, with the role that owns the schema, into the file \`target-url\`, and in the same shell run

   \`\`\`sh
   node dist/platform/backup.js restore <id> --to @target-url --identity backup.key
   \`\`\`

   Checksum and versions are verified before the target is touched, and the rows of each table are compared afterwards.
5. **Point the service at it:** \`DATABASE_URL\` and its like. Run the process \`migrate\`: a backup of an older release lacks the newest migrations.
6. **Start the service**, look at \`/health\`, and make a backup at once: on Kubernetes \`kubectl --namespace <namespace> create job --from=cronjob/<service>-backup backup-by-hand\`.
7. **Write down** how long each step took. The drill measures only the fourth.`;
}

const KEY = `Nobody can read what was encrypted to a key that is gone. The database itself is fine, so this is urgent and no outage.

1. **Is it really gone?** It was to be kept in two places, and the process \`restore-drill\` has a copy, \`BACKUP_IDENTITY\`.
2. **Make a new pair:** \`age-keygen -o backup.key\`. Keep it in two places.
3. **Put the public key into \`BACKUP_RECIPIENTS\`** in place of the lost one, and the private key into \`BACKUP_IDENTITY\`. Deploy.
4. **Make a backup and run the drill.** From here on there are backups again.
5. **Did somebody else get it?** Then every backup that it reads is read: treat the data as disclosed, and remove those backups when the new ones reach back far enough.`;

function region(copy: BackupStore): string {
  return `The copies are made by the same run as the backups, so they are as recent.

1. **Deploy the service in the other region**, scaled to zero, with its secrets.
2. **Make an empty database there.**
3. **Restore from the copies:** as in *Restore a backup*, with \`--from-copy\`, and with these in place of \`BACKUP_STORE_URL\` and its keys:

   \`\`\`sh
   export APP_ENV=<environment> BACKUP_COPY_URL=<url of the copies>
   ${copy._keysInShell}
   \`\`\`
4. **Exchange \`store\` and \`copyTo\`** in \`.projenrc.ts\`, so that new backups do not go to the region that is gone.
5. **Move the traffic** when \`/health\` says that all is well.`;
}
