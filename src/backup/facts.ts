import {
  BackingService,
  ConfigType,
  ConfigVariable,
  Duration,
  type Fact,
  NetworkPeer,
  Rotation,
  SecretRule,
  ServiceProcess,
  Waiver,
} from '../service';
import { BackupSource, type DatabaseBackupOptions } from './options';
import type { Timetable } from './timetable';

const STATED_BY = 'DatabaseBackup';

/** What the processes are called; the run-time code knows them too. */
export const BACKUP = 'backup';
export const DRILL = 'restore-drill';

const STORE = 'backup-store';
const COPY = 'backup-copy';
const PUSHGATEWAY = 'pushgateway';
const SCRATCH = 'drill';

/** The program of each database that writes a dump, and the one that reads it. */
const PROGRAMS: Record<BackupSource, { readonly dump: string[]; readonly restore: string[] }> = {
  [BackupSource.POSTGRESQL]: { dump: ['pg_dump', 'pg_restore'], restore: ['pg_restore'] },
  [BackupSource.MYSQL]: { dump: ['mariadb-dump'], restore: ['mariadb'] },
  [BackupSource.SQLITE]: { dump: [], restore: [] },
};

const SCHEMES: Record<BackupSource, string[]> = {
  [BackupSource.POSTGRESQL]: ['postgresql', 'postgres'],
  [BackupSource.MYSQL]: ['mysql', 'mariadb'],
  [BackupSource.SQLITE]: ['file'],
};

/**
 * Everything that backups mean for the rest of the service.
 */
export function backupFacts(source: BackupSource, options: DatabaseBackupOptions, timetable: Timetable): Fact[] {
  return [...variables(source, options), ...backingServices(source, options), ...processes(source, options, timetable)];
}

function variables(source: BackupSource, { copyTo }: DatabaseBackupOptions): Fact[] {
  const local = { dev: 'a folder below .data/', test: 'a folder below .data/' };
  const url = (scheme: string[]) => ConfigType.url({ schemes: scheme });
  return [
    ...(source === BackupSource.SQLITE
      ? []
      : [
          secret('BACKUP_DATABASE_URL', {
            type: url(SCHEMES[source]),
            description: 'Where the database is for a role that may read every row; without it, DATABASE_URL',
          }),
        ]),
    new ConfigVariable('BACKUP_DRILL_DATABASE_URL', {
      type: url(SCHEMES[source]),
      secret: true,
      providedBy: { dev: 'whoever runs a drill', test: 'whoever runs a drill' },
      description: 'An empty database whose name ends in "drill"; the drill restores into it and empties it',
      statedBy: STATED_BY,
    }),
    new ConfigVariable('BACKUP_STORE_URL', {
      type: url(['s3', 'file']),
      providedBy: local,
      example: 's3://acme-backups',
      description: 'The bucket, or the mounted folder, that backups are kept in',
      statedBy: STATED_BY,
    }),
    ...(copyTo
      ? [
          new ConfigVariable('BACKUP_COPY_URL', {
            type: url(['s3', 'file']),
            providedBy: local,
            example: 's3://acme-backups-elsewhere',
            description: 'The bucket, or the mounted folder, that backups are copied to',
            statedBy: STATED_BY,
          }),
        ]
      : []),
    new ConfigVariable('BACKUP_RECIPIENTS', {
      type: ConfigType.list(),
      values: { dev: [], test: [] },
      example: 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p',
      description: 'The public keys of age that backups are encrypted to',
      statedBy: STATED_BY,
    }),
    secret('BACKUP_IDENTITY', {
      description: 'The private key of age that belongs to one of BACKUP_RECIPIENTS; only the drill needs it',
    }),
    new Waiver(SecretRule.ROTATION, {
      subject: 'BACKUP_IDENTITY',
      reason:
        'every backup that it can read would be lost with it: add a second recipient, and drop the first when its backups are gone',
      statedBy: STATED_BY,
    }),
    secret('BACKUP_S3_ACCESS_KEY_ID', {
      description: 'The access key of the stores; without it, the rights of the pod',
    }),
    secret('BACKUP_S3_SECRET_ACCESS_KEY', { description: 'What belongs to BACKUP_S3_ACCESS_KEY_ID' }),
    new ConfigVariable('BACKUP_LOCK_TIMEOUT', {
      type: ConfigType.duration({ min: Duration.seconds(1) }),
      defaultValue: Duration.seconds(30),
      description: 'How long a backup waits for a table that somebody has locked',
      statedBy: STATED_BY,
    }),
    new ConfigVariable('BACKUP_PUSHGATEWAY_URL', {
      type: url(['http', 'https']),
      optional: true,
      example: 'http://pushgateway.monitoring:9091',
      description: 'The Prometheus Pushgateway that takes the metrics of backups',
      statedBy: STATED_BY,
    }),
  ];
}

function secret(name: string, props: { readonly type?: ConfigType; readonly description: string }): Fact {
  return new ConfigVariable(name, {
    ...props,
    secret: true,
    optional: true,
    rotation: Rotation.manual({ overlap: true }),
    statedBy: STATED_BY,
  });
}

function backingServices(source: BackupSource, { copyTo, storePeer, pushgatewayPeer }: DatabaseBackupOptions): Fact[] {
  const peer = storePeer ?? NetworkPeer.anywhere('object stores have no fixed addresses');
  const common = { required: false, statedBy: STATED_BY };
  return [
    BackingService.http({ ...common, name: STORE, urlVariable: 'BACKUP_STORE_URL', usedBy: [BACKUP, DRILL], peer }),
    ...(copyTo
      ? [BackingService.http({ ...common, name: COPY, urlVariable: 'BACKUP_COPY_URL', usedBy: [BACKUP], peer })]
      : []),
    BackingService.http({
      ...common,
      name: PUSHGATEWAY,
      port: 9091,
      urlVariable: 'BACKUP_PUSHGATEWAY_URL',
      usedBy: [BACKUP, DRILL],
      peer:
        pushgatewayPeer ??
        NetworkPeer.inCluster({
          namespace: 'monitoring',
          podLabels: { 'app.kubernetes.io/name': 'prometheus-pushgateway' },
        }),
    }),
    ...scratchOf(source),
  ];
}

function scratchOf(source: BackupSource): Fact[] {
  const options = {
    name: SCRATCH,
    urlVariable: 'BACKUP_DRILL_DATABASE_URL',
    usedBy: [DRILL],
    required: false,
    statedBy: STATED_BY,
  };
  switch (source) {
    case BackupSource.POSTGRESQL:
      return [BackingService.postgresql(options)];
    case BackupSource.MYSQL:
      return [BackingService.mysql(options)];
    default:
      return [];
  }
}

function processes(source: BackupSource, { copyTo }: DatabaseBackupOptions, timetable: Timetable): Fact[] {
  const sqlite = source === BackupSource.SQLITE;
  const command = ['node', '--enable-source-maps', 'dist/platform/backup.js'];
  const shared = [
    'BACKUP_STORE_URL',
    'BACKUP_S3_ACCESS_KEY_ID',
    'BACKUP_S3_SECRET_ACCESS_KEY',
    'BACKUP_LOCK_TIMEOUT',
    'BACKUP_PUSHGATEWAY_URL',
  ];
  return [
    ServiceProcess.scheduledJob(BACKUP, {
      command: [...command, 'backup'],
      description: 'Makes a backup of the database, and removes those that are too old',
      schedule: timetable.schedule,
      deadline: timetable.deadline,
      uses: [...(sqlite ? [] : [source]), STORE, ...(copyTo ? [COPY] : []), PUSHGATEWAY],
      ownVariables: [
        ...shared,
        'BACKUP_RECIPIENTS',
        ...(sqlite ? [] : ['BACKUP_DATABASE_URL']),
        ...(copyTo ? ['BACKUP_COPY_URL'] : []),
      ],
      programs: PROGRAMS[source].dump,
      statedBy: STATED_BY,
    }),
    ServiceProcess.scheduledJob(DRILL, {
      command: [...command, 'drill'],
      description: 'Restores the newest backup into a scratch database and compares it',
      schedule: timetable.drill,
      deadline: timetable.rto,
      uses: [...(sqlite ? [] : [SCRATCH]), STORE, PUSHGATEWAY],
      ownVariables: [...shared, 'BACKUP_DRILL_DATABASE_URL', 'BACKUP_IDENTITY'],
      programs: PROGRAMS[source].restore,
      statedBy: STATED_BY,
    }),
  ];
}
