import Fastify, { type FastifyRequest } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Log } from '../logging/types.js';
import { AccessLog } from './access-log.js';
import { clientErrorHandler } from './client-error.js';
import { allowOrigins } from './cors.js';
import { enforceDeadline } from './deadline.js';
import { serveDocs } from './docs.js';
import { type ProblemMapper, problemOf, sendProblem } from './errors.js';
import { notFoundHandler } from './not-found.js';
import type { RequestObserver } from './observer.js';
import { limitRate } from './rate-limit.js';
import { REQUEST_ID_HEADER, requestIdOf } from './request-id.js';
import { RequestLog } from './request-log.js';
import { SECURITY_HEADERS } from './security-headers.js';
import { servedRoutes } from './served-route.js';
import type { App, HttpConfig } from './types.js';

export interface ServerOptions {
  readonly service: string;
  readonly version: string;
  readonly config: HttpConfig;
  readonly log: Log;
  /** Asked in order about errors that are no problems yet. */
  readonly problems?: readonly ProblemMapper[];
  /** Whether the process is on its way out: connections then close after their response. */
  readonly isDraining?: () => boolean;
  /** Measures and traces the requests. */
  readonly observer?: RequestObserver | undefined;
}

export interface Server {
  readonly app: App;
  /** Requests that have no response yet. */
  inFlight(): number;
}

/** Slow clients are looked for this often; Node's default of 30 s would double the timeouts. */
const CHECK_CONNECTIONS_EVERY = 1000;

/** The public server with everything a route relies on, and no route yet. */
export async function createServer(options: ServerOptions): Promise<Server> {
  const { service, version, config, log, problems = [], isDraining = () => false, observer } = options;
  const accessLog = new AccessLog(log, { observer, sampleRatio: config.accessLogSampleRatio });
  // A little more than a client has for its request, so that one which is too slow is told so itself.
  const answerWithin = config.requestTimeout + 2 * CHECK_CONNECTIONS_EVERY;

  const app: App = Fastify({
    loggerInstance: log,
    logController: accessLog,
    childLoggerFactory: (parent, bindings, options) => new RequestLog(parent, bindings, options),
    genReqId: requestIdOf,
    trustProxy: config.trustedProxies.length > 0 ? [...config.trustedProxies] : false,
    bodyLimit: config.bodyLimit,
    requestTimeout: config.requestTimeout,
    keepAliveTimeout: config.keepAliveTimeout,
    // Silence in both directions, as of a client that stops reading its response.
    connectionTimeout: 2 * answerWithin,
    http: {
      headersTimeout: Math.min(10_000, config.requestTimeout),
      connectionsCheckingInterval: Math.min(CHECK_CONNECTIONS_EVERY, config.requestTimeout),
    },
    // What arrives on an open connection while draining is served: only new connections are refused.
    return503OnClosing: false,
    clientErrorHandler: clientErrorHandler(accessLog),
    frameworkErrors: (error, request, reply) => {
      sendProblem(reply.headers(headersOf(request.id)), problemOf(error, request, []));
    },
  }).withTypeProvider<ZodTypeProvider>();

  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);

  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(SECURITY_HEADERS).header(REQUEST_ID_HEADER, request.id);
    if (isDraining()) reply.header('connection', 'close');
    if (observer) observer.enter(request, done);
    else done();
  });
  if (observer) {
    enterAfterBody(app, observer);
    app.addHook('onRoute', (route) => {
      if (!route.config?.unobserved) for (const served of servedRoutes(route)) observer.serves?.(served);
    });
  }

  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error, request, problems);
    if (problem.status >= 500) accessLog.record(request, error);
    return sendProblem(reply, problem);
  });

  enforceDeadline(app, accessLog, answerWithin);
  await allowOrigins(app, config);
  await limitRate(app, config);
  app.setNotFoundHandler({ preHandler: app.rateLimit() }, notFoundHandler);
  await serveDocs(app, config, service, version);

  return { app, inFlight: () => accessLog.inFlight.size };
}

/** The parts of a body arrive outside of what their request entered. */
function enterAfterBody(app: App, observer: RequestObserver): void {
  const again = (request: FastifyRequest, _reply: unknown, done: () => void) => observer.enter(request, done);
  app.addHook('onRoute', (route) => {
    if ([route.method].flat().every((method) => method === 'GET' || method === 'HEAD')) return;
    route.preValidation = [again, ...[route.preValidation ?? []].flat()];
  });
}

function headersOf(requestId: string): Record<string, string> {
  return { ...SECURITY_HEADERS, [REQUEST_ID_HEADER]: requestId };
}
