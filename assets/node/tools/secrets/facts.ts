import { readFileSync } from 'node:fs';

/** What `.projenrc.ts` says about the configuration, as `npx projen` writes it to `facts.json` beside this file. */
export interface Facts {
  readonly service: string;
  readonly environments: readonly string[];
  readonly variables: readonly VariableFacts[];
}

export type State = 'set' | 'defaulted' | 'referenced' | 'absent' | 'missing';

export interface VariableFacts {
  readonly name: string;
  readonly secret: boolean;
  /** How it stands, by environment. */
  readonly states: Readonly<Record<string, State>>;
  /** What brings it where no file or store does, in words, by environment. */
  readonly providedBy?: Readonly<Record<string, string>>;
  /** The place in a store, in words, by environment. */
  readonly keptIn?: Readonly<Record<string, string>>;
  /** Of secrets only. */
  readonly rotation?: RotationFacts;
}

export interface RotationFacts {
  readonly method: 'manual' | 'generated key' | 'database login';
  readonly days: number;
  /** Whether old and new are valid together for a while. */
  readonly overlap: boolean;
  readonly owner?: string;
  /** Seconds until every process has read what was written to the store, by environment. */
  readonly settledSeconds?: Readonly<Record<string, number>>;
  /** Of generated keys: the fewest characters of one. */
  readonly keyLength?: number;
  /** Why it is never replaced. */
  readonly waived?: string;
}

export function readFacts(): Facts {
  return JSON.parse(readFileSync(new URL('facts.json', import.meta.url), 'utf8'));
}
