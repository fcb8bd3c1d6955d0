import {
  Alert,
  AlertSeverity,
  Duration,
  type Fact,
  Guide,
  GuideKind,
  type IDerivation,
  SecretRule,
  type Service,
} from '../service';
import { ROTATION_RUNBOOK } from './rotation-runbook';

const STATED_BY = 'SecretsConfig';
const STALE_RUNBOOK = 'secret-cannot-be-read';

/**
 * What asks a person to act when secrets go stale while the service runs.
 */
export function staleFacts(): Fact[] {
  return [
    new Guide(STALE_RUNBOOK, {
      kind: GuideKind.RUNBOOK,
      title: 'A secret cannot be read',
      summary: 'Running processes keep the last good value; new ones cannot start',
      statedBy: STATED_BY,
      text: { render: () => STALE },
    }),
    new Alert('SecretStale', {
      summary: 'A secret cannot be read again from where it is kept',
      description:
        'Running processes go on with its last good value, new ones cannot start, and a rotation is not followed',
      expression: 'max by (variable) (secret_stale) == 1',
      pending: Duration.minutes(15),
      severity: AlertSeverity.TICKET,
      runbook: STALE_RUNBOOK,
      statedBy: STATED_BY,
    }),
  ];
}

/**
 * An alert on secrets that are older than they may be, where their store says how old they are.
 */
export class OverdueAlert implements IDerivation {
  public derive(service: Service): Fact[] {
    const byLimit = new Map<number, string[]>();
    for (const { name, rotateEvery } of service.configVariables) {
      if (rotateEvery !== undefined && service.tryFindWaiver(SecretRule.ROTATION, name) === undefined) {
        const limit = rotateEvery.toMillis() / 1000;
        byLimit.set(limit, [...(byLimit.get(limit) ?? []), name]);
      }
    }
    if (byLimit.size === 0) {
      return [];
    }
    const overdue = [...byLimit].sort(([a], [b]) => a - b).map(([limit, names]) => olderThan(limit, names));
    return [
      new Alert('SecretOverdue', {
        summary: 'A secret is older than it may be',
        description: 'The longer a secret lives, the more places have seen it',
        expression: overdue.join(' or '),
        pending: Duration.hours(1),
        severity: AlertSeverity.TICKET,
        runbook: ROTATION_RUNBOOK,
        statedBy: STATED_BY,
      }),
    ];
  }
}

function olderThan(seconds: number, names: readonly string[]): string {
  const variables = [...names].sort().join('|');
  return `time() - max by (variable) (secret_changed_timestamp_seconds{variable=~"${variables}"}) > ${seconds}`;
}

const STALE = `Nothing fails yet: running processes keep the last good value. New ones cannot start, so do not restart any.

1. **Which secret, and why?** The log says \`secret cannot be read again\` with the name and the reason, once, when it began.
2. **The store does not answer:** look at its status and at the network policy between it and the service. Reading goes on by itself.
3. **Access is denied:** somebody changed a role, a policy or the key. Undo that.
4. **It is gone:** restore it where it is kept, or put the value back.
5. **It is not what it must be:** the last rotation wrote something the service does not take. Write a valid value, or the one before.

\`secret can be read again\` in the log, and \`secret_stale\` at 0, end this page.`;
