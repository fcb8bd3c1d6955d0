import {
  BackingService,
  ConfigType,
  ConfigVariable,
  type ConfigVariableProps,
  Duration,
  type Fact,
  NetworkPeer,
  ProcessIdentity,
  Rotation,
  SecretRule,
  ServiceProcess,
  Waiver,
} from '../service';
import type { BackupStores } from './backup-stores';
import { type BackupEnvironment, BackupSource, type DatabaseBackupOptions } from './options';
import type { PointInTimeRecovery } from './point-in-time-recovery';
import type { Timetable } from './timetable';

const STATED_BY = 'DatabaseBackup';

/** What the processes are called; the run-time code knows them too. */
export const BACKUP = 'backup';
export const DRILL = 'restore-drill';
export const ARCHIVE = 'backup-archive';
export const BASE = 'base-backup';

/** Where nothing is encrypted, and nothing pushed. */
export const LOCAL = ['dev', 'test'];

/** What the database is called where backups reach it on another way than all others. */
const SERVER = 'backup-database';

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
export function backupFacts(
  source: BackupSource,
  options: DatabaseBackupOptions,
  timetable: Timetable,
  stores: BackupStores,
): Fact[] {
  return [
    ...variables(source, stores, options),
    ...backingServices(source, stores, options, timetable),
    ...processes(source, stores, timetable, options),
    ...(timetable.archive ? archiveFacts(source, stores, timetable.archive, databaseOf(source, options)) : []),
    ...identityOf(stores, timetable),
  ];
}

/** By what the clouds of the stores know the processes that use them. */
function identityOf({ identities }: BackupStores, { archive }: Timetable): Fact[] {
  const processes = [BACKUP, DRILL, ...(archive ? [ARCHIVE, BASE] : [])];
  return identities.length === 0
    ? []
    : [new ProcessIdentity('backups', { processes, identities, statedBy: STATED_BY })];
}

/** Whether somebody takes the metrics of jobs, which alerts and panels are about. */
export function isPushed({ pushMetrics = true, environments = {} }: DatabaseBackupOptions): boolean {
  return pushMetrics || Object.values(environments).some(({ pushgatewayUrl }) => pushgatewayUrl !== undefined);
}

/** Whether backups reach the database on another way than all others. */
export function hasServer(source: BackupSource, { server }: DatabaseBackupOptions): boolean {
  return server !== undefined && source !== BackupSource.SQLITE;
}

/** The backing service that is backed up, by name; where it is a file, none. */
function databaseOf(source: BackupSource, options: DatabaseBackupOptions): string[] {
  return source === BackupSource.SQLITE ? [] : [hasServer(source, options) ? SERVER : source];
}

/** The process that archives the log, and the one that copies the server. */
function archiveFacts(
  source: BackupSource,
  stores: BackupStores,
  archive: PointInTimeRecovery,
  database: string[],
): Fact[] {
  const command = ['node', '--enable-source-maps', 'dist/platform/backup-archive.js'];
  const ownVariables = [
    ...stores.variables,
    'BACKUP_PUSHGATEWAY_URL',
    'BACKUP_RECIPIENTS',
    'BACKUP_REPLICATION_URL',
    ...(stores.copy ? ['BACKUP_COPY_URL'] : []),
  ];
  const uses = [...database, STORE, ...(stores.copy ? [COPY] : [])];
  return [
    new ConfigVariable('BACKUP_REPLICATION_URL', {
      type: ConfigType.url({ schemes: SCHEMES[source] }),
      secret: true,
      // Without it nothing is archived on a developer's machine, whose server lets nobody replicate.
      optionalIn: LOCAL,
      rotation: Rotation.manual({ overlap: true }),
      description: 'The server itself, not a pool before it, for a role that may replicate',
      statedBy: STATED_BY,
    }),
    new ConfigVariable('BACKUP_ARCHIVE_PORT', {
      type: ConfigType.integer({ min: 0, max: 65_535 }),
      defaultValue: 9465,
      description: 'Port of the probes and metrics of the process that archives',
      statedBy: STATED_BY,
    }),
    ServiceProcess.worker(ARCHIVE, {
      command: [...command, 'archive'],
      description: "Archives the database server's write-ahead log",
      uses,
      ownVariables: [...ownVariables, 'BACKUP_ARCHIVE_PORT'],
      sharedSecrets: [],
      programs: ['pg_receivewal'],
      managementPortVariable: 'BACKUP_ARCHIVE_PORT',
      // A slot has one reader.
      singleton: true,
      // Those that replicate have a limit of their own.
      databaseConnections: 1,
      statedBy: STATED_BY,
    }),
    ServiceProcess.scheduledJob(BASE, {
      command: [...command, 'base'],
      description: 'Copies the whole database server, and removes what no moment of the window needs',
      schedule: archive._base,
      deadline: archive._deadline,
      uses: [...uses, PUSHGATEWAY],
      ownVariables,
      sharedSecrets: [],
      programs: ['pg_basebackup'],
      statedBy: STATED_BY,
    }),
  ];
}

function variables(source: BackupSource, stores: BackupStores, options: DatabaseBackupOptions): Fact[] {
  const { environments = {}, pushMetrics = true } = options;
  const of = (member: keyof BackupEnvironment) =>
    Object.fromEntries(
      Object.entries(environments)
        .filter(([, settings]) => settings?.[member] !== undefined)
        .map(([name, settings]) => [name, settings[member]]),
    );
  const { main, copy } = stores;
  const local = { dev: 'a folder below .data/', test: 'a folder below .data/' };
  const url = (scheme: string[]) => ConfigType.url({ schemes: scheme });
  return [
    ...(source === BackupSource.SQLITE
      ? []
      : [
          secret('BACKUP_DATABASE_URL', {
            type: url(SCHEMES[source]),
            ...(hasServer(source, options)
              ? { providedBy: { dev: 'the database of DATABASE_URL', test: 'the database of DATABASE_URL' } }
              : { optional: true }),
            description: hasServer(source, options)
              ? 'The server itself, not a pooler before it, for a role that may read every row'
              : 'Where the database is for a role that may read every row; without it, DATABASE_URL',
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
      type: main._urlType,
      values: of('storeUrl'),
      providedBy: local,
      example: main._example,
      description: 'The bucket, or the mounted folder, that backups are kept in',
      statedBy: STATED_BY,
    }),
    ...(copy
      ? [
          new ConfigVariable('BACKUP_COPY_URL', {
            type: copy._urlType,
            values: of('copyUrl'),
            providedBy: local,
            example: `${copy._example}-elsewhere`,
            description: 'The bucket, or the mounted folder, that backups are copied to',
            statedBy: STATED_BY,
          }),
        ]
      : []),
    new ConfigVariable('BACKUP_RECIPIENTS', {
      type: ConfigType.list(),
      values: { dev: [], test: [], ...of('recipients') },
      example: 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p',
      description: 'The public keys of age that backups are encrypted to',
      statedBy: STATED_BY,
    }),
    secret('BACKUP_IDENTITY', {
      optionalIn: LOCAL,
      description: 'The private key of age that belongs to one of BACKUP_RECIPIENTS; only the drill needs it',
    }),
    new Waiver(SecretRule.ROTATION, {
      subject: 'BACKUP_IDENTITY',
      reason:
        'every backup that it can read would be lost with it: add a second recipient, and drop the first when its backups are gone',
      statedBy: STATED_BY,
    }),
    ...stores.all.flatMap((store) => store._facts(STATED_BY)).filter(firstOfItsName),
    new ConfigVariable('BACKUP_LOCK_TIMEOUT', {
      type: ConfigType.duration({ min: Duration.seconds(1) }),
      defaultValue: Duration.seconds(30),
      description: 'How long a backup waits for a table that somebody has locked',
      statedBy: STATED_BY,
    }),
    new ConfigVariable('BACKUP_PUSHGATEWAY_URL', {
      type: url(['http', 'https']),
      values: of('pushgatewayUrl'),
      ...(pushMetrics ? { optionalIn: LOCAL } : { optional: true }),
      example: 'http://pushgateway.monitoring:9091',
      description: 'The Prometheus Pushgateway that takes the metrics of backups',
      statedBy: STATED_BY,
    }),
  ];
}

function firstOfItsName({ name }: Fact, i: number, all: readonly Fact[]): boolean {
  return all.findIndex((other) => other.name === name) === i;
}

function secret(name: string, props: ConfigVariableProps): Fact {
  return new ConfigVariable(name, {
    ...props,
    secret: true,
    rotation: Rotation.manual({ overlap: true }),
    statedBy: STATED_BY,
  });
}

function backingServices(
  source: BackupSource,
  { main, copy }: BackupStores,
  options: DatabaseBackupOptions,
  { archive }: Timetable,
): Fact[] {
  const { storePeer, pushgatewayPeer } = options;
  const archiving = archive ? [ARCHIVE, BASE] : [];
  const peer = storePeer ?? NetworkPeer.anywhere('object stores have no fixed addresses');
  const common = { required: false, statedBy: STATED_BY };
  return [
    BackingService.http({
      ...common,
      name: STORE,
      port: main._port,
      urlVariable: 'BACKUP_STORE_URL',
      usedBy: [BACKUP, DRILL, ...archiving],
      peer,
    }),
    ...(copy
      ? [
          BackingService.http({
            ...common,
            name: COPY,
            port: copy._port,
            urlVariable: 'BACKUP_COPY_URL',
            usedBy: [BACKUP, ...archiving],
            peer,
          }),
        ]
      : []),
    BackingService.http({
      ...common,
      name: PUSHGATEWAY,
      port: 9091,
      urlVariable: 'BACKUP_PUSHGATEWAY_URL',
      usedBy: [BACKUP, DRILL, ...(archive ? [BASE] : [])],
      peer:
        pushgatewayPeer ??
        NetworkPeer.inCluster({
          namespace: 'monitoring',
          podLabels: { 'app.kubernetes.io/name': 'prometheus-pushgateway' },
        }),
    }),
    ...scratchOf(source),
    ...(hasServer(source, options) ? serverOf(source, options, archiving) : []),
  ];
}

function serverOf(source: BackupSource, { server }: DatabaseBackupOptions, archiving: string[]): Fact[] {
  const connection = {
    ...server,
    name: SERVER,
    urlVariable: 'BACKUP_DATABASE_URL',
    behind: source,
    usedBy: [BACKUP, ...archiving],
    required: false,
    statedBy: STATED_BY,
  };
  return [source === BackupSource.MYSQL ? BackingService.mysql(connection) : BackingService.postgresql(connection)];
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

function processes(
  source: BackupSource,
  { copy, variables: shared }: BackupStores,
  timetable: Timetable,
  options: DatabaseBackupOptions,
): Fact[] {
  const sqlite = source === BackupSource.SQLITE;
  const command = ['node', '--enable-source-maps', 'dist/platform/backup.js'];
  return [
    ServiceProcess.scheduledJob(BACKUP, {
      command: [...command, 'backup'],
      description: 'Makes a backup of the database, and removes those that are too old',
      schedule: timetable.schedule,
      deadline: timetable.deadline,
      uses: [...databaseOf(source, options), STORE, ...(copy ? [COPY] : []), PUSHGATEWAY],
      ownVariables: [
        ...shared,
        'BACKUP_LOCK_TIMEOUT',
        'BACKUP_PUSHGATEWAY_URL',
        'BACKUP_RECIPIENTS',
        ...(sqlite ? [] : ['BACKUP_DATABASE_URL']),
        ...(copy ? ['BACKUP_COPY_URL'] : []),
      ],
      sharedSecrets: hasServer(source, options) ? [] : ['DATABASE_URL'],
      programs: PROGRAMS[source].dump,
      statedBy: STATED_BY,
    }),
    ServiceProcess.scheduledJob(DRILL, {
      command: [...command, 'drill'],
      description: 'Restores the newest backup into a scratch database and compares it',
      schedule: timetable.drill,
      deadline: timetable.rto,
      uses: [...(sqlite ? [] : [SCRATCH]), STORE, PUSHGATEWAY],
      ownVariables: [
        ...shared,
        'BACKUP_LOCK_TIMEOUT',
        'BACKUP_PUSHGATEWAY_URL',
        'BACKUP_DRILL_DATABASE_URL',
        'BACKUP_IDENTITY',
      ],
      sharedSecrets: [],
      programs: PROGRAMS[source].restore,
      statedBy: STATED_BY,
    }),
  ];
}
