import * as z from 'zod';

/** Whole numbers of the smallest unit: sums of them are exact. */
export const Money = z
  .object({
    amount: z.int().min(0).describe('In the minor unit of the currency: 1999 EUR are 19.99 euro.'),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'Expected three capital letters, like EUR')
      .describe('ISO 4217 code.'),
  })
  .meta({ id: 'Money', examples: [{ amount: 1999, currency: 'EUR' }] });
