import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Prisma, PrismaClient } from '../generated/prisma/client.js';
import { unprocessable } from '../platform/http/problem.js';
import { isUniqueViolation, transaction } from './database.js';

const invalidKey = 'Expected 1 to 128 visible ASCII characters, best a random UUID';

export const IdempotencyHeaders = z.object({
  'idempotency-key': z
    .string(invalidKey)
    .regex(/^[\x21-\x7e]{1,128}$/, invalidKey)
    .describe('Names this request. Sent again with the same key, it is answered again but not carried out again.'),
});

interface IdempotentRequest {
  method: string;
  url: string;
  headers: z.output<typeof IdempotencyHeaders>;
  body: unknown;
}

interface Answer<Response> {
  response: Response;
  /** Whether it is the answer to an earlier request with the same key. */
  repeated: boolean;
}

/**
 * Carries `work` out at most once for the request's key. The key, what `work` writes and its response are one
 * transaction: a request that failed has left nothing behind and may be sent again; one that succeeded is answered
 * with the response of the first time.
 */
export async function once<Response>(
  prisma: PrismaClient,
  request: IdempotentRequest,
  response: z.ZodType<Response, Prisma.InputJsonObject>,
  work: (tx: Prisma.TransactionClient) => Promise<Response>,
): Promise<Answer<Response>> {
  const key = request.headers['idempotency-key'];
  const fingerprint = fingerprintOf(request);
  try {
    const first = await transaction(prisma, async (tx) => {
      await claim(tx, key, fingerprint);
      const result = await work(tx);
      await tx.idempotencyKey.updateMany({ where: { key }, data: { response: z.encode(response, result) } });
      return result;
    });
    return { response: first, repeated: false };
  } catch (error) {
    if (!(error instanceof KeyTaken)) throw error;
    const first = await prisma.idempotencyKey.findUniqueOrThrow({ where: { key } });
    if (first.fingerprint === fingerprint) return { response: response.parse(first.response), repeated: true };
    throw unprocessable('This Idempotency-Key belongs to another request: give each new request a new key.', {
      type: 'urn:problem-type:idempotency-key-reused',
      title: 'Idempotency key reused',
    });
  }
}

/** Keys are for retries, and nobody goes on trying for days. */
export async function forgetKeysBefore(prisma: PrismaClient, date: Date): Promise<number> {
  const { count } = await prisma.idempotencyKey.deleteMany({ where: { createdAt: { lt: date } } });
  return count;
}

class KeyTaken extends Error {}

/** A concurrent duplicate waits here until the first request has committed or rolled back. */
async function claim(tx: Prisma.TransactionClient, key: string, fingerprint: string): Promise<void> {
  try {
    await tx.idempotencyKey.createMany({ data: { key, fingerprint } });
  } catch (error) {
    throw isUniqueViolation(error) ? new KeyTaken() : error;
  }
}

function fingerprintOf({ method, url, body }: IdempotentRequest): string {
  const text = JSON.stringify([method, url, body]);
  return createHash('sha256').update(text).digest('hex');
}
