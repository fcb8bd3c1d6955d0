import type { WorkloadIdentity } from '../service';
import type { BackupStore } from './backup-store';

/**
 * Where the backups of a service are.
 */
export class BackupStores {
  constructor(
    public readonly main: BackupStore,
    public readonly copy?: BackupStore,
  ) {}

  public get all(): BackupStore[] {
    const { main, copy } = this;
    return copy ? [main, copy] : [main];
  }

  /** One of each kind: what both have in common is there once. */
  public get kinds(): BackupStore[] {
    return this.all.filter(({ _module }, i) => this.all.findIndex((store) => store._module === _module) === i);
  }

  /** How the pods that use them are known, each way once. */
  public get identities(): WorkloadIdentity[] {
    const given = this.all.flatMap(({ _identity }) => _identity ?? []);
    return given.filter((identity, i) => given.findIndex((other) => other._equals(identity)) === i);
  }

  public get secrets(): string[] {
    return [...new Set(this.all.flatMap(({ _secrets }) => _secrets))];
  }

  /** The variables that every process needs which reads or writes them. */
  public get variables(): string[] {
    return ['BACKUP_STORE_URL', ...this.secrets];
  }
}
