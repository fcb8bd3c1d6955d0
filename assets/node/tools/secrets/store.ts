/** A store of secrets from the side that writes: for rotation and upkeep, with rights that no running service has. */
export interface SecretStore {
  /** As messages name it, such as `AWS Secrets Manager in eu-west-1`. */
  readonly name: string;
  /** What it keeps: the place in the store by config variable. */
  readonly places: Readonly<Record<string, string>>;
  /** What is known of a secret without reading it, or nothing where there is none yet. */
  describe(variable: string): Promise<StoredSecret | undefined>;
  /** Its text, or nothing where there is none yet. Missing on a store that only takes secrets in, such as GitHub's. */
  read?(variable: string): Promise<string | undefined>;
  /** Replaces the text and says which version it is now, where the store counts. */
  write(variable: string, text: string): Promise<string | undefined>;
}

export interface StoredSecret {
  readonly version?: string | undefined;
  /** When it was last replaced, where the store knows. */
  readonly changedAt?: Date | undefined;
}

/** The stores of each environment. */
export type Stores = Readonly<Record<string, readonly SecretStore[]>>;
