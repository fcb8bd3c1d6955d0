import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ServedRoute } from './served-route.js';

/** A request that is over, as its log line has it. */
export interface RequestLine {
  readonly requestId?: string;
  /** The template of its route, or `unmatched`. */
  readonly route: string;
  /** Missing where the request never became a whole one. */
  readonly method?: string;
  readonly status: number;
  readonly durationMs?: number;
  /** Whether the client got no whole response. */
  aborted?: true;
  error?: unknown;
  /** What an observer adds to the line. */
  traceId?: string;
  spanId?: string;
  /** Whether the trace is one that can be looked at. */
  sampled?: true;
}

/** Hears of every route, and of every request of the public server when it begins and when it is over; in between, its code runs inside of `enter`. */
export interface RequestObserver {
  /** Called once for each route and method, before there are requests. */
  serves?(route: ServedRoute): void;
  begun(request: FastifyRequest): void;
  /** Goes on with the request; what it calls belongs to it, also after it has waited for something. */
  enter(request: FastifyRequest, proceed: () => void): void;
  /** Called before the line is written; without request and reply for what never became a whole request. */
  over(line: RequestLine, request?: FastifyRequest, reply?: FastifyReply): void;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether requests of the route are neither logged, nor measured, nor traced, as probes are. */
    readonly unobserved?: boolean;
  }
}
