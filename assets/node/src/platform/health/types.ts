/** What the management server reads of the configuration. */
export interface HealthConfig {
  readonly host: string;
  readonly port: number;
  /** Port of the probes; the public port when it is the same. */
  readonly managementPort: number;
}
