import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, FastifyPluginOptions, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';

/** A Fastify instance whose routes are validated and typed by zod. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** The service's own code: a Fastify plugin. */
export type AppPlugin = (app: App, options: FastifyPluginOptions) => Promise<void>;

/** What the public server reads of the configuration. */
export interface HttpConfig {
  readonly host: string;
  readonly port: number;
  /** Origins whose pages may call the service; none by default. */
  readonly corsOrigins: readonly string[];
  /** Addresses and networks whose X-Forwarded-* headers are believed; none by default. */
  readonly trustedProxies: readonly string[];
  /** Requests a client may make in each window. */
  readonly rateLimitMax: number;
  /** Milliseconds. */
  readonly rateLimitWindow: number;
  /** Bytes. */
  readonly bodyLimit: number;
  /** Milliseconds a client may take to send a whole request. */
  readonly requestTimeout: number;
  /** Milliseconds an idle connection is kept. */
  readonly keepAliveTimeout: number;
  /** Whether the API document and its page are served at /docs. */
  readonly apiDocs: boolean;
  /** The share of requests that went well whose lines are in the log. */
  readonly accessLogSampleRatio?: number;
}
