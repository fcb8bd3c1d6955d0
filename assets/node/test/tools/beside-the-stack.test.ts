import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { relay } from '../../tools/observability/bridge.js';

const ASSETS = join(import.meta.dirname, '../..');

/** The tools as a service has them, with what `.projenrc.ts` says about its development server. */
let folder: string;
const DEV = () => join(folder, 'dev.ts');
const declare = (dev: object) => writeFileSync(join(folder, 'facts.json'), JSON.stringify({ dev }));

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'beside-the-stack-'));
  cpSync(join(ASSETS, 'tools/observability'), folder, { recursive: true });
  symlinkSync(join(ASSETS, '../../node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
});

beforeEach(() => declare({ managementPort: 1 }));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** An HTTP server on the loopback; remembers what it was sent. */
async function listening(answer: string, status = 200): Promise<{ port: number; bodies: string[] }> {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    bodies.push(`${request.url} ${body}`);
    response.writeHead(status).end(answer);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, bodies };
}

/** Runs a program as `npx projen dev` runs the service. */
async function dev(
  program: string,
  env: Record<string, string> = {},
): Promise<{ code: number | null; output: string }> {
  const args = ['--import', 'tsx', DEV(), '--', process.execPath, '-e', program];
  const child = spawn(process.execPath, args, { cwd: ASSETS, env: { PATH: process.env['PATH'] ?? '', ...env } });
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

  it('is sent to the collector that is declared for it, and its environment can say another', async () => {
    const [declared, other] = [await listening('{}'), await listening('{}')];
    const endpoint = `http://127.0.0.1:${declared.port}`;
    declare({ managementPort: 1, collector: endpoint });
    const { output } = await dev(PROGRAM);
    expect(output.split('\n')[0]).toBe(`Logs and traces go to 127.0.0.1:${declared.port}`);
    expect(output).toContain(`endpoint ${endpoint} share 1\n`);
    expect(declared.bodies).toHaveLength(1);

    await dev(PROGRAM, { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${other.port}` });
    expect([declared.bodies.length, other.bodies.length]).toEqual([1, 1]);
  });

  it('has every line shipped that is one, whatever its members are', async () => {
    const collector = await listening('{}');
    const odd = [
      { msg: 'numbers', level: 30, time: 1795687200123, service: 'orders', version: 3 },
      { msg: 'no ids', level: 'info', traceId: 'a', spanId: 'b7ad6b7169203331' },
      { msg: 'before and after all time', time: '1960-01-01T00:00:00Z' },
      { msg: 'no number of JSON', time: '9999-12-31T00:00:00Z' },
    ].map((line) => JSON.stringify(line).replace('"no number of JSON"', '"no number of JSON","size":1e999'));
    const program = `for (const line of ${JSON.stringify(odd)}) console.log(line);`;
    await dev(program, { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.port}` });
    const { resourceLogs } = JSON.parse(String(collector.bodies[0]).slice('/v1/logs '.length));
    expect(resourceLogs).toHaveLength(odd.length);
    // biome-ignore lint/suspicious/noExplicitAny: what was sent is read as what it is.
    const records = resourceLogs.map(({ resource, scopeLogs }: any) => ({ resource, ...scopeLogs[0].logRecords[0] }));
    expect(records[0]).toMatchObject({
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'orders' } }] },
      severityText: '',
      severityNumber: 0,
    });
    expect(records[1]).toMatchObject({ severityText: 'info', severityNumber: 9 });
    expect(records[1]).not.toHaveProperty('traceId');
    expect(records[1]).not.toHaveProperty('spanId');
    for (const { timeUnixNano } of records) {
      expect(Math.abs(Number(timeUnixNano) / 1e6 - Date.now())).toBeLessThan(60_000);
    }
    expect(records[3].body.kvlistValue.values).toContainEqual({ key: 'size', value: { stringValue: 'Infinity' } });
  });

  it('says once that the collector refuses its lines', async () => {
    const collector = await listening('no', 400);
    const program = "console.log('{}'); setTimeout(() => console.log('{}'), 1200);";
    const { output } = await dev(program, { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.port}` });
    expect(collector.bodies).toHaveLength(2);
    expect(output.match(/answered 400/g)).toHaveLength(1);
  });

  // Its engine is one of the test's own: it only says where the bridge is, which Linux has as an address of the loopback.
  it.each([
    ['localhost', 'is reached by containers'],
    ['0.0.0.0', 'listens there itself'],
  ])('that is declared to listen on %s %s', async (host) => {
    const [collector, free] = [await listening('{}'), await listening('')];
    servers.pop()?.close();
    declare({ managementPort: free.port, host, collector: `http://127.0.0.1:${collector.port}` });
    writeFileSync(join(folder, 'docker'), '#!/bin/sh\necho 127.0.0.2\n', { mode: 0o755 });
    const serves = `
const server = require('node:http').createServer((_, response) => response.end('measured'));
server.listen(${free.port}, '${host}', async () => {
  const answer = await fetch('http://127.0.0.2:${free.port}/metrics', { headers: { connection: 'close' } });
  console.log(await answer.text());
  server.close();
});`;
    const { output } = await dev(serves, { PATH: `${folder}:${process.env['PATH']}` });
    expect(output).toContain('measured\n');
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
    const child = spawn(process.execPath, ['--import', 'tsx', DEV()], { cwd: ASSETS });
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
