import { Fact, FactKind, type FactProps } from './fact';
import type { ServiceProblem } from './problem';
import { textProblems } from './rules';
import type { Service } from './service';
import type { ServiceListener } from './service-listener';

/**
 * What there is to say about a waiver.
 */
export interface WaiverProps extends FactProps {
  /**
   * What is excepted, in the words of the rule: a migration, a config variable, a manifest.
   */
  readonly subject: string;

  /**
   * Why that is right here. Guides show it.
   */
  readonly reason: string;
}

/**
 * An exception from a rule that a capability checks, with the reason for it.
 *
 * Rules are named by the capabilities that check them. What contradicts itself cannot be waived.
 *
 * @example
 * service.state(new Waiver('reversible-migration', {
 *   subject: '20261104_drop_legacy_orders',
 *   reason: 'the rows were exported in October',
 * }));
 */
export class Waiver extends Fact {
  /** The name of the rule. */
  public readonly rule: string;
  /** What is excepted from it. */
  public readonly subject: string;
  /** Why that is right here. */
  public readonly reason: string;

  /**
   * @param rule the name of the rule
   */
  constructor(rule: string, props: WaiverProps) {
    super(FactKind.WAIVER, `${rule} for ${props.subject}`, props);
    this.rule = rule;
    this.subject = props.subject;
    this.reason = props.reason;
  }

  public problems(_service: Service): ServiceProblem[] {
    return textProblems(this, { rule: this.rule, subject: this.subject, reason: this.reason });
  }

  /** @internal */
  public _announce(listener: ServiceListener): void {
    listener.waiverStated(this);
  }
}
