import { type Kind, LEVELS, NAMES, report } from './environment.js';

const begun = performance.now();
const [{ load }, types] = await Promise.all([
  import('../../src/platform/config/load.js'),
  import('../../src/platform/config/types.js'),
]);
const all: Readonly<Record<Kind, () => unknown>> = {
  text: () => types.string(),
  key: () => types.string({ pattern: /^[\w-]+$/ }),
  count: () => types.integer({ min: 0, max: 100 }),
  ratio: () => types.number(),
  on: () => types.boolean(),
  wait: () => types.duration(),
  url: () => types.url(),
  level: () => types.enumeration(LEVELS),
  items: () => types.list(),
  secret: () => types.string(),
};
const declarations = Object.fromEntries(
  NAMES.map(([name, kind]) => [
    name.toLowerCase(),
    // biome-ignore lint/suspicious/noExplicitAny: the declarations are made of data.
    { name, type: all[kind]() as any, ...(kind === 'secret' ? { secret: true } : {}) },
  ]),
);
report(begun, Object.keys(await load(declarations)).length);
