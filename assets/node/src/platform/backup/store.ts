/** An object as a listing shows it. */
export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
}

/** A place for backups. Keys are paths with slashes, relative to the part of it that belongs to the service. */
export interface BackupStore {
  /** As messages show it, such as `s3://backups/orders`. */
  readonly name: string;
  list(prefix: string): Promise<readonly StoredObject[]>;
  /** Writes an object that is seen only when it is whole; what fails half-way leaves none. */
  write(key: string, content: AsyncIterable<Uint8Array>): Promise<void>;
  read(key: string): Promise<AsyncIterable<Uint8Array>>;
  remove(key: string): Promise<void>;
}

/** How the stores of a service are opened: not every process knows where both are, and in an emergency one of them is gone. */
export interface StoreOpeners {
  readonly main: () => BackupStore;
  readonly copy?: (() => BackupStore) | undefined;
}

/**
 * Those that somebody says where they are; where there is none, why.
 *
 * @param warn takes why another cannot be opened: what the rest have is not all there is
 */
export function openable({ main, copy }: StoreOpeners, warn: (reason: unknown) => void): BackupStore[] {
  const reasons: unknown[] = [];
  const stores = [main, ...(copy ? [copy] : [])].flatMap((open) => {
    try {
      return [open()];
    } catch (error) {
      reasons.push(error);
      return [];
    }
  });
  if (stores.length === 0) throw reasons[0];
  reasons.forEach(warn);
  return stores;
}
