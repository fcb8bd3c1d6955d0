import { Component, type Project, type Task } from 'projen';
import { OwnedText, type Owner } from '../files';
import { NodeRuntime } from '../runtime/node';
import { Service } from '../service';
import { archiveRunbooks } from './archive-runbooks';
import { BackupStore } from './backup-store';
import { BackupStores } from './backup-stores';
import { renderArchiveEntry, renderEntry, retentionProblems, sourceProblems } from './entry';
import { backupFacts } from './facts';
import { backupGuide } from './guide';
import { BackupSource, type DatabaseBackupOptions } from './options';
import { backupRunbooks } from './runbooks';
import { backupSignals } from './signals';
import { Timetable } from './timetable';
import { pushing } from './watched';

const BACKUP = 'src/platform/backup.ts';
const ARCHIVE = 'src/platform/backup-archive.ts';

/** Where a developer's machine keeps backups made in containers. */
const FOLDER = '/backups';

interface Verb {
  readonly task: Task;
  readonly program: string;
  readonly verb: string;
}

const OWNER: Owner = { component: 'DatabaseBackup', change: 'the option backup' };

/**
 * Backups of the database that count only when they can be read back: made on a schedule that keeps the RPO, encrypted to a public
 * key, restored and compared by a drill, with alerts and runbooks.
 *
 * It states the processes `backup` and `restore-drill`, and brings `src/platform/backup.ts`, which both of them run, and a person in
 * an emergency.
 *
 * @example
 * new DatabaseBackup(project, {
 *   source: BackupSource.POSTGRESQL,
 *   rpo: Duration.hours(1),
 *   rto: Duration.hours(2),
 *   store: BackupStore.s3({ region: 'eu-west-1' }),
 *   copyTo: BackupStore.s3({ region: 'eu-central-1' }),
 * });
 */
export class DatabaseBackup extends Component {
  /**
   * The backups of a project, if it has any.
   *
   * @param project any projen project
   */
  public static of(project: Project): DatabaseBackup | undefined {
    return project.components.find((component): component is DatabaseBackup => component instanceof DatabaseBackup);
  }

  /** The database that is backed up. */
  public readonly source: BackupSource;

  private readonly tasks: Verb[] = [];

  constructor(project: Project, options: DatabaseBackupOptions = {}) {
    super(project, 'DatabaseBackup');
    this.source = options.source ?? BackupSource.POSTGRESQL;
    const service = Service.of(project);
    const timetable = new Timetable(options, this.source);
    const stores = new BackupStores(options.store ?? BackupStore.s3({ region: 'us-east-1' }), options.copyTo);
    for (const fact of [
      ...backupFacts(this.source, options, timetable, stores),
      ...backupSignals(service.serviceName, timetable, pushing(options)),
      backupGuide(this.source, options, timetable, stores),
      ...backupRunbooks(timetable, stores),
      ...archiveRunbooks(timetable, stores),
    ]) {
      service.state(fact);
    }
    for (const problem of [
      ...timetable.problems(),
      ...sourceProblems(this.source, options),
      ...retentionProblems(options),
    ]) {
      service.report(problem);
    }
    for (const [place, store] of Object.entries({ store: stores.main, copyTo: stores.copy })) {
      const flaw = store?.flaw();
      if (flaw !== undefined) {
        service.report({ place: `backup.${place}`, message: flaw, fix: 'correct it' });
      }
    }
    const runtime = NodeRuntime.of(project);
    runtime.installConfig();
    runtime.installPlatform('backup', this.source);
    runtime.installPlatform('backup-stores', this.source);
    for (const { _module } of stores.kinds) {
      runtime.installPlatform(_module, this.source);
    }
    runtime.addDataFolder(FOLDER, localUrls(this.source, stores, service.serviceName));
    new OwnedText(project, BACKUP, {
      owner: OWNER,
      text: () => renderEntry(service, options, timetable, stores, this.source === BackupSource.SQLITE),
    });
    const { archive } = timetable;
    if (archive) {
      runtime.installPlatform('backup-archive', this.source);
      new OwnedText(project, ARCHIVE, {
        owner: OWNER,
        text: () => renderArchiveEntry(service, timetable, archive, stores),
      });
      this.tasks.push(
        this.task(
          'db:base',
          'Copies the whole database server, for recoveries to any moment after it',
          'base',
          ARCHIVE,
        ),
        this.task('db:moments', 'Says which moments of the database server can be had', 'list', ARCHIVE),
        this.task(
          'db:recover',
          'Lays out the database server as it was: db:recover --at <time|latest> --into <folder>',
          'recover',
          ARCHIVE,
        ),
        this.task('db:recovery-drill', 'Recovers the database server, starts it and reads all of it', 'drill', ARCHIVE),
      );
    }
    this.tasks.push(
      this.task('db:backup', 'Makes a backup of the database', 'backup'),
      this.task('db:backups', 'Says which backups there are, and whether they are good', 'list'),
      this.task(
        'db:restore',
        'Puts a backup into an empty database: db:restore <id|latest> --to <url|@file>',
        'restore',
      ),
      this.task('db:drill', 'Restores a backup into a scratch database, and compares it', 'drill'),
    );
  }

  /** By then it is known what brings a database to a developer's machine. */
  public override preSynthesize(): void {
    const { devCommandPrefix } = NodeRuntime.of(this.project);
    for (const { task, program, verb } of this.tasks) {
      // As a list of arguments no shell reads them.
      task.execArgs([...devCommandPrefix, 'tsx', program, verb], { receiveArgs: true });
    }
  }

  private task(name: string, description: string, verb: string, program = BACKUP): Verb {
    return { task: this.project.addTask(name, { description, receiveArgs: true }), program, verb };
  }
}

function localUrls(source: BackupSource, { copy }: BackupStores, name: string): Record<string, string> {
  return {
    BACKUP_STORE_URL: `file://${FOLDER}/main`,
    ...(copy ? { BACKUP_COPY_URL: `file://${FOLDER}/copy` } : {}),
    ...(source === BackupSource.SQLITE ? { BACKUP_DRILL_DATABASE_URL: `file:${FOLDER}/${name}-drill.db` } : {}),
  };
}
