import Fastify from 'fastify';
import { answerQuestions } from './questions.js';

/** What there is to compare with: the same route in Fastify, with no plugin and no logger. */
const app = Fastify();
app.get('/hello', async () => ({ hello: 'world' }));
await app.listen({ port: 0, host: '127.0.0.1' });
answerQuestions(app.server);
