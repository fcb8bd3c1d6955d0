import type { FastifyReply, FastifyRequest } from 'fastify';
import { Counter, Gauge } from 'prom-client';
import { Distribution, type Series } from '../distribution/distribution.js';
import type { RequestLine } from '../http/observer.js';
import type { ServedRoute } from '../http/served-route.js';
import type { Metrics } from '../metrics/metrics.js';

/** From an empty body to one that should have been a stream. */
const BYTES = [100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];

/** Others, which only broken or hostile clients send, are one. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const OTHER_METHOD = '_OTHER';

/** What a client is told that sent no whole request: broken HTTP, too slow, headers too large. */
const MALFORMED = [400, 408, 431];

/** By status. */
type Seconds = Map<number, Series>;

/** What is known of a method and a route, resolved at their first request. */
interface RouteSeries {
  readonly requestBytes: Series;
  readonly responseBytes: Series;
  readonly seconds: Seconds;
}

/** Rate, errors, duration and size of requests, by method and route. */
export class HttpServerMetrics {
  readonly #seconds: Distribution<'method' | 'route' | 'status'>;
  readonly #requestBytes: Distribution<'method' | 'route'>;
  readonly #responseBytes: Distribution<'method' | 'route'>;
  readonly #malformed: Counter<'status'>;
  readonly #series = new Map<string, Map<string, RouteSeries>>();
  /** What is there before a first request, by method and route. */
  readonly #served = new Map<string, Seconds>();
  #inFlight = 0;

  constructor(metrics: Metrics, seconds: readonly number[]) {
    const registers = [metrics];
    this.#seconds = new Distribution({
      name: 'http_server_request_duration_seconds',
      help: 'Time from the headers of a request to the end of its response',
      labelNames: ['method', 'route', 'status'],
      buckets: seconds,
      registers,
    });
    this.#requestBytes = new Distribution({
      name: 'http_server_request_size_bytes',
      help: 'Size of request bodies whose length was announced',
      labelNames: ['method', 'route'],
      buckets: BYTES,
      registers,
    });
    this.#responseBytes = new Distribution({
      name: 'http_server_response_size_bytes',
      help: 'Size of response bodies whose length was announced',
      labelNames: ['method', 'route'],
      buckets: BYTES,
      registers,
    });
    this.#malformed = new Counter({
      name: 'http_server_requests_malformed_total',
      help: 'Requests that never became whole ones, by what their client was told',
      labelNames: ['status'],
      registers,
    });
    for (const status of MALFORMED) this.#malformed.inc({ status }, 0);
    const inFlight = () => this.#inFlight;
    new Gauge({
      name: 'http_server_requests_in_flight',
      help: 'Requests that have no response yet',
      registers,
      collect() {
        this.set(inFlight());
      },
    });
  }

  /**
   * Begins to count what requests of a route may end with, at zero: Prometheus sees a number grow, not that one was not there
   * before, so the first failure of a route would be none. Sizes and other statuses, about which nothing is promised, begin with
   * their first request.
   */
  serves({ method, route, statuses }: ServedRoute): void {
    if (!METHODS.has(method)) return;
    const key = `${method} ${route}`;
    // There may be several for one template, by host or version.
    const seconds = this.#served.get(key) ?? new Map<number, Series>();
    this.#served.set(key, seconds);
    for (const status of statuses) {
      if (!seconds.has(status)) seconds.set(status, this.#secondsAt(method, route, status));
    }
  }

  begun(): void {
    this.#inFlight++;
  }

  over(line: RequestLine, request?: FastifyRequest, reply?: FastifyReply): void {
    if (!request || !reply) {
      // Nobody knows how long it took: as a duration of zero it would be a quick one.
      this.#malformed.inc({ status: line.status });
      return;
    }
    this.#inFlight--;
    const route = this.#of(line.method ?? OTHER_METHOD, line.route);
    const series = this.#secondsOf(route, line);
    const { durationMs = 0, sampled, traceId = '', spanId = '' } = line;
    series.observe(durationMs / 1000);
    if (sampled) series.link(durationMs / 1000, traceId, spanId);
    observeLength(route.requestBytes, request.headers['content-length']);
    observeLength(route.responseBytes, reply.getHeader('content-length'));
  }

  #of(given: string, route: string): RouteSeries {
    let methods = this.#series.get(route);
    if (!methods) {
      methods = new Map();
      this.#series.set(route, methods);
    }
    let series = methods.get(given);
    if (!series) {
      const method = METHODS.has(given) ? given : OTHER_METHOD;
      // Several methods that are one share its series.
      series = (method === given ? undefined : methods.get(method)) ?? this.#resolve(method, route);
      methods.set(method, series).set(given, series);
    }
    return series;
  }

  #resolve(method: string, route: string): RouteSeries {
    const labels = { method, route };
    return {
      requestBytes: this.#requestBytes.series(labels),
      responseBytes: this.#responseBytes.series(labels),
      seconds: this.#served.get(`${method} ${route}`) ?? new Map(),
    };
  }

  #secondsOf({ seconds, requestBytes }: RouteSeries, { status }: RequestLine): Series {
    let series = seconds.get(status);
    if (!series) {
      const { method = '', route = '' } = requestBytes.labels;
      series = this.#secondsAt(method, route, status);
      seconds.set(status, series);
    }
    return series;
  }

  #secondsAt(method: string, route: string, status: number): Series {
    return this.#seconds.series({ method, route, status: String(status) });
  }
}

function observeLength(series: Series, length: unknown): void {
  if (length !== undefined) series.observe(Number(length));
}
