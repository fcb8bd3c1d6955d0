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
