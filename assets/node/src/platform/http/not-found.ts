import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from './errors.js';
import { notFound, Problem } from './problem.js';

/** 404 for a path that nothing serves, 405 with what is allowed for a method that it doesn't take. */
export function notFoundHandler(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const allowed = methodsAt(request);
  if (allowed.length === 0) return sendProblem(reply, notFound('Nothing is served at this path.'));
  const allow = allowed.join(', ');
  return sendProblem(
    reply,
    new Problem(405, { detail: `This path takes ${allow}, not ${request.method}.`, headers: { allow } }),
  );
}

function methodsAt({ server, url }: FastifyRequest): string[] {
  const path = url.split('?', 1)[0] ?? '/';
  // OPTIONS is served everywhere where CORS is on, and says nothing about the path.
  return server.supportedMethods.filter(
    (method) => method !== 'OPTIONS' && server.findRoute({ method, url: path }) !== null,
  );
}
