import {
  BackingService,
  Check,
  CheckStage,
  ConfigType,
  ConfigVariable,
  Duration,
  type Fact,
  ReadinessCheck,
  Rotation,
  SecretRule,
  ServiceProcess,
  Waiver,
} from '../service';
import { Database } from './database';
import type { MigrationsOptions } from './migrations-options';

const STATED_BY = 'PrismaMigrations';

const SCHEMES: Record<string, string[]> = {
  [Database.POSTGRESQL]: ['postgresql', 'postgres'],
  [Database.MYSQL]: ['mysql', 'mariadb'],
  [Database.SQLITE]: ['file'],
};

const EXAMPLES: Record<string, string> = {
  [Database.POSTGRESQL]: 'postgresql://user:password@db.internal:5432/orders',
  [Database.MYSQL]: 'mysql://user:password@db.internal:3306/orders',
  [Database.SQLITE]: 'file:/data/orders.db',
};

/** What is there without anybody's doing; a MySQL server is somebody's own. */
const LOCAL: Record<string, string> = {
  [Database.POSTGRESQL]: 'the embedded PostgreSQL',
  [Database.SQLITE]: 'the file below .data/',
};

/**
 * Everything a database means for the rest of the service.
 *
 */
export function databaseFacts(database: Database, options: MigrationsOptions): Fact[] {
  const { migrateOnStart = false, readReplica = false } = options;
  const pgbouncer = (options.pgbouncer ?? false) && database === Database.POSTGRESQL;
  const local = LOCAL[database];
  return [
    new ConfigVariable('DATABASE_URL', {
      type: ConfigType.url({ schemes: SCHEMES[database] }),
      secret: true,
      providedBy: local === undefined ? undefined : { dev: local, test: local },
      rotation: rotationOf(database),
      example: EXAMPLES[database],
      description: 'Where the database is, with the credentials to reach it',
      statedBy: STATED_BY,
    }),
    ...(database === Database.SQLITE ? [FILE_NAME] : []),
    ...ownerOf(database, pgbouncer),
    ...(database === Database.POSTGRESQL ? [poolerVariable(pgbouncer)] : []),
    ...(readReplica && database !== Database.SQLITE ? replicaFacts(database) : []),
    ...tuningOf(database),
    ...connectionOf(database),
    ...(pgbouncer ? [OWNERS_CONNECTION] : []),
    new ReadinessCheck('database', {
      backingService: database === Database.SQLITE ? undefined : database,
      description: 'The database answers',
      timeout: Duration.seconds(2),
      statedBy: STATED_BY,
    }),
    new ConfigVariable('MIGRATE_ON_START', {
      type: ConfigType.boolean(),
      defaultValue: migrateOnStart,
      description: 'Whether the process applies pending migrations when it starts, before it is ready',
      statedBy: STATED_BY,
    }),
    new ReadinessCheck('schema', {
      backingService: database === Database.SQLITE ? undefined : database,
      description: 'Every migration that came with this version is applied; newer ones do not matter',
      timeout: Duration.seconds(2),
      statedBy: STATED_BY,
    }),
    ServiceProcess.job('migrate', {
      command: ['node', '--enable-source-maps', 'dist/platform/migrations/cli.js', 'migrate'],
      ownVariables: database === Database.SQLITE ? [] : ['MIGRATION_DATABASE_URL'],
      // Through a pooler it is not run, so it has no use for where that is.
      sharedSecrets: pgbouncer ? [] : ['DATABASE_URL'],
      uses: pgbouncer ? [OWNERS_CONNECTION.name] : database === Database.SQLITE ? [] : [database],
      description: 'Applies the migrations that are pending',
      deadline: Duration.minutes(15),
      statedBy: STATED_BY,
    }),
    new Check('migration-files', {
      task: 'db:lint',
      description: 'The migrations are sealed, and the new ones keep the rules',
      stages: [CheckStage.COMMIT],
      statedBy: STATED_BY,
    }),
    new Check('migrations', {
      task: 'db:check',
      description: 'The migrations agree with the models and can be undone',
      stages: [CheckStage.PULL_REQUEST, CheckStage.RELEASE],
      statedBy: STATED_BY,
    }),
  ];
}

/** The server itself, where all others connect to a pooler before it. */
const OWNERS_CONNECTION = BackingService.postgresql({
  name: 'migration-database',
  urlVariable: 'MIGRATION_DATABASE_URL',
  behind: Database.POSTGRESQL,
  usedBy: ['migrate'],
  required: false,
  statedBy: STATED_BY,
});

/** Two logins take turns where the database lets one be replaced while it is in use. */
function rotationOf(database: Database): Rotation {
  return database === Database.SQLITE ? Rotation.manual() : Rotation.databaseLogin();
}

const FILE_NAME = new Waiver(SecretRule.ROTATION, {
  subject: 'DATABASE_URL',
  reason: 'it names a file, and opens nothing to who knows it',
  statedBy: STATED_BY,
});

/** Who owns the schema connects directly; who serves requests reads and writes rows, perhaps through a pooler. */
function ownerOf(database: Database, pgbouncer: boolean): Fact[] {
  return database === Database.SQLITE
    ? []
    : [
        new ConfigVariable('MIGRATION_DATABASE_URL', {
          type: ConfigType.url({ schemes: SCHEMES[database] }),
          secret: true,
          // Locks, which belong to a session, do not work through a pooler.
          ...(pgbouncer ? { providedBy: { dev: LOCAL[database]!, test: LOCAL[database]! } } : { optional: true }),
          rotation: rotationOf(database),
          example: EXAMPLES[database]!.replace('user', 'owner'),
          description: 'Where the database is for the role that owns the schema; without it, DATABASE_URL',
          statedBy: STATED_BY,
        }),
      ];
}

function poolerVariable(pgbouncer: boolean): Fact {
  return new ConfigVariable('DATABASE_PGBOUNCER', {
    type: ConfigType.boolean(),
    defaultValue: pgbouncer,
    values: pgbouncer ? { dev: false, test: false } : undefined,
    description: 'Whether DATABASE_URL leads through PgBouncer in transaction mode',
    statedBy: STATED_BY,
  });
}

/** What is read from the copy can be read from the database, so nothing waits for it. */
function replicaFacts(database: Database): Fact[] {
  const urlVariable = 'DATABASE_REPLICA_URL';
  const connection = { name: REPLICA, urlVariable, required: false, statedBy: STATED_BY };
  return [
    new ConfigVariable(urlVariable, {
      type: ConfigType.url({ schemes: SCHEMES[database] }),
      secret: true,
      optional: true,
      rotation: rotationOf(database),
      example: EXAMPLES[database]!.replace('db.', 'db-replica.'),
      description: 'Where a copy of the database is that is only read; without it, DATABASE_URL',
      statedBy: STATED_BY,
    }),
    database === Database.MYSQL ? BackingService.mysql(connection) : BackingService.postgresql(connection),
    new ReadinessCheck(REPLICA, {
      backingService: REPLICA,
      required: false,
      description: 'The copy of the database answers',
      timeout: Duration.seconds(2),
      statedBy: STATED_BY,
    }),
  ];
}

const REPLICA = 'replica';

/** SQLite is a file of the process, not something it connects to. */
function connectionOf(database: Database): Fact[] {
  const options = { urlVariable: 'DATABASE_URL', statedBy: STATED_BY };
  switch (database) {
    case Database.POSTGRESQL:
      return [BackingService.postgresql(options)];
    case Database.MYSQL:
      return [BackingService.mysql(options)];
    default:
      return [];
  }
}

function tuningOf(database: Database): Fact[] {
  const timeouts = [
    new ConfigVariable('DATABASE_CONNECT_TIMEOUT', {
      type: ConfigType.duration({ min: Duration.millis(100) }),
      defaultValue: Duration.seconds(5),
      description: 'How long to wait for a connection before a request fails',
      statedBy: STATED_BY,
    }),
    new ConfigVariable('DATABASE_STATEMENT_TIMEOUT', {
      type: ConfigType.duration({ min: Duration.millis(100) }),
      defaultValue: Duration.seconds(15),
      description: 'How long a statement may run before the database cancels it',
      statedBy: STATED_BY,
    }),
    new ConfigVariable('DATABASE_POOL_SIZE', {
      type: ConfigType.integer({ min: 1, max: 500 }),
      defaultValue: 10,
      description: 'Most connections one process opens; times the replicas it must stay below the server’s limit',
      statedBy: STATED_BY,
    }),
  ];
  const migrating = [
    limit(
      'MIGRATION_LOCK_TIMEOUT',
      Duration.seconds(5),
      'a statement of a migration waits for a lock that the running service holds',
    ),
    limit('MIGRATION_STATEMENT_TIMEOUT', Duration.minutes(15), 'a statement of a migration may run; 0s is for ever'),
    limit('MIGRATION_WAIT_TIMEOUT', Duration.minutes(5), 'migrations wait for those of another process'),
  ];
  // Kept for SQLite too: the platform reads one shape of configuration whatever the database.
  return database === Database.NONE ? [] : [...timeouts, ...migrating];
}

function limit(name: string, defaultValue: Duration, what: string): Fact {
  return new ConfigVariable(name, {
    type: ConfigType.duration(),
    defaultValue,
    description: `How long ${what}`,
    statedBy: STATED_BY,
  });
}
