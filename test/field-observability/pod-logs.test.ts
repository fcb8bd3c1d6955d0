import { appendFileSync, mkdirSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Project } from 'projen';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/live/server';
import { Observability, TelemetryBackend } from '../../src';
import { Server, until } from '../live-observability/process';
import { inFolder, synthInto } from '../support/synth';
import { mutate } from './tools';

const LINES = 1200;

/** Keeps log lines, unless it is away. */
class Backend {
  public static async start(): Promise<Backend> {
    const backend = new Backend();
    await new Promise<void>((resolve) => backend.server.listen(0, '127.0.0.1', resolve));
    return backend;
  }

  public isAway = false;
  /** How often each line came. */
  public readonly lines = new Map<number, number>();

  private readonly server: HttpServer = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      if (this.isAway) {
        response.writeHead(503).end();
        return;
      }
      for (const [, number] of body.matchAll(/line-(\d+)-/g)) {
        this.lines.set(Number(number), (this.lines.get(Number(number)) ?? 0) + 1);
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });

  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public get repeated(): number {
    return [...this.lines.values()].filter((times) => times > 1).length;
  }

  public stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** What two backends have of the lines of a pod, one of which was away for some seconds while there was room for little. */
async function outage(breaking: (config: string) => void): Promise<{ healthy: Backend; other: Backend }> {
  return inFolder(async (folder) => {
    const [healthy, other] = [await Backend.start(), await Backend.start()];
    synthInto(folder, (outdir) => {
      const project = new Project({ name: 'orders', outdir });
      const logs = [healthy, other].map(({ url }, i) => TelemetryBackend.otlp(`b${i}`, { endpoint: url }));
      new Observability(project, { collector: { logs } });
      return project;
    });
    const config = join(folder, 'observability/collector/pod-logs.yaml');
    const [health, metrics] = [await freePort(), await freePort()];
    mutate(config, '/var/log/pods/', `${folder}/pods/`);
    mutate(config, '/var/lib/otelcol', `${folder}/kept`);
    mutate(config, '0.0.0.0:13133', `127.0.0.1:${health}`);
    mutate(config, /host: 0\.0\.0\.0\n(\s+)port: 8888/, `host: 127.0.0.1\n$1port: ${metrics}`);
    mutate(config, /queue_size: 1000/g, 'queue_size: 2');
    mutate(config, /^( +)sending_queue:$/gm, '$1encoding: json\n$1compression: none\n$1sending_queue:');
    breaking(config);
    const pod = join(folder, 'pods/shop_orders-web-1_uid/web');
    mkdirSync(pod, { recursive: true });
    other.isAway = true;
    const collector = await Server.start('otelcol', [`--config=${config}`], `http://127.0.0.1:${health}`);
    try {
      const text = (i: number) => `2026-11-26T10:00:00.000000000Z stdout F {"msg":"line-${i}-"}\n`;
      for (let i = 0; i < LINES; i += 100) {
        appendFileSync(join(pod, '0.log'), Array.from({ length: 100 }, (_, k) => text(i + k)).join(''));
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
      other.isAway = false;
      const said = () => `${healthy.lines.size} and ${other.lines.size} of ${LINES}\n${collector.output()}`;
      await until('the healthy one has every line', () => healthy.lines.size === LINES, { detail: said });
      await until('the other one has caught up', () => other.lines.size === LINES, { seconds: 15 }).catch(
        () => undefined,
      );
    } finally {
      collector.stop();
      healthy.stop();
      other.stop();
    }
    return { healthy, other };
  });
}

describe('the agent that reads logs of pods, while one of two backends is away', () => {
  it.concurrent('loses no line, and sends none twice', async () => {
    const { healthy, other } = await outage(() => undefined);
    expect([healthy.lines.size, other.lines.size]).toEqual([LINES, LINES]);
    expect([healthy.repeated, other.repeated]).toEqual([0, 0]);
  });

  it.concurrent('would send lines again to the healthy one, if a full queue failed instead of waiting', async () => {
    const { healthy } = await outage((config) =>
      mutate(config, /block_on_overflow: true/g, 'block_on_overflow: false'),
    );
    expect(healthy.repeated).toBeGreaterThan(0);
  });

  it.concurrent('would lose lines, if it tried again for some time only', async () => {
    const { other } = await outage((config) =>
      mutate(config, /max_interval: 30s\n(\s+)max_elapsed_time: 0s/g, 'max_interval: 1s\n$1max_elapsed_time: 1s'),
    );
    expect(other.lines.size).toBeLessThan(LINES);
  });
});
