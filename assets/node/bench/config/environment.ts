/** Ten kinds of variable, ten of each; every tenth is a secret. */
export const KINDS = ['text', 'key', 'count', 'ratio', 'on', 'wait', 'url', 'level', 'items', 'secret'] as const;

export type Kind = (typeof KINDS)[number];

export const NAMES: readonly (readonly [string, Kind])[] = Array.from({ length: 10 }, (_, index) =>
  KINDS.map((kind) => [`${kind.toUpperCase()}_${index}`, kind] as const),
).flat();

export const TEXTS: Readonly<Record<Kind, string>> = {
  text: 'some text',
  key: 'abc-123',
  count: '42',
  ratio: '0.25',
  on: 'true',
  wait: '250ms',
  url: 'https://example.org/path',
  level: 'info',
  items: 'a,b,c',
  secret: 'a secret of some length',
};

export const LEVELS = ['debug', 'info', 'warn'] as const;

/** Says how long it took, from before anything was loaded to the whole configuration. */
export function report(begun: number, count: number): void {
  if (count < 100) throw new Error(`read ${count} variables only`);
  process.stdout.write(`${performance.now() - begun}\n`);
}
