import type { AlertSeverity, Duration } from '../../service';
import type { Scenario } from './scenario';

/**
 * An alert together with what to do about it and how to make it fire.
 */
export interface AlertSpec {
  /** In PascalCase. */
  readonly name: string;
  readonly severity: AlertSeverity;
  /** What is the matter; may name labels of the expression as `{{ $labels.route }}`. */
  readonly summary: string;
  /** What follows from it, and for whom. */
  readonly description: string;
  readonly expression: string;
  /** How long it must be true first. */
  readonly pending: Duration;
  /** The dashboard to look at; the overview, if not given. */
  readonly dashboard?: string;
  /** Labels for routes and inhibition. */
  readonly labels?: Record<string, string>;
  readonly runbook: Runbook;
  readonly scenario: Scenario;
}

/**
 * What whoever is paged reads.
 */
export interface Runbook {
  /** The file's name without its ending. Alerts that ask for the same share a runbook. */
  readonly name: string;
  readonly title: string;
  readonly meaning: string;
  readonly impact: string;
  /** What to look at, in this order. */
  readonly diagnosis: readonly Look[];
  /** What to do, in this order. */
  readonly mitigation: readonly string[];
}

/** Something to look at during diagnosis. */
export interface Look {
  /** What it answers. */
  readonly question: string;
  /** PromQL that answers it; it obeys the contract of metrics like any other. */
  readonly query?: string;
}
