import type { Service, ServiceProblem } from '../service';
import type { BackupStore } from './backup-store';
import type { BackupStores } from './backup-stores';
import { BackupSource, type DatabaseBackupOptions } from './options';
import type { PointInTimeRecovery } from './point-in-time-recovery';
import type { Timetable } from './timetable';

const DAY = 86_400_000;

/** The variables it reads, by the name the config module has for each. */
function members(sqlite: boolean, stores: BackupStores): string[] {
  return [
    ...(sqlite ? [] : ['backupDatabaseUrl']),
    'backupDrillDatabaseUrl',
    'backupIdentity',
    'backupLockTimeout',
    'backupPushgatewayUrl',
    'backupRecipients',
    ...storeMembers(stores),
    'databaseUrl',
  ].sort();
}

/**
 * Prints `src/platform/backup.ts`: the program of the processes, bound to what the declaration says.
 */
export function renderEntry(
  service: Service,
  options: DatabaseBackupOptions,
  timetable: Timetable,
  stores: BackupStores,
  sqlite: boolean,
): string {
  const { keepAll, days = 35, months = 12, atLeast = 3 } = options.retention ?? {};
  return [
    "import { runBackups } from './backup/main.js';",
    "import { loadPart, part } from './backup/part.js';",
    ...stores.kinds.map(({ _import }) => _import).sort(),
    "import { storeAt } from './backup-stores/store-at.js';",
    "import { declarations, environments, providers } from './config.js';",
    '',
    'const needed = part(declarations, [',
    ...members(sqlite, stores).map((member) => `  '${member}',`),
    ']);',
    '',
    'process.exitCode = await runBackups(process.argv.slice(2), {',
    `  service: '${service.serviceName}',`,
    '  loadConfig: (process) => loadPart(needed, { environments, providers }, process),',
    '  stores: (config) => ({',
    ...storeLines(service, stores),
    '  }),',
    `  retention: { all: ${number(keepAll?.toMillis() ?? 2 * DAY)}, days: ${days}, months: ${months}, least: ${atLeast} },`,
    `  recoveryTime: ${number(timetable.rto.toMillis())},`,
    '});',
  ].join('\n');
}

/**
 * Prints `src/platform/backup-archive.ts`: the program that archives the log of the server and brings it back.
 */
export function renderArchiveEntry(
  service: Service,
  { interval, rto }: Timetable,
  { _window }: PointInTimeRecovery,
  stores: BackupStores,
): string {
  const needed = [
    'backupArchivePort',
    'backupIdentity',
    'backupPushgatewayUrl',
    'backupRecipients',
    'backupReplicationUrl',
    ...storeMembers(stores),
    ...(service.tryFindConfigVariable('HOST') ? ['host'] : []),
  ].sort();
  return [
    "import { loadPart, part } from './backup/part.js';",
    "import { runArchive } from './backup-archive/main.js';",
    ...stores.kinds.map(({ _import }) => _import).sort(),
    "import { storeAt } from './backup-stores/store-at.js';",
    "import { declarations, environments, providers } from './config.js';",
    '',
    'const needed = part(declarations, [',
    ...needed.map((member) => `  '${member}',`),
    ']);',
    '',
    'process.exitCode = await runArchive(process.argv.slice(2), {',
    `  service: '${service.serviceName}',`,
    '  loadConfig: (process) => loadPart(needed, { environments, providers }, process),',
    '  stores: (config) => ({',
    ...storeLines(service, stores, 'archive'),
    '  }),',
    `  interval: ${number(interval.toMillis())},`,
    `  window: ${number(_window.toMillis())},`,
    `  recoveryTime: ${number(rto.toMillis())},`,
    '});',
  ].join('\n');
}

/** What the config module calls the variables of the stores. */
function storeMembers({ secrets, copy }: BackupStores): string[] {
  return ['BACKUP_STORE_URL', ...secrets, ...(copy ? ['BACKUP_COPY_URL'] : [])].map((name) =>
    name.toLowerCase().replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
  );
}

function storeLines(service: Service, { main, copy }: BackupStores, part?: string): string[] {
  return [
    ...storeLine('main', service, main, 'BACKUP_STORE_URL', part),
    ...(copy ? storeLine('copy', service, copy, 'BACKUP_COPY_URL', part) : []),
  ];
}

function storeLine(
  name: string,
  { serviceName }: Service,
  { _example, _expression }: BackupStore,
  variable: string,
  part?: string,
): string[] {
  return [
    `    ${name}: () => storeAt(config.${variable === 'BACKUP_STORE_URL' ? 'backupStoreUrl' : 'backupCopyUrl'}, {`,
    '      config,',
    `      service: '${serviceName}',`,
    `      variable: '${variable}',`,
    ...(part === undefined ? [] : [`      part: '${part}',`]),
    `      example: '${_example}',`,
    `      open: ${_expression},`,
    '    }),',
  ];
}

function number(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, '_');
}

/** What the database cannot do. */
export function sourceProblems(source: BackupSource, { pointInTime, server }: DatabaseBackupOptions): ServiceProblem[] {
  if (source === BackupSource.SQLITE && server !== undefined) {
    return [
      { place: 'backup.server', message: 'is given for SQLite, which has none', fix: 'drop it' },
      ...sourceProblems(source, { pointInTime }),
    ];
  }
  return source === BackupSource.POSTGRESQL || pointInTime?.isArchived !== true
    ? []
    : [
        {
          place: 'backup.pointInTime',
          message: 'archives the log of PostgreSQL, and of no other database',
          value: source,
          fix:
            source === BackupSource.SQLITE
              ? 'drop it; a shorter backup.rpo loses less'
              : "drop it, or have the platform keep the binary log: PointInTimeRecovery.managed({ by: '…' })",
        },
      ];
}

/** Retention that would keep nothing. */
export function retentionProblems({ retention = {} }: DatabaseBackupOptions): ServiceProblem[] {
  return (['days', 'months', 'atLeast'] as const)
    .filter((member) => {
      const value = retention[member];
      return value !== undefined && !(Number.isInteger(value) && value >= (member === 'atLeast' ? 1 : 0));
    })
    .map((member) => ({
      place: `backup.retention.${member}`,
      message:
        member === 'atLeast' ? 'is a whole number above zero: one good backup must always stay' : 'is a whole number',
      value: retention[member],
      fix: member === 'atLeast' ? 'keep at least 1; 3 are usual' : 'give 0 or more',
    }));
}
