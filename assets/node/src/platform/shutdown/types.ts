/** What shutting down reads of the configuration. */
export interface ShutdownConfig {
  /** Milliseconds between being not ready and accepting no more connections, for load balancers to notice. */
  readonly shutdownDelay: number;
  /** Milliseconds that what is in hand then has to finish. */
  readonly shutdownGrace: number;
}
