import { Duration } from './values/duration';

/**
 * How often and how patiently a probe asks.
 */
export interface ProbeTiming {
  /**
   * Time between two questions.
   *
   * @default - 10 seconds; 5 for readiness, 1 for startup
   */
  readonly period?: Duration;

  /**
   * How long an answer may take; not longer than the period.
   *
   * @default - 3 seconds; 1 for startup
   */
  readonly timeout?: Duration;

  /**
   * Failures in a row before the probe has failed.
   *
   * @default - 3; 30 for startup
   */
  readonly failureThreshold?: number;
}

/**
 * A question asked over HTTP on the management port.
 *
 * @example
 * ServiceProcess.worker('mailer', { livenessProbe: new LivenessProbe({ period: Duration.seconds(20) }), command, description });
 */
export abstract class Probe {
  /** The path asked for. */
  public readonly path: string;
  /** Time between two questions. */
  public readonly period: Duration;
  /** How long an answer may take. */
  public readonly timeout: Duration;
  /** Failures in a row before the probe has failed. */
  public readonly failureThreshold: number;

  protected constructor(path: string, timing: ProbeTiming = {}) {
    this.path = path;
    this.period = timing.period ?? Duration.seconds(10);
    this.timeout = timing.timeout ?? Duration.seconds(3);
    this.failureThreshold = timing.failureThreshold ?? 3;
  }

  /**
   * Says why the probe cannot work, or nothing when it can.
   */
  public flaw(): string | undefined {
    if (this.timeout.toMillis() === 0 || this.timeout.toMillis() > this.period.toMillis()) {
      return `waits ${this.timeout} for an answer every ${this.period}; it must wait, and no longer than until it asks again`;
    }
    return Number.isInteger(this.failureThreshold) && this.failureThreshold > 0
      ? undefined
      : `fails after ${this.failureThreshold} failures; it must be a whole number above zero`;
  }
}

/**
 * Asks whether the process should be restarted. Static by construction: it has no way to name a
 * dependency, because an outage of a database is never mended by restarting what talks to it.
 *
 * @example
 * new LivenessProbe({ period: Duration.seconds(20) });
 */
export class LivenessProbe extends Probe {
  constructor(timing: ProbeTiming = {}) {
    super('/livez', timing);
  }
}

/**
 * Asks whether the process should get traffic: the service's readiness checks, and not draining.
 *
 * @example
 * new ReadinessProbe({ period: Duration.seconds(5), failureThreshold: 2 });
 */
export class ReadinessProbe extends Probe {
  constructor(timing: ProbeTiming = {}) {
    super('/readyz', { ...timing, period: timing.period ?? Duration.seconds(5) });
  }
}

/**
 * Asks whether the process has finished starting; the other probes wait for it.
 *
 * @example
 * new StartupProbe({ failureThreshold: 60 });
 */
export class StartupProbe extends Probe {
  constructor(timing: ProbeTiming = {}) {
    super('/startupz', {
      period: timing.period ?? Duration.seconds(1),
      timeout: timing.timeout ?? Duration.seconds(1),
      failureThreshold: timing.failureThreshold ?? 30,
    });
  }
}
