import * as z from 'zod';
import { Timestamp } from '../shared/timestamp.js';

export const NewCustomer = z
  .object({
    name: z.string().trim().min(1).max(120),
    email: z.email().max(120).toLowerCase(),
  })
  .meta({ id: 'NewCustomer', examples: [{ name: 'Ada Lovelace', email: 'ada@example.com' }] });

export const Customer = z
  .object({ id: z.uuidv7(), name: z.string(), email: z.string(), createdAt: Timestamp })
  .meta({ id: 'Customer' });
