/** The rules that a waiver can name; `.projenrc.ts` knows them as MigrationRule. */
export const RULES = ['data-loss', 'irreversible', 'locking', 'incompatible'] as const;

export type RuleName = (typeof RULES)[number];

/** What breaking a rule means, and the way around. */
export interface Advice {
  readonly rule: RuleName;
  /** Whether it is said without failing: what Prisma's ordinary output does, and what only large tables feel. */
  readonly hint?: true;
  readonly why: string;
  /** How to reach the same without the trouble, mostly in several releases. */
  readonly how: string;
}

/** One statement that breaks a rule. */
export interface Finding extends Advice {
  readonly migration: string;
  readonly file: 'migration.sql' | 'down.sql';
  readonly line: number;
  readonly what: string;
}
