import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { relay } from '../../tools/observability/bridge.js';

const DEV = join(import.meta.dirname, '../../tools/observability/dev.ts');

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** An HTTP server on the loopback; remembers what it was sent. */
async function listening(answer: string): Promise<{ port: number; bodies: string[] }> {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    bodies.push(`${request.url} ${body}`);
    response.end(answer);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, bodies };
}

/** Runs a program as `npx projen dev` runs the service. */
async function dev(program: string, env: Record<string, string>): Promise<{ code: number | null; output: string }> {
  const args = ['--import', 'tsx', DEV, '--', process.execPath, '-e', program];
  const child = spawn(process.execPath, args, { env: { PATH: process.env['PATH'] ?? '', ...env } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, output };
}

const LINE = JSON.stringify({
  level: 'warn',
  time: '2026-11-26T10:00:00.123Z',
  service: 'orders',
  environment: 'dev',
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  msg: 'slow',
});
const PROGRAM = `
console.log(${JSON.stringify(LINE)});
console.log('plain words');
console.log('endpoint ' + process.env.OTEL_EXPORTER_OTLP_ENDPOINT, 'share ' + process.env.OTEL_TRACES_SAMPLER_ARG);
process.exitCode = 3;`;

describe('the development server beside the local stack', () => {
  it('is shipped line by line, read as before, traced whole, and ends as it ends', async () => {
    const collector = await listening('{}');
    const endpoint = `http://127.0.0.1:${collector.port}`;
    const { code, output } = await dev(PROGRAM, { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, MANAGEMENT_PORT: '1' });
    expect(code).toBe(3);
    expect(output).toContain('WARN: slow');
    expect(output).toContain('plain words\n');
    expect(output).toContain(`endpoint ${endpoint} share 1\n`);
    const [shipped = '', ...more] = collector.bodies;
    expect(more).toEqual([]);
    expect(shipped).toMatch(/^\/v1\/logs /);
    expect(JSON.parse(shipped.slice('/v1/logs '.length))).toEqual({
      resourceLogs: [
        {
          resource: {
            attributes: [
              { key: 'service.name', value: { stringValue: 'orders' } },
              { key: 'deployment.environment.name', value: { stringValue: 'dev' } },
            ],
          },
          scopeLogs: [
            {
              logRecords: [
                {
                  timeUnixNano: '1795687200123000000',
                  severityText: 'warn',
                  severityNumber: 13,
                  body: {
                    kvlistValue: {
                      values: [
                        { key: 'level', value: { stringValue: 'warn' } },
                        { key: 'time', value: { stringValue: '2026-11-26T10:00:00.123Z' } },
                        { key: 'service', value: { stringValue: 'orders' } },
                        { key: 'environment', value: { stringValue: 'dev' } },
                        { key: 'traceId', value: { stringValue: '0af7651916cd43dd8448eb211c80319c' } },
                        { key: 'spanId', value: { stringValue: 'b7ad6b7169203331' } },
                        { key: 'msg', value: { stringValue: 'slow' } },
                      ],
                    },
                  },
                  traceId: '0af7651916cd43dd8448eb211c80319c',
                  spanId: 'b7ad6b7169203331',
                },
              ],
            },
          ],
        },
      ],
    });
  });

  it('just runs where there is no stack', async () => {
    const away = await listening('');
    servers.pop()?.close();
    const { code, output } = await dev(PROGRAM, { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${away.port}` });
    expect(code).toBe(3);
    expect(output.split('\n')[0]).toBe(LINE);
    expect(output).toContain('share undefined');
    expect(output).not.toContain('3001');
  });

  it('says what is wrong when it is given nothing to run', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', DEV]);
    let said = '';
    child.stderr.on('data', (chunk) => (said += chunk));
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(1);
    expect(said).toContain('Usage: dev.ts -- <command>');
  });
});

describe('the bridge to containers', () => {
  it('leads from one address to the same port of the loopback, until it is closed', async () => {
    const service = await listening('measured');
    // Linux has all of 127.0.0.0/8; it stands for the address of Docker's bridge.
    const close = await relay('127.0.0.2', service.port);
    const ask = async () => (await fetch(`http://127.0.0.2:${service.port}/metrics`)).text();
    expect(await ask()).toBe('measured');
    close();
    await expect(ask()).rejects.toThrow();
  });

  it('does not stop anybody where it cannot listen', async () => {
    const close = await relay('192.0.2.1', 9464);
    expect(close).not.toThrow();
  });
});
