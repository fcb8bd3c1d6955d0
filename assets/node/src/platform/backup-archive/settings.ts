import type { StoreOpeners } from '../backup/store.js';
import type { Secret } from '../config/secret.js';

/** What the archive reads of the configuration. */
export interface ArchiveConfig {
  readonly environment: string;
  /** Of a role that may replicate, at the server itself and not at a pool before it. */
  readonly backupReplicationUrl?: Secret<string> | undefined;
  readonly backupRecipients?: readonly string[] | undefined;
  readonly backupIdentity?: Secret<string> | undefined;
  readonly backupPushgatewayUrl?: string | undefined;
  /** The address the probes and the metrics are served on; without one, that of the machine alone where it is a developer's. */
  readonly host?: string | undefined;
  /** Port of the probes and the metrics of the process that archives. */
  readonly backupArchivePort: number;
}

/** What the declaration of the service says of its archive. */
export interface ArchivePlan<Config extends ArchiveConfig> {
  readonly service: string;
  /** @param process the process whose secrets are asked for; without one, those of all */
  readonly loadConfig: (process?: string) => Promise<Config>;
  readonly stores: (config: Config) => StoreOpeners;
  /** Milliseconds between two rounds when there is little to do. */
  readonly interval: number;
  /** Milliseconds of the past of which every moment can be had. */
  readonly window: number;
  /** Milliseconds within which a recovery must be over. */
  readonly recoveryTime: number;
}

export type Report = (event: string, details?: object) => void;
