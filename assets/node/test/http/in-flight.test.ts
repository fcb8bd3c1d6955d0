import type { FastifyReply } from 'fastify';
import { expect, it } from 'vitest';
import { InFlight } from '../../src/platform/http/in-flight.js';

const reply = (id: number) => ({ id }) as unknown as FastifyReply;

it('has those that are not over, in whatever order they go', () => {
  const all = Array.from({ length: 100 }, (_, id) => reply(id));
  const inFlight = new InFlight();
  const expected = new Set<FastifyReply>();
  for (const [id, one] of all.entries()) {
    inFlight.add(one);
    expected.add(one);
    const gone = all[(id * 37) % 100];
    if (gone === undefined || !expected.delete(gone)) continue;
    inFlight.delete(gone);
    // It ends only once, but may well be told so twice.
    inFlight.delete(gone);
    expect(inFlight.size).toBe(expected.size);
    expect(new Set(inFlight)).toEqual(expected);
  }
  for (const one of inFlight) inFlight.delete(one);
  expect(inFlight.size).toBe(0);
});
