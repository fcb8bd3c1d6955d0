import type { FastifyRequest, FastifySchemaValidationError } from 'fastify';
import { Problem } from './problem.js';

type Part = 'params' | 'body' | 'querystring' | 'headers';

/** In the order in which Fastify validates them, and stops at the first that fails. */
const PARTS: readonly Part[] = ['params', 'body', 'querystring', 'headers'];

/** A field that is not valid: a JSON pointer into the body, or the name of a parameter or header. */
export type FieldError = { readonly detail: string } & (
  | { readonly pointer: string }
  | { readonly parameter: string }
  | { readonly header: string }
);

export interface ValidationError extends Error {
  readonly validation: readonly FastifySchemaValidationError[];
  readonly validationContext?: string;
}

export function isValidationError(error: unknown): error is ValidationError {
  return error instanceof Error && 'validation' in error && Array.isArray(error.validation);
}

/** Every field that is not valid, also in the parts of the request that Fastify did not get to. */
export function validationProblem(error: ValidationError, request: FastifyRequest): Problem {
  const failed = PARTS.indexOf(error.validationContext as Part);
  const rest = failed < 0 ? [] : PARTS.slice(failed + 1);
  const errors = [
    ...error.validation.map((issue) => fieldError(issue, PARTS[failed] ?? 'body')),
    ...rest.flatMap((part) => validate(request, part).map((issue) => fieldError(issue, part))),
  ];
  return new Problem(400, { detail: 'The request is not valid: see errors.', errors });
}

function validate(request: FastifyRequest, part: Part): readonly FastifySchemaValidationError[] {
  const check: unknown = request.getValidationFunction(part);
  if (typeof check !== 'function') return [];
  const result: { error?: readonly FastifySchemaValidationError[] } | undefined = check(
    part === 'querystring' ? request.query : request[part],
  );
  return result?.error ?? [];
}

function fieldError({ instancePath, message }: FastifySchemaValidationError, part: Part): FieldError {
  const path = instancePath === '/' ? '' : instancePath;
  const detail = message ?? 'is not valid';
  if (part === 'body') return { pointer: `#${path}`, detail };
  const name = path.slice(1);
  return part === 'headers' ? { header: name, detail } : { parameter: name, detail };
}
