import * as z from 'zod';

/** ISO 8601 in JSON, a Date in code. */
export const Timestamp = z.codec(z.iso.datetime(), z.date(), {
  decode: (text) => new Date(text),
  encode: (date) => date.toISOString(),
});
