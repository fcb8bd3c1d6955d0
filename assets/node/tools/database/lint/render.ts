import type { Finding } from './finding.js';

/** What, where, why it matters and how to do it safely: said once for places that share it. */
export function render(findings: readonly Finding[]): string[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = [finding.migration, finding.rule, finding.why].join('\n');
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups.values()].map(renderGroup);
}

function renderGroup(group: readonly Finding[]): string {
  const [first] = group;
  if (first === undefined) return '';
  const { migration, rule, why, how, hint } = first;
  const places = group.map(({ file, line, what }) => `prisma/migrations/${migration}/${file}:${line}: ${what}`);
  return [
    `${rule}: ${places.join(`\n    ${rule}: `)}`,
    `Why it matters: ${why}`,
    `Safely: ${how.replaceAll('<id>', migration)}`,
    ...(hint === true
      ? []
      : [
          `If it is right here: service.migrations?.waive('${migration}', MigrationRule.${constant(rule)}, '<reason>') in .projenrc.ts`,
        ]),
  ].join('\n      ');
}

function constant(rule: string): string {
  return rule.toUpperCase().replaceAll('-', '_');
}
