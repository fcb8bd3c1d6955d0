import { expect, test, vi } from 'vitest';
import { Prisma } from '../src/generated/prisma/client.js';
import { transaction } from '../src/shared/database.js';
import { startService } from './support/service.js';

const { prisma } = await startService();

const errorOf = (code: string) => new Prisma.PrismaClientKnownRequestError(code, { code, clientVersion: 'test' });

test('runs again after write conflicts', async () => {
  const work = vi.fn().mockRejectedValueOnce(errorOf('P2034')).mockRejectedValueOnce(errorOf('P2034'));

  await transaction(prisma, work.mockResolvedValue('done'));

  expect(work).toHaveBeenCalledTimes(3);
});

test('gives up with a 503 when the conflicts do not end', async () => {
  const work = vi.fn().mockRejectedValue(errorOf('P2034'));

  await expect(transaction(prisma, work)).rejects.toMatchObject({ status: 503 });
  expect(work).toHaveBeenCalledTimes(5);
});

test('runs once when anything else goes wrong', async () => {
  const work = vi.fn().mockRejectedValue(errorOf('P2002'));

  await expect(transaction(prisma, work)).rejects.toThrow('P2002');
  expect(work).toHaveBeenCalledOnce();
});
