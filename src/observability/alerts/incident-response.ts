import { Guide, GuideKind } from '../../service';
import { STATED_BY } from '../stated-by';

/** What to do first, whatever has happened. */
export function incidentResponse(): Guide {
  return new Guide('incident-response', {
    kind: GuideKind.RUNBOOK,
    title: 'When something is wrong',
    summary: 'The first ten minutes of an incident, and what comes after',
    statedBy: STATED_BY,
    text: { render: ({ owner }) => render(owner) },
  });
}

function render(owner: string | undefined): string {
  return `${owner === undefined ? 'Nobody is named as the owner of this service yet: set `owner` in `.projenrc.ts`.' : `**${owner}** answers for this service.`}

## The first ten minutes

1. **Acknowledge** the page, so that nobody else is woken.
2. **Look at the overview.** Its first row says which promise is broken and how fast; the next rows say where.
3. **Open the runbook** that the alert links to. If two alerts fire, begin with the one that pages.
4. **Say so.** Open a channel for the incident, and write what is known, what is not, and when the next update comes.
5. **Make it better before you know why.** Roll back the last release, restart what hangs, switch off what hurts. The log, the traces and the metrics keep.
6. **Call for help** when after 15 minutes it is not better, or earlier if you are in doubt.

## Roles

One person decides (incident commander), one mends, one writes to the others. In a small incident that may be the same person; say so.

## How bad is it

| severity | means | is told |
| --- | --- | --- |
| page | users notice it now, or soon | a person, at once |
| ticket | it will be noticed if nobody acts | a person, in working hours |

## Afterwards

1. Write down the timeline while it is fresh: what was seen, what was done, what helped.
2. Hold a review without blame within a week. Ask what made it possible, what made it long, and what was luck.
3. What was learned about an alert goes into the notes of its runbook: \`docs/runbooks/notes/<runbook>.md\`.
4. If an alert fired and nobody had to act, change it or remove it. If nothing fired, state the alert that would have.`;
}
