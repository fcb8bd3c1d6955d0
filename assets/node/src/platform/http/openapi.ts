interface Operation {
  responses?: object;
}

interface Document {
  paths?: Record<string, Record<string, Operation>>;
  components?: { schemas?: object };
}

const METHODS = new Set(['get', 'head', 'post', 'put', 'patch', 'delete', 'options', 'trace', 'query']);

const PROBLEM_RESPONSE = {
  description: 'What is wrong, as a problem document (RFC 9457).',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

const PROBLEM_SCHEMA = {
  type: 'object',
  required: ['type', 'title', 'status'],
  properties: {
    type: { type: 'string', format: 'uri-reference' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    requestId: { type: 'string' },
    errors: {
      description: 'Each field that is not valid.',
      type: 'array',
      items: {
        type: 'object',
        required: ['detail'],
        properties: {
          detail: { type: 'string' },
          pointer: { type: 'string', description: 'JSON pointer into the body.' },
          parameter: { type: 'string', description: 'Name of a path or query parameter.' },
          header: { type: 'string' },
        },
      },
    },
  },
};

/** Every operation may answer with a problem, whether its author says so or not. */
export function withProblems<D extends object>(document: D): D {
  const { paths = {}, components = {} } = document as Document;
  return {
    ...document,
    paths: mapValues(paths, (path) =>
      mapValues(path, (operation, key) => (METHODS.has(key) ? withDefaultResponse(operation) : operation)),
    ),
    components: { ...components, schemas: { ...components.schemas, Problem: PROBLEM_SCHEMA } },
  };
}

function withDefaultResponse(operation: Operation): Operation {
  return { ...operation, responses: { default: PROBLEM_RESPONSE, ...operation.responses } };
}

function mapValues<V>(object: Record<string, V>, change: (value: V, key: string) => V): Record<string, V> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));
}
