import diagnostics from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { Distribution, type Series } from '../distribution/distribution.js';
import { REQUEST_ID_HEADER } from '../http/request-id.js';
import type { Metrics } from '../metrics/metrics.js';
import { scopes } from './scope.js';
import type { ClientSpan, Tracing } from './tracing/interface.js';

/** Hosts a process tells apart; those that come later are `other`. A service talks to few, unless a user names them. */
const MOST_HOSTS = 50;

/** From a neighbour in the same network to what times out. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** What undici publishes of a request; `fetch` is made of it. */
interface UndiciRequest {
  readonly origin: string | URL;
  readonly method: string;
  readonly path: string;
  /** As they go out: lines, or names and values in turns. */
  readonly headers: string | readonly unknown[];
  addHeader(name: string, value: string): void;
}

interface Call {
  readonly method: string;
  readonly host: string;
  readonly begun: number;
  readonly span: ClientSpan | undefined;
}

/**
 * Outgoing requests of `fetch`, undici and `node:http`, as Node's diagnostics channels tell of them: they are measured, and carry the
 * id and the trace of the request they are made for.
 */
export class HttpClientTelemetry {
  readonly #seconds: Distribution<'host' | 'method' | 'status'>;
  readonly #series = new Map<string, Series>();
  readonly #hosts = new Set<string>();
  readonly #calls = new WeakMap<object, Call>();
  readonly #tracing: Tracing | undefined;
  readonly #subscriptions: readonly [string, (message: unknown) => void][];

  constructor(metrics: Metrics, tracing: Tracing | undefined) {
    this.#tracing = tracing;
    this.#seconds = new Distribution({
      name: 'http_client_request_duration_seconds',
      help: 'Time until the headers of the response to an outgoing request, or until it failed',
      labelNames: ['host', 'method', 'status'],
      buckets: SECONDS,
      registers: [metrics],
    });
    this.#subscriptions = [
      on<{ request: UndiciRequest }>('undici:request:create', ({ request }) => {
        this.#begin(request, request.method, String(request.origin), request.path, (name, value) => {
          if (!hasHeader(request.headers, name)) request.addHeader(name, value);
        });
      }),
      on<{ request: UndiciRequest; response: { statusCode: number } }>(
        'undici:request:headers',
        ({ request, response }) => this.#end(request, response.statusCode),
      ),
      on<{ request: UndiciRequest; error: Error }>('undici:request:error', ({ request, error }) =>
        this.#end(request, undefined, error),
      ),
      // Node 22.12 and later: early enough for headers.
      on<{ request: ClientRequest }>('http.client.request.created', ({ request }) => this.#beginPlain(request, true)),
      on<{ request: ClientRequest }>('http.client.request.start', ({ request }) => this.#beginPlain(request, false)),
      on<{ request: ClientRequest; response: IncomingMessage }>(
        'http.client.response.finish',
        ({ request, response }) => this.#end(request, response.statusCode),
      ),
      on<{ request: ClientRequest; error: Error }>('http.client.request.error', ({ request, error }) =>
        this.#end(request, undefined, error),
      ),
    ];
    for (const [channel, hear] of this.#subscriptions) diagnostics.subscribe(channel, hear);
  }

  close(): void {
    for (const [channel, hear] of this.#subscriptions) diagnostics.unsubscribe(channel, hear);
  }

  #beginPlain(request: ClientRequest, mayAddHeaders: boolean): void {
    if (this.#calls.has(request)) return;
    const origin = `${request.protocol}//${request.getHeader('host') ?? request.host}`;
    this.#begin(request, request.method, origin, request.path, (name, value) => {
      if (mayAddHeaders && !request.headersSent && !request.hasHeader(name)) request.setHeader(name, value);
    });
  }

  #begin(
    request: object,
    method: string,
    origin: string,
    path: string,
    addHeader: (name: string, value: string) => void,
  ): void {
    const scope = scopes.getStore();
    // The exporter's own requests would beget spans for ever.
    if (scope?.suppressed || this.#tracing?.isSuppressed(scope)) return;
    const host = URL.canParse(origin) ? new URL(origin).host : origin;
    const span = this.#tracing?.beginClient(scope, { method, origin, host, path }, addHeader);
    if (scope?.requestId !== undefined) addHeader(REQUEST_ID_HEADER, scope.requestId);
    this.#calls.set(request, { method, host, begun: performance.now(), span });
  }

  /** At the headers of the response: whether and when its body is read is up to who asked. */
  #end(request: object, status?: number, error?: Error): void {
    const call = this.#calls.get(request);
    if (!call) return;
    this.#calls.delete(request);
    const { method, host, begun, span } = call;
    this.#seriesOf(this.#bounded(host), method, status === undefined ? 'error' : String(status)).observe(
      (performance.now() - begun) / 1000,
    );
    span?.end(status, error);
  }

  #bounded(host: string): string {
    if (this.#hosts.has(host)) return host;
    if (this.#hosts.size >= MOST_HOSTS) return 'other';
    this.#hosts.add(host);
    return host;
  }

  #seriesOf(host: string, method: string, status: string): Series {
    const key = `${host} ${method} ${status}`;
    let series = this.#series.get(key);
    if (!series) {
      series = this.#seconds.series({ host, method, status });
      this.#series.set(key, series);
    }
    return series;
  }
}

/** Subscribes to a channel; what is thrown in it would end the process, which no measurement is worth. */
function on<M>(channel: string, hear: (message: M) => void): [string, (message: unknown) => void] {
  return [
    channel,
    (message) => {
      try {
        hear(message as M);
      } catch {
        // The request goes on, unmeasured.
      }
    },
  ];
}

/** Whoever makes the request may have set the header: what he says stands, and twice it would say nothing. */
function hasHeader(headers: UndiciRequest['headers'], name: string): boolean {
  return typeof headers === 'string'
    ? new RegExp(`^${name}:`, 'im').test(headers)
    : headers.some((entry, position) => position % 2 === 0 && String(entry).toLowerCase() === name);
}
