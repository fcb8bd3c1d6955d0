import { Agent, createServer, get } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { drain } from '../../src/platform/shutdown/drain.js';

/** Answers after a while, and counts what it has not answered. */
async function start(answerAfter: number) {
  let inFlight = 0;
  let draining = false;
  const server = createServer(async (_request, response) => {
    inFlight++;
    response.on('close', () => inFlight--);
    await sleep(answerAfter);
    if (draining) response.setHeader('connection', 'close');
    response.end('done');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.closeAllConnections());
  const { port } = server.address() as AddressInfo;
  return {
    port,
    drain: () => {
      draining = true;
      return drain(server, () => inFlight);
    },
  };
}

function request(port: number, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1', agent }, (response) => {
      response.setEncoding('utf8').on('data', resolve);
    }).on('error', reject);
  });
}

describe('draining', () => {
  it('waits for what is in flight', async () => {
    const server = await start(400);
    const answer = request(server.port, new Agent());
    await sleep(50);
    await server.drain();

    await expect(answer).resolves.toBe('done');
  });

  it('accepts no more connections', async () => {
    const server = await start(300);
    const answer = request(server.port, new Agent());
    await sleep(50);
    const drained = server.drain();

    await expect(request(server.port, new Agent())).rejects.toThrow('ECONNREFUSED');
    await drained;
    await answer;
  });

  it('answers what still comes over a connection that was idle', async () => {
    const server = await start(10);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    await request(server.port, agent);
    const drained = server.drain();
    await sleep(100);

    await expect(request(server.port, agent)).resolves.toBe('done');
    await drained;
  });

  it('waits for no connection that says nothing', async () => {
    const server = await start(10);
    const silent = connect(server.port, '127.0.0.1');
    const closed = new Promise((resolve) => silent.on('close', resolve));
    await new Promise((resolve) => silent.on('connect', resolve));
    const before = performance.now();
    await server.drain();
    await closed;

    expect(performance.now() - before).toBeLessThan(1000);
  });
});
