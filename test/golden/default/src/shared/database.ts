import { setTimeout as sleep } from 'node:timers/promises';
import { Prisma, type PrismaClient } from '../generated/prisma/client.js';
import { conflict, unavailable } from '../platform/http/problem.js';

const ATTEMPTS = 5;

/** A transaction that is run again when the database rolled it back to resolve a deadlock or a write conflict. */
export async function transaction<T>(
  prisma: PrismaClient,
  work: (tx: Prisma.TransactionClient) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await prisma.$transaction(work);
    } catch (error) {
      if (!isWriteConflict(error)) throw error;
      if (attempt === ATTEMPTS) throw unavailable('Too many requests change the same thing.', { cause: error });
      await sleep(Math.random() * 10 * 2 ** attempt);
    }
  }
}

export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002';
}

/** To catch the error of an insert with: a unique value that is taken is the client's to change. */
export function conflictWhenTaken(detail: string): (error: unknown) => never {
  return (error) => {
    throw isUniqueViolation(error) ? conflict(detail) : error;
  };
}

function isWriteConflict(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2034';
}
