import {
  createStackParser,
  createTransport,
  type Event,
  eventFiltersIntegration,
  linkedErrorsIntegration,
  Scope,
} from '@sentry/core';
import { nodeStackLineParser, ServerRuntimeClient } from '@sentry/core/server';
import { scopes, type Scope as TelemetryScope } from '../telemetry/scope.js';
import type { EventMetrics } from './metrics.js';
import { withoutPersonalData } from './personal-data.js';

export interface SentryOptions {
  readonly dsn: string;
  /** The service and its version, which Sentry tells regressions by. */
  readonly release: string;
  readonly environment: string;
  /** Masks the values of secrets. */
  readonly mask: (text: string) => string;
  readonly events: EventMetrics;
}

/** Milliseconds that the last events have to reach Sentry when the process ends. */
const LAST_CALL = 2000;

/** Milliseconds after which an event that is not taken counts as lost. */
const GIVE_UP_AFTER = 5000;

/** Errors that may be on their way at once; a storm of them is not worth more memory. */
const MOST_WAITING = 64;

/** Whatever the error is of: telling of it is no part of a request or a trace. */
const OF_NO_REQUEST: TelemetryScope = { requestId: undefined, trace: undefined, suppressed: true };

/** What is told of a line besides its error, as what Sentry searches by. */
const TAGS = ['route', 'method', 'status', 'requestId', 'module', 'process'];

/**
 * Sentry's client without what its SDK for Node adds: no patched modules, no OpenTelemetry of its own, no handlers of the process, no
 * request data.
 */
export class Sentry {
  readonly #client: ServerRuntimeClient;
  readonly #events: EventMetrics;
  /** Those that are known, since an error may be logged where it happened and again with its request. */
  readonly #seen = new WeakSet<Error>();

  constructor({ dsn, release, environment, mask, events }: SentryOptions) {
    this.#events = events;
    this.#client = new ServerRuntimeClient({
      dsn,
      release,
      environment,
      sendDefaultPii: false,
      sendClientReports: false,
      // Errors only: traces go to the collector.
      traceLifecycle: 'static',
      platform: 'node',
      runtime: { name: 'node', version: process.version },
      integrations: [eventFiltersIntegration(), linkedErrorsIntegration()],
      stackParser: createStackParser(nodeStackLineParser()),
      beforeSend: (event) => masked(event, mask),
      transport: (options) =>
        createTransport({ ...options, bufferSize: MOST_WAITING }, ({ body }) => send(options, body)),
    });
    // Also of what the network, the queue or a limit of Sentry's kept from being sent: that has no status.
    this.#client.on('afterSendEvent', (_event, { statusCode = 0 }) => {
      if (statusCode >= 200 && statusCode < 300) events.sent();
      else events.dropped();
    });
    this.#client.init();
  }

  /** Returns at once, and never throws: whoever fails already has enough to do. */
  capture(error: Error, line: Readonly<Record<string, unknown>>): void {
    if (this.#seen.has(error)) return;
    this.#seen.add(error);
    try {
      const mechanism = { type: 'log', handled: line['level'] !== 'fatal' };
      this.#client.captureException(error, { originalException: error, mechanism }, scopeOf(line));
    } catch {
      this.#events.dropped();
    }
  }

  async close(): Promise<void> {
    await this.#client.close(LAST_CALL);
  }
}

/** A scope of its own for each error: what one request says of itself never ends up with another. */
function scopeOf(line: Readonly<Record<string, unknown>>): Scope {
  const scope = new Scope();
  scope.setLevel(line['level'] === 'fatal' ? 'fatal' : 'error');
  for (const tag of TAGS) {
    const value = line[tag];
    if (typeof value === 'string' || typeof value === 'number') scope.setTag(tag, value);
  }
  const { traceId, spanId } = line;
  if (typeof traceId === 'string' && typeof spanId === 'string') {
    scope.setContext('trace', { trace_id: traceId, span_id: spanId });
  }
  return scope;
}

/** Every text of the event, wherever it is; ids are digits by chance. */
function masked<E extends Event>(event: E, mask: (text: string) => string): E {
  return JSON.parse(JSON.stringify(event), (key, value: unknown) =>
    typeof value === 'string' && !key.endsWith('_id') ? withoutPersonalData(mask(value)) : value,
  ) as E;
}

async function send(
  { url, headers = {} }: { readonly url: string; readonly headers?: Record<string, string> },
  body: string | Uint8Array,
) {
  return scopes.run(OF_NO_REQUEST, async () => {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body: body as string,
      signal: AbortSignal.timeout(GIVE_UP_AFTER),
    });
    await response.arrayBuffer();
    return {
      statusCode: response.status,
      headers: {
        'x-sentry-rate-limits': response.headers.get('x-sentry-rate-limits'),
        'retry-after': response.headers.get('retry-after'),
      },
    };
  });
}
