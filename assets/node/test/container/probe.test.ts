import { spawn } from 'node:child_process';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const CLI = join(import.meta.dirname, '../../src/platform/probe/cli.ts');

test('a probe that answers 200 is healthy, on the port that a variable names', async () => {
  const port = await listen((request, response) => response.writeHead(request.url === '/livez' ? 200 : 404).end());
  expect(await ask(['/livez', 'ADMIN_PORT', '1'], { ADMIN_PORT: port })).toMatchObject({ code: 0 });
  expect(await ask(['/readyz', 'ADMIN_PORT', '1'], { ADMIN_PORT: port })).toMatchObject({ code: 1 });
});

test('without the variable the port is the one that was given', async () => {
  const port = await listen((_, response) => response.end());
  expect(await ask(['/livez', 'ADMIN_PORT', port])).toMatchObject({ code: 0 });
});

test('what a failing probe says is shown', async () => {
  const port = await listen((_, response) => response.writeHead(503).end('database: no answer'));
  expect(await ask(['/readyz', 'ADMIN_PORT', port])).toEqual({ code: 1, output: 'database: no answer' });
});

test('nobody there is not healthy', async () => {
  expect(await ask(['/livez', 'ADMIN_PORT', '1'])).toMatchObject({
    code: 1,
    output: expect.stringContaining('ECONNREFUSED'),
  });
});

test('an answer that does not come is not waited for', async () => {
  const port = await listen(() => undefined);
  expect(await ask(['/livez', 'ADMIN_PORT', port])).toMatchObject({
    code: 1,
    output: expect.stringContaining('no answer within 2 s'),
  });
});

async function listen(handler: RequestListener): Promise<string> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return String((server.address() as AddressInfo).port);
}

function ask(args: string[], env: Record<string, string> = {}): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), CLI, ...args], {
    env: { PATH: process.env['PATH'], ...env },
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}
