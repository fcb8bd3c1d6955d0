import type { Alert, Service } from '../../service';
import type { Look, Runbook } from './alert-spec';

/** Where a team writes what it learned; the pages show it. */
export const NOTES = 'docs/runbooks/notes';

/**
 * What is read when an alert fires: what it means, whom it affects, what to look at, what to do.
 */
export function renderRunbook(service: Service, runbook: Runbook, notes: string | undefined): string {
  const alerts = service.alerts.filter((alert) => alert.runbook === runbook.name);
  return [
    runbook.meaning,
    `## Impact\n\n${runbook.impact}`,
    `## Diagnosis\n\n${runbook.diagnosis.map(renderLook).join('\n')}`,
    `## Mitigation\n\n${runbook.mitigation.map((step, i) => `${i + 1}. ${step}`).join('\n')}`,
    `## Notes of the team\n\n${notes?.trim() || `None yet. Write them to \`${NOTES}/${runbook.name}.md\`: they appear here with the next \`npx projen\`.`}`,
    `## Alerts that lead here\n\n${alerts.map(renderAlert).join('\n\n')}`,
  ].join('\n\n');
}

function renderLook({ question, query }: Look, index: number): string {
  const text = `${index + 1}. ${question}`;
  return query === undefined ? text : `${text}\n\n${indented(fenced(query), '   ')}\n`;
}

function renderAlert({ name, severity, pending, expression }: Alert): string {
  const after = pending.toMillis() === 0 ? 'as soon as' : `after ${pending} in which`;
  return `\`${name}\` (${severity}), ${after} this is true:\n\n${fenced(expression)}`;
}

function fenced(query: string): string {
  return `\`\`\`promql\n${query}\n\`\`\``;
}

function indented(text: string, by: string): string {
  return text.replace(/^(?=.)/gm, by);
}
