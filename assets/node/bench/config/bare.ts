import { KINDS, type Kind, LEVELS, NAMES, report } from './environment.js';

const begun = performance.now();
const { z } = await import('zod');
const types: Readonly<Record<Kind, unknown>> = {
  text: z.string().min(1),
  key: z.string().regex(/^[\w-]+$/),
  count: z.coerce.number().int().min(0).max(100),
  ratio: z.coerce.number(),
  on: z.stringbool(),
  wait: z.string().regex(/^\d+(ms|s|m|h|d)$/),
  url: z.url(),
  level: z.enum(LEVELS),
  items: z.string().transform((text) => text.split(',')),
  secret: z.string().min(1),
};
if (KINDS.length !== Object.keys(types).length) throw new Error('a kind has no type');
// biome-ignore lint/suspicious/noExplicitAny: the schema is made of data.
const schema = z.object(Object.fromEntries(NAMES.map(([name, kind]) => [name, types[kind] as any])));
report(begun, Object.keys(schema.parse(process.env)).length);
