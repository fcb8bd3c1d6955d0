import type { Declaration } from '../../src/platform/config/declaration.js';

const CANDIDATES = [
  'unset',
  '1',
  'true',
  '1s',
  '{}',
  'x'.repeat(64),
  ...['http', 'https', 'postgresql', 'mysql', 'redis', 'amqp'].map((scheme) => `${scheme}://127.0.0.1:1/unset`),
  'file::memory:',
];

/** A value that each variable takes, for an app that is built and not run: secrets need not be at hand for that. */
export function standIns(declarations: readonly Declaration[]): Record<string, string> {
  const required = declarations.filter(
    ({ default: value, optional, requiredIn }) =>
      value === undefined && !optional && (requiredIn === undefined || requiredIn.includes('test')),
  );
  return Object.fromEntries(
    required.flatMap(({ name, type }) => {
      const taken = CANDIDATES.find((text) => type.schema.safeParse(text).success);
      return taken === undefined ? [] : [[name, taken]];
    }),
  );
}
