import { Alert, type Fact, Guide, GuideKind, type Service } from '../../service';
import { STATED_BY } from '../stated-by';
import type { AlertSpec } from './alert-spec';
import { renderRunbook } from './runbook';

/**
 * The alert of each specification, and a runbook for those that ask for the same.
 */
export function factsOf(specs: readonly AlertSpec[], teamNotes: (runbook: string) => string | undefined): Fact[] {
  const runbooks = new Map(specs.map((spec) => [spec.runbook.name, spec.runbook]));
  return [
    ...specs.map((spec) => new Alert(spec.name, { ...spec, runbook: spec.runbook.name, statedBy: STATED_BY })),
    ...[...runbooks.values()].map(
      (runbook) =>
        new Guide(runbook.name, {
          kind: GuideKind.RUNBOOK,
          title: runbook.title,
          summary: runbook.meaning,
          statedBy: STATED_BY,
          text: { render: (service: Service) => renderRunbook(service, runbook, teamNotes(runbook.name)) },
        }),
    ),
  ];
}
