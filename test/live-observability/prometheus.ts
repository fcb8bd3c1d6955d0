import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { freePort } from '../../scripts/live/server';

export interface Sample {
  readonly metric: Record<string, string>;
  readonly value: [number, string];
}

/**
 * A Prometheus that scrapes a service and itself each second, with the rules of the service.
 */
export class Prometheus {
  /**
   * @param folder where it keeps what it scrapes
   * @param target host and port of the service's `/metrics`
   * @param rules the files of the service's rules, as a pattern
   */
  public static async start(folder: string, job: string, target: string, rules: string): Promise<Prometheus> {
    const port = await freePort();
    mkdirSync(folder, { recursive: true });
    const config = join(folder, 'prometheus.yaml');
    const scrape = (name: string, address: string) => ({ job_name: name, static_configs: [{ targets: [address] }] });
    writeFileSync(
      config,
      stringify({
        global: { scrape_interval: '1s', evaluation_interval: '1s' },
        rule_files: [rules],
        scrape_configs: [scrape(job, target), scrape('prometheus', `127.0.0.1:${port}`)],
      }),
    );
    const flags = [
      `--config.file=${config}`,
      `--storage.tsdb.path=${folder}/data`,
      '--enable-feature=exemplar-storage',
    ];
    const child = spawn('prometheus', [...flags, `--web.listen-address=127.0.0.1:${port}`, '--log.level=error'], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const prometheus = new Prometheus(child, `http://127.0.0.1:${port}`);
    await prometheus.until(async () => (await fetch(`${prometheus.url}/-/ready`)).ok);
    return prometheus;
  }

  private constructor(
    private readonly child: ChildProcess,
    private readonly url: string,
  ) {}

  /** What a query returns now. */
  public async query(expression: string): Promise<Sample[]> {
    const response = await fetch(`${this.url}/api/v1/query?query=${encodeURIComponent(expression)}`);
    const body = (await response.json()) as { data?: { result: Sample[] }; error?: string };
    if (body.data === undefined) {
      throw new Error(`${expression}: ${body.error}`);
    }
    return body.data.result;
  }

  /** The traces that the buckets of a query link to. */
  public async tracesOf(expression: string): Promise<string[]> {
    const range = `start=${Date.now() / 1000 - 600}&end=${Date.now() / 1000 + 60}`;
    const response = await fetch(`${this.url}/api/v1/query_exemplars?query=${encodeURIComponent(expression)}&${range}`);
    const { data } = (await response.json()) as {
      data: Array<{ exemplars: Array<{ labels: Record<string, string> }> }>;
    };
    return data.flatMap(({ exemplars }) => exemplars.map(({ labels }) => labels['trace_id']!));
  }

  /** Waits until something is so. */
  public async until(isSo: () => Promise<boolean>, seconds = 60): Promise<void> {
    for (let tries = 0; tries < seconds * 4; tries++) {
      if (await isSo().catch(() => false)) {
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    throw new Error(`not so within ${seconds} s: ${isSo}`);
  }

  public stop(): void {
    this.child.kill('SIGKILL');
  }
}
