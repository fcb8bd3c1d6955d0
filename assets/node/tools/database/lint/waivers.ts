import type { MigrationFile } from '../../../src/platform/migrations/files.js';
import type { Waiver } from '../settings.js';
import { type Finding, RULES } from './finding.js';

/** A waiver that waives nothing hides what comes next under its name. */
export function unusedWaivers(
  waivers: readonly Waiver[],
  findings: readonly Finding[],
  migrations: readonly MigrationFile[],
): string[] {
  return waivers.flatMap(({ migration, rule }) => {
    const name = `The waiver of ${rule} for ${migration}`;
    if (!RULES.some((known) => known === rule)) return [`${name} names no rule. There are ${RULES.join(', ')}.`];
    if (!migrations.some(({ id }) => id === migration))
      return [`${name} names no migration. Correct or remove it in .projenrc.ts.`];
    const used = findings.some((finding) => finding.migration === migration && finding.rule === rule);
    return used ? [] : [`${name} waives nothing. Remove it in .projenrc.ts.`];
  });
}
