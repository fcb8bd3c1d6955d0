import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RequestLine, RequestObserver } from '../http/observer.js';
import type { ServedRoute } from '../http/served-route.js';
import type { HttpServerMetrics } from './http-server.js';
import { type Scope, scopes } from './scope.js';
import type { Tracing } from './tracing/interface.js';

const SCOPE = Symbol('scope');

interface Scoped {
  [SCOPE]?: Scope;
}

/** Measures and traces the requests of the public server. */
export class RequestTelemetry implements RequestObserver {
  readonly #metrics: HttpServerMetrics;
  readonly #tracing: Tracing | undefined;

  constructor(metrics: HttpServerMetrics, tracing: Tracing | undefined) {
    this.#metrics = metrics;
    this.#tracing = tracing;
  }

  serves(route: ServedRoute): void {
    this.#metrics.serves(route);
  }

  begun(request: FastifyRequest & Scoped): void {
    this.#metrics.begun();
    request[SCOPE] = this.#tracing?.beginServer(request) ?? { requestId: request.id, trace: undefined };
  }

  enter(request: FastifyRequest & Scoped, proceed: () => void): void {
    const scope = request[SCOPE];
    if (scope === undefined || scopes.getStore() === scope) proceed();
    else scopes.run(scope, proceed);
  }

  over(line: RequestLine, request?: FastifyRequest & Scoped, reply?: FastifyReply): void {
    const scope = request?.[SCOPE];
    if (scope) this.#tracing?.endServer(scope, line);
    this.#metrics.over(line, request, reply);
  }
}
