import { Alert, AlertSeverity, Duration, type Fact, Guide, GuideKind } from '../../service';
import { STATED_BY } from '../stated-by';

/** The alert about a page that goes on. */
export const ESCALATION = 'PageGoesOn';

const AFTER = Duration.minutes(30);

/**
 * Tells somebody else about a page that goes on: it was not seen, or who saw it needs help.
 */
export function escalationFacts(serviceName: string): Fact[] {
  const pages = `ALERTS{alertstate="firing", severity="page", service="${serviceName}", alertname!="${ESCALATION}"}`;
  return [
    new Alert(ESCALATION, {
      summary: `${serviceName}: a page has gone on for ${AFTER}`,
      description: 'Whoever was paged has not acknowledged it, or needs help.',
      expression: `count(${pages}) > 0`,
      pending: AFTER,
      // It is about a page, and comes later on purpose.
      severity: AlertSeverity.TICKET,
      runbook: 'page-goes-on',
      statedBy: STATED_BY,
    }),
    new Guide('page-goes-on', {
      kind: GuideKind.RUNBOOK,
      title: 'A page goes on',
      summary: `An alert that pages has not resolved within ${AFTER}`,
      statedBy: STATED_BY,
      text: {
        render: () => `Somebody was paged ${AFTER} ago, and it is not over.

## Diagnosis

1. Which pages go on?

   \`\`\`promql
   ${pages}
   \`\`\`

2. Did whoever is on call acknowledge them? Ask them whether they need help.

## Mitigation

1. If nobody has seen the page, take it, and follow its runbook.
2. If somebody works on it, take a role: see [incident-response](incident-response.md).`,
      },
    }),
  ];
}
