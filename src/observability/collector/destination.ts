import type { Retention } from '../retention';
import type { Signal } from './signal';

/** A backend as the collector sees it: an exporter, and how it proves who it is. */
export interface Destination {
  /** Distinct among the backends of a collector. */
  readonly name: string;
  /** The type of the exporter. */
  readonly exporter: string;
  readonly takes: readonly Signal[];
  readonly settings: (context: DestinationContext) => Readonly<Record<string, unknown>>;
  /** An extension that signs requests. */
  readonly authenticator?: { readonly type: string; readonly settings: object };
  /** What has to be mounted into the collector, by path. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Makes numbers of all spans, before any is left out. */
  readonly connector?: { readonly type: string; readonly settings: object };
  readonly flaws: (context: DestinationContext) => readonly string[];
}

/** What a destination may need to know of the rest. */
export interface DestinationContext {
  readonly serviceName: string;
  readonly retention: Retention;
}

/** Where the files with credentials are, in the container of the collector. */
const SECRETS = '/etc/otelcol/secrets';

/** The path of a file with a credential. */
export function secretFile(name: string): string {
  return `${SECRETS}/${name}`;
}

export function exporterId({ exporter, name }: Destination): string {
  return exporter === name ? name : `${exporter}/${name}`;
}

export function authenticatorId({ authenticator, name }: Destination): string | undefined {
  return authenticator === undefined ? undefined : `${authenticator.type}/${name}`;
}

/** Replaced where an environment sets the variable: one configuration serves all environments. */
export function fromEnvironment(variable: string, otherwise: string): string {
  return `\${env:${variable}:-${otherwise}}`;
}

const RETRY = { enabled: true, initial_interval: '1s', max_interval: '30s', max_elapsed_time: '5m' };

/**
 * Batches are made in the queue, so that a batch that fails is tried again as it is, and the processors before it never wait.
 *
 * @see https://github.com/open-telemetry/opentelemetry-collector/tree/main/exporter/exporterhelper
 */
export function delivery({ least = 512, most }: { least?: number; most?: number } = {}): Record<string, unknown> {
  return {
    sending_queue: queue({ min_size: least, ...(most === undefined ? {} : { max_size: most }) }),
    retry_on_failure: RETRY,
  };
}

export function queue(batch: Readonly<Record<string, unknown>>): object {
  return { enabled: true, queue_size: 1000, num_consumers: 4, batch: { flush_timeout: '1s', ...batch } };
}
