/**
 * What makes migrations from models. Applying and undoing them needs neither.
 */
export enum SchemaEngine {
  /** Prisma's engine as WebAssembly, from the npm registry. Not for MySQL. */
  WASM = 'wasm',
  /** Prisma's native binary, from Prisma's own host or the mirror named by `PRISMA_ENGINES_MIRROR`. */
  NATIVE = 'native',
}
