/** Something the service needs, asked whether it works. */
export interface HealthCheck {
  readonly name: string;
  /** Whether the service is not ready without it. */
  readonly required: boolean;
  /** Milliseconds after which no answer counts as a failure. */
  readonly timeout: number;
  /** Throws when it does not work. The signal aborts at the timeout. */
  check(signal: AbortSignal): Promise<void>;
}
