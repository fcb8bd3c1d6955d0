import { PrismaPg } from '@prisma/adapter-pg';
import Fastify from 'fastify';
import { PrismaClient } from '../../src/generated/prisma/client.js';
import type { Notes } from './notes.js';
import { answerQuestions } from './questions.js';

/**
 * What there is to compare with: the same routes in Fastify, with no plugin and no logger, and a Prisma client as it comes. The very same
 * query, since Prisma gathers those of `findUnique` into one.
 */
const app = Fastify();
const adapter = new PrismaPg({ connectionString: process.env['DATABASE_URL'], max: 10 });
const prisma = new PrismaClient({ adapter }) as unknown as Notes;
app.get('/hello', async () => ({ hello: 'world' }));
app.get<{ Params: { id: string } }>('/notes/:id', async ({ params }) =>
  prisma.note.findUniqueOrThrow({ where: { id: Number(params.id) } }),
);
await app.listen({ port: 0, host: '127.0.0.1' });
answerQuestions(app.server);
