import type { Secret } from '../config/secret.js';
import type { BackupDatabase, Limits } from './database-interface.js';
import type { Retention } from './retention.js';
import type { BackupStore, StoreOpeners } from './store.js';

/** What backups read of the configuration. */
export interface BackupConfig {
  readonly environment: string;
  readonly databaseUrl?: Secret<string> | undefined;
  /** Of a role that may read every row; without it, that of `databaseUrl` is used. */
  readonly backupDatabaseUrl?: Secret<string> | undefined;
  /** An empty database to try restores in. */
  readonly backupDrillDatabaseUrl?: Secret<string> | undefined;
  readonly backupRecipients?: readonly string[] | undefined;
  readonly backupIdentity?: Secret<string> | undefined;
  readonly backupLockTimeout: number;
  readonly backupPushgatewayUrl?: string | undefined;
}

export interface Stores {
  readonly main: BackupStore;
  /** Where backups are copied to from there, such as another region. */
  readonly copy?: BackupStore | undefined;
}

/** What the declaration of the service says of its backups. */
export interface BackupPlan<Config extends BackupConfig> {
  readonly service: string;
  /** @param process the process whose secrets are asked for; without one, those of all */
  readonly loadConfig: (process?: string) => Promise<Config>;
  readonly stores: (config: Config) => StoreOpeners;
  readonly retention: Retention;
  /** Milliseconds within which a restore must be over. */
  readonly recoveryTime: number;
}

/** Everything one backup needs. */
export interface Run extends Stores {
  readonly service: string;
  readonly environment: string;
  readonly database: BackupDatabase;
  readonly url: string;
  readonly limits: Limits;
  readonly recipients: readonly string[];
  readonly retention: Retention;
  readonly signal: AbortSignal;
  /** One event, as a line of the log. */
  readonly report: (event: string, details?: object) => void;
}
