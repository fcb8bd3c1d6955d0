import type { Cron, Duration, NetworkPeer } from '../service';
import type { BackupStore } from './backup-store';
import type { PointInTimeRecovery } from './point-in-time-recovery';

/**
 * How many backups are kept.
 */
export interface BackupRetention {
  /**
   * The time of which every backup is kept.
   *
   * @default Duration.days(2)
   */
  readonly keepAll?: Duration;

  /**
   * Besides, the newest backup of each of so many days.
   *
   * @default 35
   */
  readonly days?: number;

  /**
   * Besides, the newest backup of each of so many months.
   *
   * @default 12
   */
  readonly months?: number;

  /**
   * The number of good backups that are never removed, however old they are.
   *
   * @default 3
   */
  readonly atLeast?: number;
}

/**
 * What is not secret of the backups of one environment.
 */
export interface BackupEnvironment {
  /**
   * The store, such as `s3://acme-backups`; the value of `BACKUP_STORE_URL`.
   *
   * @default - not configured yet
   */
  readonly storeUrl?: string;

  /**
   * The store of the copies; the value of `BACKUP_COPY_URL`.
   *
   * @default - not configured yet
   */
  readonly copyUrl?: string;

  /**
   * The public keys of age that backups are encrypted to; the value of `BACKUP_RECIPIENTS`.
   *
   * @default - not configured yet
   */
  readonly recipients?: string[];

  /**
   * The Pushgateway that takes the metrics of jobs; the value of `BACKUP_PUSHGATEWAY_URL`.
   *
   * @default - not configured yet
   */
  readonly pushgatewayUrl?: string;
}

/**
 * Where the server of a database is that `DATABASE_URL` does not lead to.
 */
export interface BackupServer {
  /**
   * Where on the network it is. `kubernetes.peers: { 'backup-database': … }` says so by environment.
   *
   * @default - not configured yet: `k8s:check` asks for it
   */
  readonly peer?: NetworkPeer;

  /**
   * The port it listens on.
   *
   * @default - the usual port of the database
   */
  readonly port?: number;
}

/**
 * What can be chosen about backups.
 */
export interface BackupOptions {
  /**
   * Recovery point objective: how much of the past may be lost. It sets the schedule and the alert on a backup that is too old. With
   * `pointInTime` it may be as short as a minute, and is that of the archive.
   *
   * @default Duration.hours(1)
   */
  readonly rpo?: Duration;

  /**
   * Recovery time objective: how long a restore may take. The drill fails when it takes longer.
   *
   * @default Duration.hours(4)
   */
  readonly rto?: Duration;

  /**
   * When backups are made. The longest pause between two, and the time that one may take, must fit into the RPO together: until
   * a backup is whole, only the one before it counts.
   *
   * @default - twice in the time of the RPO; daily with `pointInTime`
   */
  readonly schedule?: Cron;

  /**
   * How long one backup may take before it counts as failed.
   *
   * @default - what the schedule leaves of the RPO; 6 hours with `pointInTime`
   */
  readonly deadline?: Duration;

  /**
   * How any moment between two backups is had. PostgreSQL only.
   *
   * @default - it is not: what was written since the last backup is lost with the database
   */
  readonly pointInTime?: PointInTimeRecovery;

  /**
   * The server itself, where `DATABASE_URL` leads to a pooler before it, such as PgBouncer: backups and the archive hold a session, which
   * a pooler does not give. `BACKUP_DATABASE_URL` is then required, and the processes reach the server and not the pooler.
   *
   * @default - with `migrations.pgbouncer` the usual port; otherwise `DATABASE_URL` leads to it
   */
  readonly server?: BackupServer;

  /**
   * When the newest backup is restored into a scratch database and compared.
   *
   * @default Cron.weekly()
   */
  readonly drill?: Cron;

  /**
   * Where backups are kept outside of dev.
   *
   * @default - S3 in us-east-1
   */
  readonly store?: BackupStore;

  /**
   * Where each backup is copied to, such as another region. `BACKUP_COPY_URL` says which bucket.
   *
   * @default - nowhere
   */
  readonly copyTo?: BackupStore;

  /**
   * What is not secret of each environment, by its name. Secrets come from where those of the service come from.
   *
   * @default - not configured yet: `config:check` and `k8s:check` name what is missing
   */
  readonly environments?: Record<string, BackupEnvironment>;

  /**
   * How many backups are kept.
   *
   * @default - all of two days, one of each of 35 days, one of each of 12 months
   */
  readonly retention?: BackupRetention;

  /**
   * Where on the network the stores are.
   *
   * @default - anywhere on the port of HTTPS, since object stores have no fixed addresses
   */
  readonly storePeer?: NetworkPeer;

  /**
   * Where on the network the Pushgateway is that takes the metrics of jobs.
   *
   * @default - pods labelled `app.kubernetes.io/name: prometheus-pushgateway` in the namespace `monitoring`
   */
  readonly pushgatewayPeer?: NetworkPeer;
}

/**
 * The databases that can be backed up.
 */
export enum BackupSource {
  /** PostgreSQL, with `pg_dump`. */
  POSTGRESQL = 'postgresql',
  /** MySQL or MariaDB, with `mariadb-dump`. */
  MYSQL = 'mysql',
  /** A file of SQLite, with its own `VACUUM INTO`. */
  SQLITE = 'sqlite',
}

/**
 * What can be chosen about the backup of a database.
 */
export interface DatabaseBackupOptions extends BackupOptions {
  /**
   * The database behind `DATABASE_URL`.
   *
   * @default BackupSource.POSTGRESQL
   */
  readonly source?: BackupSource;

  /**
   * Whether something measures the service, so that each deployed environment must say where the Pushgateway is: without it the
   * alerts on backups fire for ever.
   *
   * @default true
   */
  readonly pushMetrics?: boolean;
}
