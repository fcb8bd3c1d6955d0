/** Something in a database that Prisma's models cannot say, and its engine does not see. */
export interface DatabaseObject {
  readonly kind: 'extension' | 'function' | 'view' | 'trigger' | 'check' | 'policy' | 'index' | 'default';
  /** Tells it from others. */
  readonly name: string;
  /** The same text for the same object. */
  readonly definition: string;
  readonly create: string;
  readonly drop: string;
}
