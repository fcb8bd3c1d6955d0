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
  /** Of secrets only. */
  readonly rotation?: RotationFacts;
}

export interface RotationFacts {
  readonly method: 'manual' | 'generated key' | 'database login';
  readonly days: number;
  /** Whether old and new are valid together for a while. */
  readonly overlap: boolean;
  readonly owner?: string;
  /** Why it is never replaced. */
  readonly waived?: string;
}

export function readFacts(): Facts {
  return JSON.parse(readFileSync(new URL('facts.json', import.meta.url), 'utf8'));
}
