import type { Declaration } from '../../src/platform/config/declaration.js';

const CANDIDATES = ['unset', '1', 'true', '1s', '{}', 'x'.repeat(64), 'http://127.0.0.1:1/unset'];

/** A value that each variable takes, for an app that is built and not run: secrets need not be at hand for that. */
export function standIns(declarations: readonly Declaration[]): Record<string, string> {
  const required = declarations.filter(
    ({ default: value, optional, requiredIn }) =>
      value === undefined && !optional && (requiredIn === undefined || requiredIn.includes('test')),
  );
  return Object.fromEntries(
    required.flatMap(({ name, type }) => {
      // Nothing listens at that port, and such a file is not opened before it is asked for something.
      const scheme = /([a-z][a-z0-9+.-]*):\/\//.exec(type.expects)?.[1];
      const urls = scheme === undefined ? [] : [`${scheme}://127.0.0.1:1/unset`, `${scheme}:unset`];
      const taken = [...CANDIDATES, ...urls].find((text) => type.schema.safeParse(text).success);
      return taken === undefined ? [] : [[name, taken]];
    }),
  );
}
