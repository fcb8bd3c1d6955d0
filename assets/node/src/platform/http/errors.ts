import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem, unavailable } from './problem.js';
import { isValidationError, validationProblem } from './validation.js';

/** Says what an error means to a client; undefined when it isn't one it knows. */
export type ProblemMapper = (error: unknown) => Problem | undefined;

/** The problem document for anything that was thrown. Nothing of an unexpected error reaches the client. */
export function problemOf(error: unknown, request: FastifyRequest, mappers: readonly ProblemMapper[]): Problem {
  if (error instanceof Problem) return error;
  for (const map of mappers) {
    const problem = map(error);
    if (problem) return problem;
  }
  if (isValidationError(error)) return validationProblem(error, request);
  return frameworkProblem(error) ?? new Problem(500);
}

/** Errors of Fastify, its plugins and http-errors carry a status; only their own messages are written for clients. */
function frameworkProblem(error: unknown): Problem | undefined {
  if (!(error instanceof Error)) return undefined;
  const { statusCode, code, expose } = error as Error & { statusCode?: unknown; code?: unknown; expose?: unknown };
  if (code === 'FST_ERR_HANDLER_TIMEOUT') return unavailable('The service took too long to answer.');
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode > 499) return undefined;
  const isForClients = expose === true || (typeof code === 'string' && code.startsWith('FST_'));
  return new Problem(statusCode, isForClients ? { detail: error.message } : {});
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  const document = { ...problem.toJSON(), requestId: reply.request.id };
  return (
    reply
      .code(problem.status)
      .headers(problem.headers)
      .header('cache-control', 'no-store')
      .type('application/problem+json')
      // As bytes it passes no response schema, and the media type gets no charset, which it does not have.
      .send(Buffer.from(JSON.stringify(document)))
  );
}
