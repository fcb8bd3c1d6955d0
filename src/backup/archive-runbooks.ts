import { Guide, GuideKind } from '../service';
import type { BackupStores } from './backup-stores';
import type { Timetable } from './timetable';

/**
 * What to do when the archive is behind, and when a moment of the past is needed.
 */
export function archiveRunbooks({ archive, pointInTime, rpo, rto }: Timetable, { main }: BackupStores): Guide[] {
  const page = (name: string, title: string, summary: string, text: string) =>
    new Guide(name, {
      kind: GuideKind.RUNBOOK,
      title,
      summary,
      statedBy: 'DatabaseBackup',
      text: {
        render: ({ serviceName }) =>
          text.replaceAll('{service}', serviceName).replaceAll('{slot}', slotOf(serviceName)),
      },
    });
  const moment = (text: string) =>
    page('restore-a-moment', 'Go back to a moment', `Rows were changed by mistake; ${rto} are promised`, text);
  if (archive) {
    return [
      page('archive-stale', 'The archive is behind', `Its newest moment is older than ${rpo}`, STALE),
      page('archive-needs-base', 'There is no base backup', 'The log in the archive has nothing to begin with', BASE),
      moment(MOMENT.replace('{keys}', main._keysInShell)),
    ];
  }
  return pointInTime?.managedBy === undefined ? [] : [moment(managed(pointInTime.managedBy))];
}

/** As the process that archives calls its slot, without the environment. */
function slotOf(service: string): string {
  return service.replace(/[^a-z0-9_]/g, '_');
}

const STALE = `The service works. The database server keeps its log until the archive has it, so nothing is lost yet; its disk fills.

1. **Which process archives?** Read the log of \`backup-archive\`; one replica works, the others say that they wait. *archiving failed* has the reason:
   - *cannot be opened*, *password authentication failed*: the server, or \`BACKUP_REPLICATION_URL\`.
   - *no pg_hba.conf entry for replication*: let the role in, with a line for the database \`replication\`.
   - *all replication slots are in use*: raise \`max_replication_slots\`; it needs two, and a third during a base backup.
   - *is a standby*: there was a failover. Point \`BACKUP_REPLICATION_URL\` at the primary.
   - *cannot be written*, *gives back something else*, *is full*: the store.
2. **How long until the disk is full?** \`SELECT slot_name, wal_status, safe_wal_size FROM pg_replication_slots\`, and the disk of the server.
3. **Can it not be mended before that?** Stop the process \`backup-archive\` first, or it makes the slot anew and the server goes on keeping its log; on Kubernetes
   \`kubectl --namespace <namespace> scale deployment/{service}-backup-archive --replicas=0\`. Then drop its slots, the second of which is there only while it works:

   \`\`\`sql
   SELECT slot_name, pg_drop_replication_slot(slot_name) FROM pg_replication_slots
   WHERE slot_name IN ('{slot}_<environment>_archive', '{slot}_<environment>_archive_copy') AND NOT active;
   \`\`\`

   The database lives, and the archive has a gap. When it is mended, start \`backup-archive\` again (\`--replicas=1\`: its autoscaler does the rest), and the process \`base-backup\` by hand.
4. **When it is mended**, it catches up by itself; watch *How old is the newest moment in the archive?*`;

const BASE = `A recovery begins with a copy of the whole server, and applies the log from there.

1. **Start the process \`base-backup\` by hand**, on Kubernetes with \`kubectl --namespace <namespace> create job --from=cronjob/<service>-base-backup base-by-hand\`, and read its log where it fails.
   - *requested WAL segment … has already been removed*: \`max_slot_wal_keep_size\` is smaller than what is written while the server is copied.
   - *can only write single tablespace to stdout*: tablespaces are not supported; use the tools named in the page *Backups*.
   - *another base backup … is at work*: wait for it.
   - *is good, but nothing old was removed*: there is a new base backup, and the manifest of an older one cannot be read. Nobody knows which log that one needs, so all log stays and the store grows. Put the
     manifest back from an older version of the object; or remove it together with its archive, and no moment between it and the next base backup can be had.
2. **Was log lost?** *log is missing* in the log of \`backup-archive\` names the segments: the server gave up the slot, or was replaced by a standby without one. No moment between the last one before the gap and
   the new base backup can be had. Write down which those are.
3. **Raise \`max_slot_wal_keep_size\`**, and keep the alert \`ArchiveKeepsLog\` well below it.`;

const MOMENT = `The whole server comes back as it was, beside the one that runs. Do not touch that one before you have what you need.

1. **Which moment?** A second before the mistake, with its offset: the log of the service, \`pg_stat_activity\`, the deployment. From a checkout of the release that is deployed, after \`npm ci\` and
   \`npx projen compile\`, on the machine of the new server, this says which there are; without \`APP_ENV\` those of prod:

   \`\`\`sh
   export APP_ENV=<environment> BACKUP_STORE_URL=<url of the store>
   {keys}
   node dist/platform/backup-archive.js list
   \`\`\`
2. **Only some rows?** Stop nothing: recover beside the running server, and copy the rows over.
3. **Lay it out** in the same shell, where the new server will find it, with the same version of PostgreSQL installed, \`tar\` and \`pg_verifybackup\` on the PATH, and room for the server and its log:

   \`\`\`sh
   node dist/platform/backup-archive.js recover --at 2026-03-01T12:29:59Z --into /var/lib/postgresql/recovered --identity backup.key
   \`\`\`

   Every segment, every checksum and every file is verified; a gap or a damaged object is named before a server is started.
4. **Start it:** \`chown -R postgres: /var/lib/postgresql/recovered\`, then \`postgres -D\` on that folder, or mount it as the data directory of a new container. It applies the log and opens for
   writing at that moment. Its configuration is that of the old server where that lay in the data directory; Debian keeps it in \`/etc\`.
5. **Look:** are the rows there? Otherwise again from 3, with another moment and another folder.
6. **Rows only:** \`pg_dump --data-only --table=…\` from it, into the running one. Then remove it.
7. **All of it:** scale the service to zero, point \`DATABASE_URL\`, \`BACKUP_REPLICATION_URL\` and their like at the new server, start the service. The archive goes on, on a new timeline; start \`base-backup\` by hand.
8. **Afterwards**, remove \`pg_archive\` from its data directory.`;

function managed(platform: string): string {
  return `${platform} keeps the log of the server and brings it back; nothing of this service does.

1. **Which moment?** A second before the mistake, with its offset: the log of the service, the deployment.
2. **Have ${platform} restore the server to that moment, as a new server** beside the one that runs.
3. **Rows only:** \`pg_dump --data-only --table=…\` from it, into the running one. Then remove it.
4. **All of it:** scale the service to zero, point \`DATABASE_URL\` and its like at the new server, start the service.
5. **Turn the setting on for the new server:** on many platforms it does not come along.
6. **Is the platform itself gone, or the account?** Then its log is too: *Restore a backup*.`;
}
