/** A store of secrets from the side that writes: for rotation and upkeep, with rights that no running service has. */
export interface SecretStore {
  /** As messages name it, such as `AWS Secrets Manager in eu-west-1`. */
  readonly name: string;
  /** What it keeps: the place in the store by config variable. */
  readonly places: Readonly<Record<string, string>>;
  /** What it has, or nothing where there is nothing yet. */
  read(variable: string): Promise<StoredSecret | undefined>;
  /** Replaces the text and says which version it is now. */
  write(variable: string, text: string): Promise<string>;
}

export interface StoredSecret {
  readonly text: string;
  readonly version?: string | undefined;
  /** When it was last replaced, where the store knows. */
  readonly changedAt?: Date | undefined;
}

/** The stores of each environment. */
export type Stores = Readonly<Record<string, readonly SecretStore[]>>;
