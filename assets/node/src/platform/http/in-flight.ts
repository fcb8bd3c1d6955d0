import type { FastifyReply } from 'fastify';

const PLACE = Symbol('place');

interface Placed {
  [PLACE]?: number | undefined;
}

/**
 * Replies that are not over, in no order. An array, because a `Set` that lives long leaves a table behind each time it has filled up, with
 * everything that was in it then, until the next full garbage collection: under load that is every request, and what collecting them costs.
 */
export class InFlight implements Iterable<FastifyReply> {
  readonly #replies: (FastifyReply & Placed)[] = [];

  get size(): number {
    return this.#replies.length;
  }

  add(reply: FastifyReply & Placed): void {
    reply[PLACE] = this.#replies.push(reply) - 1;
  }

  delete(reply: FastifyReply & Placed): void {
    const place = reply[PLACE];
    if (place === undefined) return;
    reply[PLACE] = undefined;
    const last = this.#replies.pop();
    if (last === undefined || last === reply) return;
    last[PLACE] = place;
    this.#replies[place] = last;
  }

  /** Of those at this moment: answering them takes them out. */
  [Symbol.iterator](): Iterator<FastifyReply> {
    return [...this.#replies].values();
  }
}
