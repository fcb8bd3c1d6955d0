import type { AlertSeverity, Service, ServiceProblem } from '../../service';
import type { Receiver } from './receiver';

/** The names of the receivers in Alertmanager's configuration. */
export const RECEIVERS = {
  page: 'page',
  ticket: 'ticket',
  heartbeat: 'heartbeat',
  escalation: 'escalation',
  nobody: 'nobody',
} as const;

export type ReceiverName = keyof typeof RECEIVERS;

/**
 * Who hears of what.
 */
export class Notifications {
  private readonly receivers = new Map<ReceiverName, Receiver[]>();

  public add(name: ReceiverName, receiver: Receiver): void {
    this.receivers.set(name, [...(this.receivers.get(name) ?? []), receiver]);
  }

  public of(name: ReceiverName): readonly Receiver[] {
    return this.receivers.get(name) ?? [];
  }

  public problems(_service: Service): ServiceProblem[] {
    return [...this.receivers].flatMap(([name, receivers]) =>
      receivers.flatMap((receiver) => {
        const flaw = receiver._flaw();
        return flaw === undefined
          ? []
          : [{ place: `receiver of ${name}`, message: flaw, fix: 'correct the arguments of the receiver' }];
      }),
    );
  }
}

/** Severities that somebody hears of. */
export function receiverOf(severity: AlertSeverity): ReceiverName | undefined {
  return severity === 'page' || severity === 'ticket' ? severity : undefined;
}
