import type { SqlQuery } from '@prisma/driver-adapter-utils';

/** As many as Prisma's own engine kept. Each one costs memory in every session of the server. */
const MOST = 100;

/**
 * Names for the statements that a session keeps, so that the server parses and plans each once and not at every query. Those that come
 * when the names are used up run as before.
 */
export class StatementNames {
  #names = new Map<string, string>();
  #generation = 0;

  /** Nothing for what has no parameters: the text of such a statement has its values in it, or controls the transaction. */
  readonly nameOf = ({ sql, args }: SqlQuery): string => {
    if (args.length === 0) return '';
    const known = this.#names.get(sql);
    if (known !== undefined) return known;
    if (this.#names.size >= MOST) return '';
    const name = `p${this.#generation}_${this.#names.size}`;
    this.#names.set(sql, name);
    return name;
  };

  /** A migration has changed what a statement returns: under new names all are prepared anew. */
  readonly renew = (): void => {
    this.#generation++;
    this.#names = new Map();
  };
}
