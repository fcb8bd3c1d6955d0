import { describe, expect, it } from 'vitest';
import { routes } from '../fixtures/routes.js';
import { startServer } from '../support/server.js';
import { exchange } from '../support/socket.js';

const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[\da-f]{4}-[\da-f]{12}$/;

async function echoOf(header: string): Promise<{ id: string | undefined; answer: string; logged: unknown }> {
  const { port, requests } = await startServer(routes);
  const answer = await exchange(port, `GET /hello HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${header}\r\n`, 1000);
  const [line] = await requests(1);
  return { id: /x-request-id: (.*)\r\n/.exec(answer)?.[1], answer, logged: line?.['requestId'] };
}

describe('a request id', () => {
  it.each(['a', '01J9ZQ2C5R', 'Root=1-67891233-abcdef', 'a/b+c==', 'x'.repeat(128)])(
    'is taken over: %s',
    async (given) => {
      const { id, logged } = await echoOf(`x-request-id: ${given}\r\n`);

      expect(id).toBe(given);
      expect(logged).toBe(given);
    },
  );

  it.each([
    ['missing', ''],
    ['empty', 'x-request-id: \r\n'],
    ['too long', `x-request-id: ${'x'.repeat(129)}\r\n`],
    ['with blanks', 'x-request-id: a b\r\n'],
    ['with quotes', 'x-request-id: a"b\r\n'],
    ['with markup', 'x-request-id: <script>\r\n'],
    ['with unicode', 'x-request-id: ü\r\n'],
    ['with escapes', 'x-request-id: a%0d%0aset-cookie:x\r\n'],
    ['given twice', 'x-request-id: a\r\nx-request-id: b\r\n'],
  ])('is made when it is %s', async (_what, header) => {
    const { id, logged } = await echoOf(header);

    expect(id).toMatch(UUID);
    expect(logged).toBe(id);
  });

  it('cannot bring a header in', async () => {
    const { id, answer } = await echoOf('x-request-id: a\r\n set-cookie: stolen\r\n');

    expect(id).not.toBe('a');
    expect(answer).not.toContain('stolen');
  });
});
