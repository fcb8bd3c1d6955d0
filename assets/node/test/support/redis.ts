import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { onTestFinished } from 'vitest';

/**
 * Speaks as much of Redis's protocol as clients need to send a command and to hear what became of it. No Redis: the tests of spans need
 * its clients, which are real.
 */
export async function startRedis(): Promise<{ readonly port: number }> {
  const server = createServer((socket) => {
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      text += chunk.toString();
      for (let command = next(); command !== undefined; command = next()) socket.write(answerTo(command));
    });

    /** A command is an array of strings, each after its length. */
    function next(): string[] | undefined {
      const parts = text.split('\r\n');
      const count = Number(parts[0]?.slice(1));
      const length = 1 + 2 * count;
      if (!parts[0]?.startsWith('*') || parts.length <= length) return undefined;
      text = parts.slice(length).join('\r\n');
      return Array.from({ length: count }, (_, position) => parts[2 + 2 * position] ?? '');
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port };
}

function answerTo([command = '', ...args]: string[]): string {
  switch (command.toUpperCase()) {
    case 'AUTH':
      return '-WRONGPASS invalid username-password pair or user is disabled.\r\n';
    case 'GET':
      return `$${args[0]?.length}\r\n${args[0]}\r\n`;
    case 'INFO':
      return '$15\r\nredis_version:8\r\n';
    case 'INCR':
      return '-WRONGTYPE the value is no number\r\n';
    case 'HELLO':
      if (args.some((arg) => arg.toUpperCase() === 'AUTH')) return answerTo(['AUTH']);
      return '%2\r\n$6\r\nserver\r\n$5\r\nredis\r\n$5\r\nproto\r\n:3\r\n';
    default:
      return '+OK\r\n';
  }
}
